"""Days that somebody wants otherwise, by person, day and the shift's code: from the calendar, a sheet or a program.

The days may lie in several rotas of a centre; all are changed or none. Every change goes through `editing.put_duties`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.calendar.sheet import rotas_of_days
from case_store.rotation.rota.breaches import Breach, breaches
from case_store.rotation.rota.editing import BadChange, Change, RotaLocked, put_duties
from case_store.rotation.rota.models import (
    Duty,
    DutyCause,
    Layer,
    Rota,
    RotaState,
    ShiftType,
)
from case_store.rotation.rota.schedule import COUNTS

MOST: Final = 5_000
"""Days of people at once."""


@dataclass(frozen=True)
class Wanted:
    """One person's day; `code` None: off."""

    user_id: int
    day: date
    code: str | None


@dataclass(frozen=True)
class Changed:
    """The rotas' versions afterwards, and what stood there before: the way back."""

    versions: Mapping[int, int]
    before: tuple[Wanted, ...]


class Why(StrEnum):
    """Why a day cannot be changed, besides the hard rules."""

    NO_ROTA = "no_rota"
    UNKNOWN_PERSON = "unknown_person"
    UNKNOWN_SHIFT = "unknown_shift"
    LOCKED = "locked"


@dataclass(frozen=True)
class Refused:
    """A day that cannot be as it is wanted: why, or which rules it would break."""

    wanted: Wanted
    why: Why | None
    breaches: tuple[Breach, ...] = ()

    @property
    def may_insist(self) -> bool:
        return self.why is None and all(breach.may_insist for breach in self.breaches)


def change_days(
    session: Session,
    centre_code: str,
    wanted: Sequence[Wanted],
    *,
    by: Actor,
    at: datetime,
    draft: Rota | None = None,
    within: Rota | None = None,
    versions: Mapping[int, int] | None = None,
    cause: DutyCause = DutyCause.EDIT,
    reason: str = "",
    insist: bool = False,
    override: bool = False,
) -> Changed:
    """All of them, or none.

    `within`: all of them in this rota. `versions`: of each rota as it was seen. `override`: also where a rota is locked
    or the day is over, for a written reason. Raises `NotAllowed`, `RuleBroken`, `RotaLocked`, `RotaChanged`, and
    `BadChange` with a value of `Why`, `changes` or `reason` as its field.
    """
    require(by, Action.PLAN_ROTA, centre_code)
    if not 0 < len(wanted) <= MOST:
        raise BadChange("changes")
    by_rota = [(within, [*wanted])] if within else _by_rota(session, centre_code, wanted, draft)
    people, shifts = _people(session, wanted), _shifts(session, centre_code)
    before = _standing(session, by_rota)
    done: dict[int, int] = {}
    for rota, part in by_rota:
        if override and not reason.strip():
            raise BadChange("reason")
        if rota.state is RotaState.LOCKED and not override:
            raise RotaLocked
        put_duties(
            session,
            rota,
            [_change(one, people, shifts) for one in part],
            by=by,
            at=at,
            layer=_layer(before, part, override=override),
            cause=cause,
            reason=reason,
            expected_version=(versions or {}).get(rota.id),
            insist=insist,
        )
        done[rota.id] = rota.version
    return Changed(done, tuple(_was(before, one) for one in wanted))


def check_days(
    session: Session,
    centre_code: str,
    wanted: Sequence[Wanted],
    *,
    by: Actor,
    at: datetime,
    draft: Rota | None = None,
) -> list[Refused]:
    """The days that would be refused; nothing is changed. What one person's days break, they break together."""
    require(by, Action.PLAN_ROTA, centre_code)
    people, shifts = _people(session, wanted), _shifts(session, centre_code)
    rotas = _rotas(session, centre_code, wanted, draft) if wanted else {}
    today = at.astimezone(BANGKOK).date()
    refused: list[Refused] = []
    lines: dict[tuple[int, int], dict[date, Wanted]] = {}
    for one in wanted:
        why = _why_not(one, rotas.get(one.day), people, shifts, today)
        if why:
            refused.append(Refused(one, why))
        else:
            lines.setdefault((rotas[one.day].id, one.user_id), {})[one.day] = one
    for (rota_id, user_id), days in lines.items():
        rota = session.get_one(Rota, rota_id)
        line = {day: shifts[one.code] if one.code else None for day, one in days.items()}
        found: dict[date, list[Breach]] = {}
        for breach in breaches(session, people[user_id], rota, line):
            found.setdefault(breach.day, []).append(breach)
        refused += [Refused(days[day], None, tuple(some)) for day, some in found.items()]
    return refused


