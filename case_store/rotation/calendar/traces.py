"""What became of people's days since they were published: calendars elsewhere must hear of what was taken away."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from case_store.people.models import User
from case_store.rotation.rota.models import Duty, Rota, RotaState, ShiftType


@dataclass(frozen=True)
class Trace:
    """A person's day that once had a published duty.

    `changes`: how often it changed since, which only grows; `shift_type`: the last one that it had.
    """

    user_id: int
    name: str
    day: date
    changes: int
    changed_at: datetime
    shift_type: ShiftType


def traces(
    session: Session,
    first: date,
    last: date,
    *,
    centre_code: str | None = None,
    user_ids: Collection[int] | None = None,
) -> dict[tuple[int, date], Trace]:
    """Of every day in which somebody had a duty that they could see; what a draft held meanwhile does not count."""
    which: list[ColumnElement[bool]] = [
        Duty.day.between(first, last),
        Rota.published_at.is_not(None),
    ]
    if centre_code is not None:
        which.append(Rota.centre_code == centre_code)
    if user_ids is not None:
        which.append(Duty.user_id.in_(user_ids))
    rows = session.execute(
        select(Duty, Rota, User.display_name)
        .join(Rota, Rota.id == Duty.rota_id)
        .join(User, User.id == Duty.user_id)
        .where(*which)
        .order_by(Rota.id, Duty.layer, Duty.id)
    )
    days: dict[tuple[int, date], list[tuple[Duty, Rota]]] = {}
    names: dict[int, str] = {}
    for duty, rota, name in rows:
        days.setdefault((duty.user_id, duty.day), []).append((duty, rota))
        names[duty.user_id] = name
    found = {key: _trace(key, names[key[0]], _seen(entries)) for key, entries in days.items()}
    return {key: trace for key, trace in found.items() if trace is not None}


def _seen(entries: list[tuple[Duty, Rota]]) -> list[tuple[Duty, Rota]]:
    """Of what stood there when a rota was published only the top; and everything since."""
    tops: dict[int, tuple[Duty, Rota]] = {}
    later = []
    for duty, rota in entries:
        if rota.published_at is not None and duty.made_at <= rota.published_at:
            tops[rota.id] = (duty, rota)
        else:
            later.append((duty, rota))
    return [*tops.values(), *later]


def _trace(key: tuple[int, date], name: str, seen: list[tuple[Duty, Rota]]) -> Trace | None:
    with_shift = [duty for duty, _ in seen if duty.shift_type is not None]
    if not with_shift:
        return None
    newest = max(with_shift, key=lambda duty: duty.id)
    assert newest.shift_type is not None  # noqa: S101 (chosen for it)
    withdrawn = [duty.withdrawn_at for duty, _ in seen if duty.withdrawn_at]
    dropped = {rota.id for _, rota in seen if rota.state is RotaState.DROPPED}
    moments = [max(duty.made_at, rota.published_at or duty.made_at) for duty, rota in seen]
    return Trace(
        user_id=key[0],
        name=name,
        day=key[1],
        changes=len(seen) - 1 + len(withdrawn) + len(dropped),
        changed_at=max([*moments, *withdrawn]),
        shift_type=newest.shift_type,
    )
