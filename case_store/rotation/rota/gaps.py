"""Gaps: where the published rota has fewer people than a shift needs, and duties that cannot be worked as they stand.

A duty counts for nothing in the cover when the one who has it cannot come: their certificate ended or was withdrawn,
they got leave, left, or work elsewhere now. So each of these shows as a gap and as a conflict, from the moment on.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.people.models import User
from case_store.rotation.rota.breaches import CANNOT_COME, Breach, breaches_now
from case_store.rotation.rota.cover_needs import Wanted, needs_on
from case_store.rotation.rota.models import Rota, ShiftType
from case_store.rotation.rota.schedule import COUNTS, ScheduledDuty, final_schedule, span
from case_store.rotation.rota.terms import terms_of

AHEAD: Final = timedelta(days=13)
"""Today and thirteen more: the fourteen days that are always watched."""
LONGEST: Final = 62
"""Days that may be asked for at once."""


@dataclass(frozen=True)
class Gap:
    """People missing on a shift. No `shift_type`: no rota is published for the day at all."""

    day: date
    shift_type: ShiftType | None
    needed: int
    scheduled: int
    missing: int
    experienced_missing: int = 0


@dataclass(frozen=True)
class Conflict:
    """A published duty that breaks hard rules as it stands."""

    duty: ScheduledDuty
    breaches: tuple[Breach, ...]

    @property
    def cannot_come(self) -> bool:
        return any(one.rule in CANNOT_COME for one in self.breaches)


@dataclass(frozen=True)
class Cover:
    """How a centre is covered on some days."""

    days: list[date]
    shifts: dict[int, ShiftType]
    needs: dict[tuple[date, int], Wanted]
    counted: dict[tuple[date, int], int]
    """(day, shift type) → people who can come."""
    gaps: list[Gap]
    conflicts: list[Conflict]


def coverage_gaps(session: Session, centre_code: str, first: date, last: date) -> list[Gap]:
    """By day and begin; shifts of a day that are over are not among them only when `first` is later."""
    return cover(session, centre_code, first, last).gaps


def conflicts(session: Session, centre_code: str, first: date, last: date) -> list[Conflict]:
    """Published duties that now break a hard rule, by day."""
    return cover(session, centre_code, first, last).conflicts


def cover(session: Session, centre_code: str, first: date, last: date) -> Cover:
    """Needs, people, gaps and conflicts of at most LONGEST days, in a few queries."""
    last = min(last, first + timedelta(days=LONGEST - 1))
    days = [first + timedelta(days=one) for one in range((last - first).days + 1)]
    needs = needs_on(session, centre_code, first, last)
    shifts = _shifts(session, needs)
    duties = final_schedule(session, first, last, centre_code=centre_code)
    found = _conflicts(session, centre_code, duties, first, last)
    absent = {one.duty.duty_id for one in found if one.cannot_come}
    present = [duty for duty in duties if duty.duty_id not in absent]
    counted = Counter((duty.day, duty.shift_type.id) for duty in present)
    terms = terms_of(session, {duty.user_id for duty in present})
    experienced = Counter(
        (duty.day, duty.shift_type.id) for duty in present if terms[duty.user_id].experienced
    )
    with_rota = _days_with_rota(session, centre_code, first, last)
    gaps = []
    for day in days:
        of_day = sorted(
            (shifts[shift_id] for one, shift_id in needs if one == day),
            key=lambda shift: (shift.start_minute, shift.id),
        )
        if not of_day:
            continue
        if day not in with_rota:
            total = sum(needs[day, shift.id].people for shift in of_day)
            gaps.append(Gap(day, None, total, 0, total))
            continue
        gaps += [gap for shift in of_day if (gap := _gap(day, shift, needs, counted, experienced))]
    return Cover(days, shifts, needs, dict(counted), gaps, found)


def still_to_come(gaps: Collection[Gap], at: datetime) -> list[Gap]:
    """Without those of shifts that are over."""
    return [gap for gap in gaps if gap.shift_type is None or span(gap.day, gap.shift_type)[1] > at]


def _shifts(session: Session, needs: Collection[tuple[date, int]]) -> dict[int, ShiftType]:
    wanted = {shift_id for _, shift_id in needs}
    return {
        one.id: one for one in session.scalars(select(ShiftType).where(ShiftType.id.in_(wanted)))
    }


def _gap(
    day: date,
    shift: ShiftType,
    needs: Mapping[tuple[date, int], Wanted],
    counted: Counter[tuple[date, int]],
    experienced: Counter[tuple[date, int]],
) -> Gap | None:
    key = (day, shift.id)
    need = needs[key]
    missing = max(need.people - counted[key], 0)
    unled = max(need.experienced - experienced[key], 0)
    if not missing and not unled:
        return None
    return Gap(day, shift, need.people, counted[key], missing, unled)


def _days_with_rota(session: Session, centre_code: str, first: date, last: date) -> set[date]:
    rotas = session.execute(
        select(Rota.first_day, Rota.last_day).where(
            Rota.centre_code == centre_code,
            Rota.state.in_(COUNTS),
            Rota.first_day <= last,
            Rota.last_day >= first,
        )
    )
    return {
        max(begin, first) + timedelta(days=one)
        for begin, end in rotas
        for one in range((min(end, last) - max(begin, first)).days + 1)
    }


def _conflicts(
    session: Session, centre_code: str, duties: list[ScheduledDuty], first: date, last: date
) -> list[Conflict]:
    ids = {duty.user_id for duty in duties}
    people = session.scalars(select(User).where(User.id.in_(ids))).all()
    broken = breaches_now(session, centre_code, people, first, last)
    found = []
    for duty in duties:
        several = tuple(
            one
            for one in broken.get(duty.user_id, [])
            if one.day == duty.day and not one.may_insist
        )
        if several:
            found.append(Conflict(duty, several))
    return found
