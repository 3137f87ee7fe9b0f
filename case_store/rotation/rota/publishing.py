"""A rota's life: a draft, published, locked, or dropped; and the plan that a search found, made into one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.trail import lock_chains
from case_store.clock import BANGKOK
from case_store.outbox.notices import tell
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.rota.breaches import POLICY, Breach, BreachRule, breaches_of_all
from case_store.rotation.rota.editing import (
    BadChange,
    Change,
    RotaChanged,
    RuleBroken,
    note_change,
    put_duties,
)
from case_store.rotation.rota.models import (
    Duty,
    DutyCause,
    Layer,
    Rota,
    RotaState,
    ShiftType,
)
from case_store.rotation.rota.planning import LONGEST, Lines
from case_store.rotation.rota.schedule import COUNTS, rota_schedule

MOST_DRAFTS: Final = 20


class Overlaps(Exception):
    """Another rota of the centre counts on some of these days already."""

    def __init__(self, rota_id: int) -> None:
        super().__init__(f"rota {rota_id} counts already")
        self.rota_id = rota_id


class WrongState(Exception):
    """That is not possible for a rota in its state."""


def draft_rota(
    session: Session,
    centre_code: str,
    first_day: date,
    last_day: date,
    *,
    by: Actor,
    at: datetime,
    lines: Lines | None = None,
    solved: Mapping[str, Any] | None = None,
) -> Rota:
    """A new draft, empty or with the duties that a search found. Raises `NotAllowed`, `BadChange`."""
    require(by, Action.PLAN_ROTA, centre_code)
    today = at.astimezone(BANGKOK).date()
    if not today <= first_day <= last_day < first_day + timedelta(days=LONGEST):
        raise BadChange("day")
    drafts = select(Rota.id).where(Rota.centre_code == centre_code, Rota.state == RotaState.DRAFT)
    if len(session.scalars(drafts.limit(MOST_DRAFTS)).all()) >= MOST_DRAFTS:
        raise BadChange("most")
    rota = Rota(
        centre_code=centre_code,
        first_day=first_day,
        last_day=last_day,
        state=RotaState.DRAFT,
        made_by=by.name,
        made_at=at,
        solved=dict(solved or {}),
    )
    session.add(rota)
    session.flush()
    session.add_all(
        Duty(
            rota_id=rota.id,
            user_id=user_id,
            day=day,
            shift_type_id=shift.id,
            layer=int(Layer.GENERATED),
            cause=DutyCause.PLAN,
            made_by=by.name,
            made_at=at,
        )
        for user_id, line in (lines or {}).items()
        for day, shift in line.items()
    )
    note_change(session, rota, "planned", _days(rota), by=by, at=at)
    return rota


def publish(
    session: Session, rota: Rota, *, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """From now on it counts: every hard rule is checked again, and everybody in it is told.

    What was insisted on by a written reason stays. Raises `NotAllowed`, `WrongState`, `Overlaps`, `RuleBroken`,
    `RotaChanged`.
    """
    require(by, Action.PLAN_ROTA, rota.centre_code)
    lock_chains(
        session, [rota.centre_code]
    )  # two that publish at once: the second one sees the first
    session.refresh(rota, with_for_update=True)
    if expected_version is not None and rota.version != expected_version:
        raise RotaChanged
    if rota.state is not RotaState.DRAFT:
        raise WrongState
    if (other := _counting(session, rota)) is not None:
        raise Overlaps(other)
    _check_rules(session, rota)
    rota.state = RotaState.PUBLISHED
    rota.published_by, rota.published_at = by.name, at
    rota.version += 1
    session.flush()
    note_change(session, rota, "published", _days(rota), by=by, at=at)
    _tell_everybody(session, rota, at)


@dataclass(frozen=True)
class Move:
    """A person's day that a draft would change; None: off duty."""

    user: User
    day: date
    before: ShiftType | None
    after: ShiftType | None


def moves_of(session: Session, draft: Rota) -> tuple[Rota, list[Move]] | None:
    """What a draft over the days of a rota that counts would change of it, by day and name.

    None where none counts on all its days.
    """
    rota = session.scalar(
        select(Rota)
        .where(
            Rota.centre_code == draft.centre_code,
            Rota.state.in_(COUNTS),
            Rota.first_day <= draft.first_day,
            Rota.last_day >= draft.last_day,
        )
        .limit(1)
    )
    if rota is None:
        return None
    new = {(duty.user_id, duty.day): duty.shift_type for duty in rota_schedule(session, draft)}
    old = {
        (duty.user_id, duty.day): duty.shift_type
        for duty in rota_schedule(session, rota)
        if draft.first_day <= duty.day <= draft.last_day
    }
    moved = sorted(key for key in new.keys() | old.keys() if _code(new, key) != _code(old, key))
    ids = {user_id for user_id, _ in moved}
    people = {user.id: user for user in session.scalars(select(User).where(User.id.in_(ids)))}
    moves = [
        Move(people[user_id], day, old.get((user_id, day)), new.get((user_id, day)))
        for user_id, day in moved
    ]
    return rota, sorted(moves, key=lambda one: (one.day, one.user.display_name, one.user.id))


