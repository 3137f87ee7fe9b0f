"""Swaps, a sick call and a stand-in as the people see them: agents on a phone, the supervisor at a desk."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from case_store.clock import BANGKOK, now
from case_store.database import Database
from case_store.people.models import User
from case_store.rotation.rota.models import (
    Absence,
    CoverAlert,
    CoverNeed,
    Duty,
    DutyCause,
    Layer,
    Rota,
    RotaChange,
    RotaState,
    ShiftPlace,
    ShiftType,
    Swap,
)
from case_store.settings import Settings
from tests.browser.desk import Desk
from tests.browser.looking import look, speak_signed_in, typed
from tests.browser.windows import NARROW, WIDE, Windows
from tests.services.installation import Installation

NOTE = "ติดธุระทดสอบ"
NAMES = ["เวรทดสอบ", "Test shift"]


@pytest.fixture
def first(system: Installation) -> Iterator[date]:
    """A published rota from tomorrow on: Kanya has two duties, and one person is needed each day."""
    database = Database.of(Settings(home=system.home, _env_file=None))
    at = now()
    first = at.astimezone(BANGKOK).date() + timedelta(days=1)
    with database.transaction() as session:
        shift = ShiftType(
            centre_code="50", code="T", name_th=NAMES[0], name_en=NAMES[1], start_minute=9 * 60,
            minutes=480, break_minutes=60, place=ShiftPlace.ON_SITE, channel="phone_1567", active=True,
        )  # fmt: skip
        rota = Rota(
            centre_code="50", first_day=first, last_day=first + timedelta(days=27),
            state=RotaState.PUBLISHED, made_by="x", made_at=at, published_by="x", published_at=at,
            solved={},
        )  # fmt: skip
        session.add_all([shift, rota])
        session.flush()
        shift_id, rota_id = shift.id, rota.id
        kanya = session.scalars(select(User).where(User.username == "kanya")).one()
        for number in range(2):
            session.add(
                Duty(
                    rota_id=rota_id, user_id=kanya.id, day=first + timedelta(days=number),
                    shift_type_id=shift_id, layer=int(Layer.GENERATED), cause=DutyCause.PLAN,
                    made_by="x", made_at=at,
                )
            )  # fmt: skip
            weekday = (first + timedelta(days=number)).weekday()
            session.add(CoverNeed(shift_type_id=shift_id, weekday=weekday, people=1, experienced=0))
    yield first
    with database.transaction() as session:
        for table in (Duty, Swap, RotaChange, CoverAlert, Absence):
            session.execute(delete(table))
        session.execute(delete(CoverNeed).where(CoverNeed.shift_type_id == shift_id))
        session.execute(delete(Rota).where(Rota.id == rota_id))
        session.execute(delete(ShiftType).where(ShiftType.id == shift_id))
    database.close()


def test_offer_accept_approve_then_sick_and_a_stand_in(
    first: date, windows: Windows, system: Installation
) -> None:
    kanya = _signed_in(windows, system, "kanya", NARROW)
    somchai = _signed_in(windows, system, "somchai", NARROW)
    wichai = _signed_in(windows, system, "wichai", WIDE)
    known = [*typed(system), *NAMES, NOTE]
    found: list[str] = []

    kanya.goto(f"/rotation/swaps/new?day={first.isoformat()}")
    kanya.get_by_label("ข้อความถึงเพื่อนร่วมงาน").fill(NOTE)
    found += look(kanya, "th", known)
    kanya.get_by_label("ข้อความถึงเพื่อนร่วมงาน").press("Enter")
    expect(kanya.get_by_text("รอผู้รับ")).to_be_visible()
    found += look(kanya, "th", known)

    somchai.goto("/rotation/swaps")
    found += look(somchai, "th", known)
    somchai.get_by_role("button", name="รับเวรนี้").click()
    expect(somchai.get_by_text("รออนุมัติ", exact=True)).to_be_visible()

    wichai.goto("/rotation/swaps")
    found += look(wichai, "th", known)
    wichai.get_by_role("button", name="อนุมัติ").first.click()
    expect(wichai.get_by_text("ไม่มีรายการรออนุมัติ")).to_be_visible()

    somchai.goto(f"/rotation/sick?day={first.isoformat()}")
    found += look(somchai, "th", known)
    somchai.get_by_role("button", name="แจ้งลาป่วย").click()
    expect(somchai.get_by_text("ขอให้หายโดยเร็ว")).to_be_visible()
    found += look(somchai, "th", known)

    wichai.goto("/rotation/cover")
    found += look(wichai, "th", known)
    wichai.get_by_role("link", name="หาผู้มาแทน").first.click()
    expect(wichai.get_by_role("heading", name="ผู้มาแทน", exact=True)).to_be_visible()
    found += look(wichai, "th", known)
    speak_signed_in(wichai, "en")
    for path in (wichai.url, "/rotation/cover", "/rotation/swaps", "/rotation/sick"):
        wichai.goto(path)
        found += look(wichai, "en", known)
    wichai.go_back()
    wichai.goto("/rotation/cover")
    gaps = wichai.get_by_role("link", name="Look for stand-ins")
    expect(gaps.first).to_be_visible()
    before = _missing(wichai)
    gaps.first.click()
    wichai.get_by_role("checkbox", name="กัญญา").check()
    wichai.get_by_role("button", name="Put in กัญญา").click()
    expect(gaps.first).to_be_visible()
    assert _missing(wichai) == before - 1
    assert not found, "\n".join(found)


def _missing(page: Page) -> int:
    """How many people the list of gaps misses in all."""
    gaps = page.locator('section[aria-labelledby="gaps-title"]').inner_text()
    return sum(map(int, re.findall(r"(\d+) (?:person|people) missing", gaps)))


def _signed_in(windows: Windows, system: Installation, name: str, size: tuple[int, int]) -> Page:
    page = Desk(windows.open(size)).sign_in(name, system.password, path="/rotation/swaps").page
    speak_signed_in(page, "th")
    return page
