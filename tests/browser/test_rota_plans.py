"""Planning in a real browser: ask, watch, look, publish; and the pages of training and of the day, for everybody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, select

from case_store.clock import BANGKOK, now
from case_store.database import Database
from case_store.rotation.rota.models import Duty, DutyCause, Layer, Rota, RotaState
from case_store.settings import Settings
from tests.browser.desk import Desk
from tests.browser.looking import look, speak_signed_in, typed, wrong
from tests.browser.made_rota import MadeRota, made_rota
from tests.browser.windows import Windows
from tests.services.installation import Installation

SUPERVISORS = ("/rotation/plans", "/rotation/training", "/rotation/now", "/rotation/ledger")
OWN = ("/rotation/training/mine", "/rotation/now", "/rotation/ledger")
LONG = 120_000


@pytest.mark.parametrize("language", ["th", "en"])
def test_pages_are_accessible_whole_and_in_one_language(
    language: str, windows: Windows, system: Installation
) -> None:
    known = typed(system)
    page = windows.open()
    Desk(page).sign_in("wichai", system.password, path="/rotation/plans")
    speak_signed_in(page, language)
    found = wrong(page, language, known, *SUPERVISORS)
    page.context.clear_cookies()
    Desk(page).sign_in("kanya", system.password)
    speak_signed_in(page, language)
    found += wrong(page, language, known, *OWN)
    assert not found, "\n".join(found)


def test_a_rota_is_asked_for_watched_and_dropped(windows: Windows, system: Installation) -> None:
    page = Desk(windows.open()).sign_in("wichai", system.password, path="/rotation/plans").page
    page.locator("#p-first").fill("4/1/2570")
    page.locator("#p-last").fill("17/1/2570")
    page.locator("#p-seconds").fill("5")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="ค้นหาตารางเวร").press("Enter")
    # The page refreshes itself: nobody loads it anew.
    look = page.get_by_role("link", name="ดูร่างตารางเวร")
    expect(look).to_be_visible(timeout=LONG)
    drop = page.get_by_role("button", name="ทิ้งร่าง 4 ม.ค. 2570")
    expect(drop).to_be_visible()
    look.press("Enter")
    expect(page.locator("[role=grid]")).to_be_visible()
    page.go_back()
    drop.press("Enter")
    expect(drop).to_have_count(0)


@pytest.fixture
def replanned(system: Installation) -> Iterator[tuple[MadeRota, int]]:
    """A rota that counts, and a draft from tomorrow on that leaves out some of its duties."""
    with made_rota(system) as made:
        database = Database.of(Settings(home=system.home, _env_file=None))
        with database.transaction() as session:
            draft = Rota(
                centre_code="50", first_day=now().astimezone(BANGKOK).date() + timedelta(days=1),
                last_day=made.last, state=RotaState.DRAFT, version=1, made_by="wichai",
                made_at=now(), solved={},
            )  # fmt: skip
            session.add(draft)
            session.flush()
            counting = select(Duty).where(
                Duty.rota_id == made.rota_id,
                Duty.day >= draft.first_day,
                Duty.shift_type_id.is_not(None),
            )
            session.add_all(
                Duty(
                    rota_id=draft.id, user_id=one.user_id, day=one.day, layer=int(Layer.GENERATED),
                    shift_type_id=one.shift_type_id, cause=DutyCause.PLAN, made_by="wichai",
                    made_at=now(),
                )
                for number, one in enumerate(session.scalars(counting.order_by(Duty.id)))
                if number % 5
            )  # fmt: skip
            draft_id = draft.id
        yield made, draft_id
        with database.transaction() as session:
            session.execute(delete(Duty).where(Duty.rota_id == draft_id))
            session.execute(delete(Rota).where(Rota.id == draft_id))
        database.close()


@pytest.mark.parametrize("language", ["th", "en"])
def test_what_a_replan_changes_is_looked_at_and_its_line_stands_in_the_week(
    language: str, windows: Windows, system: Installation, replanned: tuple[MadeRota, int]
) -> None:
    made, draft_id = replanned
    known = [*typed(system), *made.words]
    page = Desk(windows.open()).sign_in("wichai", system.password, path="/rotation/plans").page
    speak_signed_in(page, language)
    page.goto("/rotation/plans")
    page.locator(f'a[href="/rotation/plans/{draft_id}/moves"]').press("Enter")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(40)
    expect(page.locator('button[type="submit"].primary')).to_be_visible()
    found = look(page, language, known)
    page.locator("nav.pager a").press("Enter")
    expect(page).to_have_url(f"{system.url}/rotation/plans/{draft_id}/moves?page=2")
    found += look(page, language, known)
    page.goto("/rotation/demand")
    expect(page.locator("svg.demand path.step")).to_have_count(3)  # need, rota, draft
    found += look(page, language, known)
    assert not found, "\n".join(found)
