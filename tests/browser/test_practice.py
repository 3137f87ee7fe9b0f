"""A trainee practises on the demonstration line, and a trainer signs the call off: seen, heard, and in the store."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from case_store.calls.models import Call
from case_store.database import Database
from case_store.people.models import User
from case_store.rotation.training.models import PracticeCall
from case_store.settings import Settings
from tests.browser.desk import Desk
from tests.browser.handset import Handset
from tests.browser.looking import look, speak_signed_in, typed
from tests.browser.windows import Windows
from tests.services.installation import Installation
from tests.telephony.line import eventually


@pytest.fixture
def store(system: Installation) -> Iterator[Database]:
    database = Database.of(Settings(home=system.home, _env_file=None))
    yield database
    database.close()


def practice_calls(store: Database) -> list[PracticeCall]:
    with store.reading() as session:
        kaew = select(User.id).where(User.username == "kaew").scalar_subquery()
        query = select(PracticeCall).where(PracticeCall.user_id == kaew).order_by(PracticeCall.id)
        return list(session.scalars(query))


def calls(store: Database) -> int:
    with store.reading() as session:
        return len(session.scalars(select(Call.id)).all())


def wide(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_trainee_takes_a_practice_call_and_a_trainer_signs_it_off(
    language: str, windows: Windows, system: Installation, store: Database, handset: Handset
) -> None:
    known, before, citizens = typed(system), len(practice_calls(store)), calls(store)
    trainee = Desk(windows.open()).sign_in("kaew", system.password)
    trainee.expect_registered()
    speak_signed_in(trainee.page, language)
    expect(trainee.duty.locator('button[value="ready"]')).to_be_visible()
    found = look(trainee.page, language, known)
    wide(trainee.page)
    trainee.press(trainee.page.locator("#duty-practice"))
    trainee.expect_duty("practice")
    found += look(trainee.page, language, known)
    wide(trainee.page)

    handset.page.locator('[data-demo-action="practise"]').click()
    trainee.answer()
    expect(trainee.page.locator("#practice-title")).to_be_visible()
    trainee.expect_to_hear()
    handset.expect_to_hear()
    found += look(trainee.page, language, known)
    wide(trainee.page)
    trainee.hang_up()
    assert eventually(lambda: len(practice_calls(store)) == before + 1)
    assert calls(store) == citizens  # nobody called the hotline
    kept = practice_calls(store)[-1]
    assert kept.signed_off_at is None

    trainer = Desk(windows.open()).sign_in("wichai", system.password, path="/rotation/training")
    speak_signed_in(trainer.page, language)
    found += look(trainer.page, language, known)
    wide(trainer.page)
    trainer.page.locator(f'form[action="/rotation/training/practice/{kept.id}"] button.good').press(
        "Enter"
    )
    expect(
        trainer.page.locator(f'form[action="/rotation/training/practice/{kept.id}"]')
    ).to_have_count(0)
    signed = practice_calls(store)[-1]
    assert signed.good is True
    assert signed.signed_off_by == "wichai"

    trainee.page.goto("/rotation/training/mine")
    found += look(trainee.page, language, known)
    assert not found, "\n".join(found)
