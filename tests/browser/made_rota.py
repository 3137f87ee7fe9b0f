"""A rota of Chiang Mai with a dozen people on it, for tests in a browser; gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK, now
from case_store.database import Database
from case_store.people.models import Role, User
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    Attendance,
    CalendarFeed,
    CoverAlert,
    CoverNeed,
    Duty,
    DutyCause,
    Layer,
    RequestState,
    Rota,
    RotaChange,
    RotaState,
    ShiftPlace,
    ShiftType,
    StaffClass,
    StaffHoliday,
    StandbyCall,
    Swap,
)
from case_store.settings import Settings
from tests.services.installation import Installation
from tests.trained import trained

CENTRE = "50"
NAMES = (
    "กมลชนก ศรีวิไล", "จารุวรรณ มีสุข", "ชัยวัฒน์ ทองดี", "ณัฐพล วงศ์ใหญ่", "ดวงใจ เชียงราย",
    "ธนกร สุขสบาย", "นภา ฟ้าใส", "ปิยะ ใจเย็น", "พรทิพย์ แสงดาว", "มานะ อดทน", "รัตนา แก้วใส",
)  # fmt: skip
SHIFTS = (
    ("ด", "เวรดึก", "Night", 0, 8, ShiftPlace.ON_SITE),
    ("ช", "เวรเช้า", "Morning", 8, 8, ShiftPlace.ON_SITE),
    ("บ", "เวรบ่าย", "Afternoon", 16, 8, ShiftPlace.ON_SITE),
    ("ส", "เวรสำรอง", "Reserve", 16, 16, ShiftPlace.STANDBY),
)
HOLIDAY = "วันหยุดทดสอบ"
REASON = "เป็นไข้ทดสอบ"
TURNS = ("ช", "ช", "บ", "บ", "", "", "ด", "ด", "", "ส", "")


@dataclass(frozen=True)
class MadeRota:
    """Who is on it. `first` and `last`: its days; the people by their place in `NAMES`."""

    rota_id: int
    first: date
    last: date
    people: tuple[int, ...]
    kanya: int

    @property
    def words(self) -> list[str]:
        """What stands on the pages in the language of whoever typed it."""
        return [*NAMES, HOLIDAY, REASON, *(shift[0] for shift in SHIFTS)]


@contextmanager
def made_rota(system: Installation) -> Iterator[MadeRota]:
    database = Database.of(Settings(home=system.home, _env_file=None))
    with database.transaction() as session:
        made = _make(session)
    try:
        yield made
    finally:
        with database.transaction() as session:
            _remove(session, made)
        database.close()


def _make(session: Session) -> MadeRota:
    today = now().astimezone(BANGKOK).date()
    first, last = today.replace(day=1), today + timedelta(days=62)
    people = [_person(session, place, name) for place, name in enumerate(NAMES)]
    kanya = session.scalars(select(User).where(User.username == "kanya")).one()
    shifts = {shift[0]: _shift(session, *shift) for shift in SHIFTS}
    for code, weekday in ((code, weekday) for code in "ชบด" for weekday in range(7)):
        wanted = 2 if code == "ช" else 1
        need = CoverNeed(
            shift_type_id=shifts[code].id, weekday=weekday, people=wanted, experienced=0
        )
        session.add(need)
    session.add_all(
        StaffHoliday(
            staff_class=one, day=today + timedelta(days=2), name_th=HOLIDAY, name_en=HOLIDAY,
            source="test", source_date=today, made_by="test",
        )
        for one in [StaffClass.EMPLOYEE]
    )  # fmt: skip
    rota = Rota(
        centre_code=CENTRE, first_day=first, last_day=last, state=RotaState.PUBLISHED, version=1,
        made_by="wichai", made_at=now(), published_by="wichai", published_at=now(), solved={},
    )  # fmt: skip
    session.add(rota)
    session.flush()
    for place, user in enumerate([*people, kanya]):
        for number in range((last - first).days + 1):
            code = TURNS[(number + place * 2) % len(TURNS)]
            day = first + timedelta(days=number)
            if code and not _is_test_ground(place, (day - today).days):
                _duty(session, rota, user, day, shifts[code])
    _duty(session, rota, people[4], today + timedelta(days=1), None, Layer.OVERRIDDEN, REASON)
    session.add(
        Absence(
            user_id=people[5].id, kind=AbsenceKind.ANNUAL, first_day=today + timedelta(days=3),
            last_day=today + timedelta(days=5), state=RequestState.APPROVED, asked_at=now(), asked_by="x",
        )
    )  # fmt: skip
    return MadeRota(rota.id, first, last, tuple(one.id for one in people), kanya.id)


def _is_test_ground(place: int, ahead: int) -> bool:
    """The first three are left free in the days from tomorrow on: a test puts there what it needs."""
    return place < 3 and -3 <= ahead <= 12


def _person(session: Session, place: int, name: str) -> User:
    user = User(
        username=f"rota{place}", display_name=name, role=Role.AGENT, centre_code=CENTRE,
        password_hash="unused", language="th", active=True, failed_sign_ins=0, created_at=now(),
    )  # fmt: skip
    session.add(user)
    session.flush()
    return trained(session, user)


def _shift(
    session: Session, code: str, thai: str, english: str, start: int, hours: int, place: ShiftPlace
) -> ShiftType:
    shift = ShiftType(
        centre_code=CENTRE, code=code, name_th=thai, name_en=english, start_minute=60 * start,
        minutes=60 * hours, break_minutes=60, place=place, channel="phone_1567", active=True,
    )  # fmt: skip
    session.add(shift)
    session.flush()
    return shift


def _duty(
    session: Session,
    rota: Rota,
    user: User,
    day: date,
    shift: ShiftType | None,
    layer: Layer = Layer.GENERATED,
    reason: str = "",
) -> None:
    later = timedelta(seconds=1 if reason else 0)
    session.add(
        Duty(
            rota_id=rota.id, user_id=user.id, day=day, shift_type_id=shift.id if shift else None,
            layer=int(layer), cause=DutyCause.SICK if reason else DutyCause.PLAN, reason=reason,
            made_by="wichai", made_at=now() + later,
        )
    )  # fmt: skip


def _remove(session: Session, made: MadeRota) -> None:
    """With what the running system made of it: who was asked to come, who was missing."""
    codes = [shift[0] for shift in SHIFTS]
    of_centre = ShiftType.centre_code == CENTRE, ShiftType.code.in_(codes)
    shifts = list(session.scalars(select(ShiftType.id).where(*of_centre)))
    for doomed in (
        delete(CalendarFeed),
        delete(RotaChange).where(RotaChange.rota_id == made.rota_id),
        delete(Duty).where(Duty.rota_id == made.rota_id),
        delete(Rota).where(Rota.id == made.rota_id),
        delete(StaffHoliday).where(StaffHoliday.name_th == HOLIDAY),
        delete(CoverNeed).where(CoverNeed.shift_type_id.in_(shifts)),
        delete(CoverAlert).where(CoverAlert.shift_type_id.in_(shifts)),
        delete(Attendance).where(Attendance.shift_type_id.in_(shifts)),
        delete(StandbyCall).where(StandbyCall.shift_type_id.in_(shifts)),
        delete(Swap).where(Swap.shift_type_id.in_(shifts)),
        delete(ShiftType).where(ShiftType.id.in_(shifts)),
        delete(User).where(User.id.in_(made.people)),
    ):
        session.execute(doomed)
