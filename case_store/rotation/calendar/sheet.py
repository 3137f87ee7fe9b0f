"""People by days, as Thai offices keep their rota: what page, spreadsheet and paper are drawn from."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require
from case_store.people.presence import TAKES_CALLS
from case_store.rotation.rota.cover_needs import dated_needs
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    CoverNeed,
    Duty,
    DutyCause,
    RequestState,
    Rota,
    RotaState,
    ShiftType,
    StaffHoliday,
    WorkingTerms,
)
from case_store.rotation.rota.schedule import (
    COUNTS,
    ScheduledDuty,
    final_schedule,
    rota_schedule,
)

PUBLIC_HOLIDAY: Final = 7
"""Instead of a weekday, in `CoverNeed`."""
LONGEST: Final = 62
"""Days of one sheet at most."""


class TooLong(ValueError):
    """More days than a sheet holds, or none."""


@dataclass(frozen=True)
class Change:
    """That a day is not as it was published: through what, by whom, why."""

    cause: DutyCause
    by: str
    reason: str


@dataclass(frozen=True)
class Square:
    """One person's day."""

    day: date
    duty: ScheduledDuty | None
    absence: AbsenceKind | None
    change: Change | None


@dataclass(frozen=True)
class Line:
    """One person's days, and what they add up to."""

    user: User
    squares: tuple[Square, ...]

    @property
    def duties(self) -> list[ScheduledDuty]:
        return [square.duty for square in self.squares if square.duty]

    @property
    def nights(self) -> int:
        return sum(duty.shift_type.is_night and not duty.is_standby for duty in self.duties)

    @property
    def weekends(self) -> int:
        """Weekends of which a day is worked."""
        return len(
            {
                duty.day - timedelta(days=duty.day.weekday())
                for duty in self.duties
                if duty.day.weekday() >= 5 and not duty.is_standby
            }
        )

    @property
    def minutes(self) -> int:
        return sum(duty.shift_type.worked_minutes for duty in self.duties)


@dataclass(frozen=True)
class Cover:
    """How many have a shift on each day, and how many it wants."""

    shift_type: ShiftType
    have: tuple[int, ...]
    need: tuple[int, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        return tuple(max(0, need - have) for need, have in zip(self.need, self.have, strict=True))


@dataclass(frozen=True)
class Sheet:
    """Some days of a centre. `rotas`: the rota that each day is edited in, where there is one."""

    centre_code: str
    first_day: date
    last_day: date
    draft: Rota | None
    lines: tuple[Line, ...]
    shift_types: tuple[ShiftType, ...]
    covers: tuple[Cover, ...]
    holidays: Mapping[date, StaffHoliday]
    rotas: Mapping[date, Rota]

    @cached_property
    def days(self) -> tuple[date, ...]:
        return days_between(self.first_day, self.last_day)

    @property
    def versions(self) -> dict[int, int]:
        return {rota.id: rota.version for rota in self.rotas.values()}


def days_between(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=one) for one in range((last - first).days + 1))


def sheet_of(
    session: Session,
    centre_code: str,
    first: date,
    last: date,
    *,
    by: Actor,
    draft: Rota | None = None,
) -> Sheet:
    """What counts in these days, and on the days of a draft what the draft says instead.

    Raises `NotAllowed`: everybody of a centre sees what counts, only planners a draft; and `TooLong`.
    """
    require(by, Action.SEE_ROTA, centre_code)
    if draft is not None:
        require(by, Action.PLAN_ROTA, draft.centre_code)
    if not 0 <= (last - first).days < LONGEST:
        raise TooLong
    days = days_between(first, last)
    rotas = rotas_of_days(session, centre_code, first, last, draft=draft)
    duties = {(duty.user_id, duty.day): duty for duty in _duties(session, centre_code, days, draft)}
    people = people_of(session, centre_code, {user_id for user_id, _ in duties})
    absences = _absences(session, [one.id for one in people], first, last)
    changes = _changes(session, rotas)
    holidays = holidays_between(session, first, last)
    types = shift_types_of(session, centre_code, {duty.shift_type.id for duty in duties.values()})
    lines = tuple(
        Line(
            user,
            tuple(
                Square(
                    day,
                    duties.get((user.id, day)),
                    absences.get((user.id, day)),
                    changes.get((user.id, day)),
                )
                for day in days
            ),
        )
        for user in people
    )
    covers = _covers(session, centre_code, types, days, duties.values(), holidays)
    return Sheet(centre_code, first, last, draft, lines, types, covers, holidays, rotas)


def rotas_of_days(
    session: Session, centre_code: str, first: date, last: date, *, draft: Rota | None = None
) -> dict[date, Rota]:
    """Which rota a day belongs to: the draft where it reaches, else the one that counts."""
    counting = session.scalars(
        select(Rota)
        .where(
            Rota.centre_code == centre_code,
            Rota.state.in_(COUNTS),
            Rota.last_day >= first,
            Rota.first_day <= last,
        )
        .order_by(Rota.id)
    )
    found = {}
    for rota in [*counting, *([draft] if draft else [])]:
        for day in days_between(max(first, rota.first_day), min(last, rota.last_day)):
            found[day] = rota
    return found