def apply_draft(
    session: Session,
    draft: Rota,
    *,
    by: Actor,
    at: datetime,
    seen: tuple[int, int] | None = None,
) -> None:
    """Makes what counts as the draft has it, in one change that is told and kept; the draft is then done with.

    `seen`: the versions of the draft and of the rota whose differences somebody looked at. Raises `WrongState` when
    nothing counts on its days, `RotaChanged` when one of the two is another by now, and as `put_duties`.
    """
    require(by, Action.PLAN_ROTA, draft.centre_code)
    found = moves_of(session, draft)
    if draft.state is not RotaState.DRAFT or found is None:
        raise WrongState
    rota, moves = found
    if seen is not None and seen != (draft.version, rota.version):
        raise RotaChanged
    if moves:
        changes = [Change(one.user, one.day, one.after) for one in moves]
        put_duties(
            session, rota, changes, by=by, at=at, cause=DutyCause.REPLAN,
            expected_version=seen[1] if seen else None,
        )  # fmt: skip
    drop_draft(session, draft, by=by, at=at)


def _code(duties: Mapping[tuple[int, date], ShiftType], key: tuple[int, date]) -> str | None:
    return duties[key].code if key in duties else None


def lock(session: Session, rota: Rota, *, by: Actor, at: datetime) -> None:
    """Only overrides change it from now on: what happens on the day, not what somebody would rather have."""
    _step(session, rota, "locked", RotaState.PUBLISHED, RotaState.LOCKED, by, at)


def unlock(session: Session, rota: Rota, *, by: Actor, at: datetime) -> None:
    """Edits and swaps are possible again."""
    _step(session, rota, "unlocked", RotaState.LOCKED, RotaState.PUBLISHED, by, at)


def drop_draft(session: Session, rota: Rota, *, by: Actor, at: datetime) -> None:
    """A draft that nobody wants. What was published stays: it is changed, not forgotten."""
    _step(session, rota, "dropped", RotaState.DRAFT, RotaState.DROPPED, by, at)


def _step(
    session: Session,
    rota: Rota,
    name: str,
    before: RotaState,
    after: RotaState,
    by: Actor,
    at: datetime,
) -> None:
    require(by, Action.PLAN_ROTA, rota.centre_code)
    session.refresh(rota, with_for_update=True)
    if rota.state is not before:
        raise WrongState
    rota.state, rota.version = after, rota.version + 1
    note_change(session, rota, name, _days(rota), by=by, at=at)


def rotas_of(session: Session, centre_code: str, *, since: date, limit: int = 50) -> list[Rota]:
    """Drafts, and what counts, of a centre from a day on, the newest days first."""
    query = select(Rota).where(
        Rota.centre_code == centre_code,
        Rota.state != RotaState.DROPPED,
        Rota.last_day >= since,
    )
    return list(session.scalars(query.order_by(Rota.first_day.desc(), Rota.id.desc()).limit(limit)))


def _counting(session: Session, rota: Rota) -> int | None:
    return session.scalar(
        select(Rota.id)
        .where(
            Rota.centre_code == rota.centre_code,
            Rota.state.in_(COUNTS),
            Rota.first_day <= rota.last_day,
            Rota.last_day >= rota.first_day,
        )
        .limit(1)
    )


def _check_rules(session: Session, rota: Rota) -> None:
    """Law, leave and training without exception; rules of the house but for duties that a reason was written for."""
    wanted: dict[int, dict[date, ShiftType | None]] = {}
    usual: dict[int, dict[date, ShiftType | None]] = {}
    for duty in rota_schedule(session, rota):
        wanted.setdefault(duty.user_id, {})[duty.day] = duty.shift_type
        insisted = bool(session.get_one(Duty, duty.duty_id).reason)
        usual.setdefault(duty.user_id, {})[duty.day] = None if insisted else duty.shift_type
    people = {user.id: user for user in session.scalars(select(User).where(User.id.in_(wanted)))}
    broken: dict[int, list[Breach]] = {}
    for lines, rules in ((wanted, frozenset(BreachRule) - POLICY), (usual, POLICY)):
        several = [(people[user_id], days) for user_id, days in lines.items()]
        for user_id, found in breaches_of_all(session, rota, several).items():
            if worse := [breach for breach in found if breach.rule in rules]:
                broken.setdefault(user_id, []).extend(worse)
    if broken:
        raise RuleBroken(broken)


def _tell_everybody(session: Session, rota: Rota, at: datetime) -> None:
    days: dict[int, list[date]] = {}
    for duty in rota_schedule(session, rota):
        days.setdefault(duty.user_id, []).append(duty.day)
    for user_id, several in days.items():
        tell(
            session, [user_id], "rota_published", at=at,
            day=several[0].isoformat(), duties=len(several), last=rota.last_day.isoformat(),
        )  # fmt: skip


def _days(rota: Rota) -> dict[str, str]:
    return {"first_day": rota.first_day.isoformat(), "last_day": rota.last_day.isoformat()}