def _why_not(
    one: Wanted,
    rota: Rota | None,
    people: Mapping[int, User],
    shifts: Mapping[str, ShiftType],
    today: date,
) -> Why | None:
    if one.user_id not in people:
        return Why.UNKNOWN_PERSON
    if one.code and one.code not in shifts:
        return Why.UNKNOWN_SHIFT
    if rota is None:
        return Why.NO_ROTA
    over = rota.state in COUNTS and one.day < today
    return Why.LOCKED if over or rota.state is RotaState.LOCKED else None


def _by_rota(
    session: Session, centre_code: str, wanted: Sequence[Wanted], draft: Rota | None
) -> list[tuple[Rota, list[Wanted]]]:
    """Rotas in which people only become free go first, so that a duty may move from one into the next."""
    rotas = _rotas(session, centre_code, wanted, draft)
    parts: dict[int, list[Wanted]] = {}
    for one in wanted:
        if one.day not in rotas:
            raise BadChange(Why.NO_ROTA)
        parts.setdefault(rotas[one.day].id, []).append(one)
    found = [(session.get_one(Rota, rota_id), part) for rota_id, part in parts.items()]
    return sorted(found, key=lambda pair: any(one.code for one in pair[1]))


def _rotas(
    session: Session, centre_code: str, wanted: Sequence[Wanted], draft: Rota | None
) -> dict[date, Rota]:
    days = [one.day for one in wanted]
    return rotas_of_days(session, centre_code, min(days), max(days), draft=draft)


def _people(session: Session, wanted: Sequence[Wanted]) -> dict[int, User]:
    ids = {one.user_id for one in wanted}
    return {one.id: one for one in session.scalars(select(User).where(User.id.in_(ids)))}


def _shifts(session: Session, centre_code: str) -> dict[str, ShiftType]:
    rows = session.scalars(
        select(ShiftType).where(ShiftType.centre_code == centre_code, ShiftType.active)
    )
    return {one.code: one for one in rows}


def _change(one: Wanted, people: Mapping[int, User], shifts: Mapping[str, ShiftType]) -> Change:
    if one.user_id not in people:
        raise BadChange(Why.UNKNOWN_PERSON)
    if one.code and one.code not in shifts:
        raise BadChange(Why.UNKNOWN_SHIFT)
    return Change(people[one.user_id], one.day, shifts[one.code] if one.code else None)


Standing = Mapping[tuple[int, date], Duty]


def _standing(session: Session, by_rota: Sequence[tuple[Rota, list[Wanted]]]) -> Standing:
    """The entry that counts now for each of the days."""
    found: dict[tuple[int, date], Duty] = {}
    for rota, part in by_rota:
        rows = session.scalars(
            select(Duty)
            .where(
                Duty.rota_id == rota.id,
                Duty.withdrawn_at.is_(None),
                Duty.user_id.in_({one.user_id for one in part}),
                Duty.day.in_({one.day for one in part}),
            )
            .order_by(Duty.layer, Duty.id)
        )
        found.update({(row.user_id, row.day): row for row in rows})
    return found


def _layer(before: Standing, part: Sequence[Wanted], *, override: bool) -> Layer:
    """An edit below an override would not be seen: what lies on top is met on its own layer."""
    tops = [before.get((one.user_id, one.day)) for one in part]
    covered = any(top is not None and top.layer == Layer.OVERRIDDEN for top in tops)
    return Layer.OVERRIDDEN if override or covered else Layer.EDITED


def _was(before: Standing, one: Wanted) -> Wanted:
    duty = before.get((one.user_id, one.day))
    return Wanted(one.user_id, one.day, duty.shift_type.code if duty and duty.shift_type else None)