def drafts_of(session: Session, centre_code: str) -> list[Rota]:
    """The drafts of a centre, the newest first."""
    which = Rota.centre_code == centre_code, Rota.state == RotaState.DRAFT
    return list(session.scalars(select(Rota).where(*which).order_by(Rota.id.desc()).limit(50)))


def people_of(session: Session, centre_code: str, also: Collection[int] = ()) -> list[User]:
    """Those who take turns at a centre, and whoever else has a duty there; by name."""
    left_out = select(WorkingTerms.user_id).where(WorkingTerms.in_rota.is_(False))
    rostered = (
        User.active
        & (User.centre_code == centre_code)
        & User.role.in_(TAKES_CALLS)
        & User.id.not_in(left_out)
    )
    which = or_(rostered, User.id.in_(list(also)))
    return list(session.scalars(select(User).where(which).order_by(User.display_name, User.id)))


def shift_types_of(
    session: Session, centre_code: str, also: Collection[int] = ()
) -> tuple[ShiftType, ...]:
    """Those in use, and those that some duty still has; by begin."""
    used = ShiftType.active | ShiftType.id.in_(list(also))
    return tuple(
        session.scalars(
            select(ShiftType)
            .where(ShiftType.centre_code == centre_code, used)
            .order_by(ShiftType.start_minute, ShiftType.id)
        )
    )


def holidays_between(session: Session, first: date, last: date) -> dict[date, StaffHoliday]:
    """Public holidays of any class of staff; the officials' name of a day goes first."""
    rows = session.scalars(
        select(StaffHoliday)
        .where(StaffHoliday.day.between(first, last))
        .order_by(StaffHoliday.day, StaffHoliday.staff_class)
    )
    found: dict[date, StaffHoliday] = {}
    for row in rows:
        if row.day not in found or row.staff_class.value == "official":
            found[row.day] = row
    return found


def _duties(
    session: Session, centre_code: str, days: Sequence[date], draft: Rota | None
) -> list[ScheduledDuty]:
    counting = final_schedule(session, days[0], days[-1], centre_code=centre_code)
    if draft is None:
        return counting
    outside = [duty for duty in counting if not draft.first_day <= duty.day <= draft.last_day]
    drafted = [duty for duty in rota_schedule(session, draft) if days[0] <= duty.day <= days[-1]]
    return outside + drafted


def _absences(
    session: Session, user_ids: list[int], first: date, last: date
) -> dict[tuple[int, date], AbsenceKind]:
    rows = session.scalars(
        select(Absence).where(
            Absence.user_id.in_(user_ids),
            Absence.state == RequestState.APPROVED,
            Absence.last_day >= first,
            Absence.first_day <= last,
        )
    )
    return {
        (row.user_id, day): row.kind
        for row in rows
        for day in days_between(max(first, row.first_day), min(last, row.last_day))
    }


def _changes(session: Session, rotas: Mapping[date, Rota]) -> dict[tuple[int, date], Change]:
    """Days that are not as planned: in a draft what was put by hand, else what was done after it was published."""
    by_id = {rota.id: rota for rota in rotas.values()}
    rows = session.scalars(
        select(Duty)
        .where(Duty.rota_id.in_(list(by_id)), Duty.withdrawn_at.is_(None))
        .order_by(Duty.layer, Duty.id)
    )
    found: dict[tuple[int, date], Change] = {}
    for row in rows:
        rota = by_id[row.rota_id]
        if rotas.get(row.day) is not rota:
            continue
        planned = rota.state in COUNTS and rota.published_at and row.made_at <= rota.published_at
        if row.cause is DutyCause.PLAN or planned:
            found.pop((row.user_id, row.day), None)
        else:
            found[row.user_id, row.day] = Change(row.cause, row.made_by, row.reason)
    return found


def _covers(
    session: Session,
    centre_code: str,
    types: Sequence[ShiftType],
    days: Sequence[date],
    duties: Iterable[ScheduledDuty],
    holidays: Mapping[date, StaffHoliday],
) -> tuple[Cover, ...]:
    needs = {
        (need.shift_type_id, need.weekday): need.people
        for need in session.scalars(
            select(CoverNeed).where(CoverNeed.shift_type_id.in_([one.id for one in types]))
        )
    }
    dated = dated_needs(session, centre_code, days[0], days[-1])
    have: dict[tuple[int, date], int] = {}
    for duty in duties:
        key = duty.shift_type.id, duty.day
        have[key] = have.get(key, 0) + 1

    def need(shift: ShiftType, day: date) -> int:
        if (day, shift.id) in dated:
            return dated[day, shift.id].people
        usual = needs.get((shift.id, day.weekday()), 0)
        return needs.get((shift.id, PUBLIC_HOLIDAY), usual) if day in holidays else usual

    return tuple(
        Cover(
            shift,
            tuple(have.get((shift.id, day), 0) for day in days),
            tuple(need(shift, day) for day in days),
        )
        for shift in types
    )
