"""A recording in a browser: it plays when the audit trail says so, and says why when it does not."""

import uuid
import wave
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select, text

from case_store.audit.models import AuditEntry
from case_store.calls.models import Call, ProvinceSource
from case_store.calls.record_call import open_call, record_ended, set_province
from case_store.clock import now
from case_store.database import Database
from case_store.settings import Settings
from tests.browser.desk import Desk
from tests.browser.windows import WIDE, Windows
from tests.services.installation import Installation


@pytest.fixture
def database(system: Installation) -> Iterator[Database]:
    store = Database.of(Settings(home=system.home, _env_file=None))
    yield store
    store.close()


@pytest.fixture
def talk(system: Installation, database: Database) -> Call:
    """A finished call of Chiang Mai, of which ten seconds were recorded. Each try of a test has its own."""
    pbx_id = f"recorded.{uuid.uuid4().hex}"
    with database.transaction() as session:
        call = open_call(session, pbx_id, caller=None, at=now())
        set_province(session, call, province_code="50", source=ProvinceSource.MENU)
        record_ended(session, call, at=now())
    file = Settings(home=system.home, _env_file=None).talks / f"{pbx_id}.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(2 * 8000 * 10))
    return call


@contextmanager
def trail_that_cannot_be_written(database: Database) -> Iterator[None]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'no room'); END"
    with database.transaction() as session:
        session.execute(text(f"CREATE TRIGGER no_room BEFORE INSERT ON audit_entries {refuse}"))
    try:
        yield
    finally:
        with database.transaction() as session:
            session.execute(text("DROP TRIGGER no_room"))


def test_it_says_why_it_is_silent_and_plays_when_the_trail_is_back(
    windows: Windows, system: Installation, database: Database, talk: Call
) -> None:
    windows.expect_trouble("503 (Service Unavailable)")
    page = Desk(windows.open(WIDE)).sign_in("wichai", system.password, path="/calls").page
    player = page.locator(f'audio[src="/calls/{talk.id}/recording"]')

    with trail_that_cannot_be_written(database):
        player.evaluate("player => player.play().catch(() => undefined)")
        told = page.locator(".toast").filter(has_text="ต้องจดลงบันทึกการตรวจสอบก่อน")
        expect(told).to_be_visible()

    player.evaluate("async player => { await player.play(); player.currentTime = 5; }")
    page.wait_for_function("player => player.currentTime > 5", arg=player.element_handle())
    with database.reading() as session:
        heard = select(func.count()).where(AuditEntry.subject == f"call:{talk.id}")
        assert session.scalar(heard) == 1
