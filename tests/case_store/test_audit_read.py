"""Who reads what of the audit trail."""

import pytest
from sqlalchemy.orm import Session

from case_store.audit.erasing import erase_details
from case_store.audit.read import ShownEntry, chains_open_to, entries
from case_store.audit.trail import record
from case_store.audit.verify import verify
from case_store.cases.history import add_note
from case_store.cases.models import Case
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from tests.case_store.kit import NATIONAL, NOON, case

SECRET_WORDS = "ผู้ร้องชื่อสมหญิง โทร 0812345678"
ADMINISTRATOR = Actor("root", Role.ADMINISTRATOR, "00")
GOVERNOR = Actor("somsak", Role.GOVERNOR, "50")


@pytest.fixture
def noted(session: Session) -> Case:
    """A case of Chiang Mai with a note, one of Bangkok, and an entry of no centre."""
    there = case(session)
    add_note(session, there, SECRET_WORDS, by=NATIONAL, at=NOON)
    case(session, province_code="10")
    record(
        session, chain="system", action="policy.changed", subject="policy:1", by="root", at=NOON,
        detail="ตามหนังสือ ว 12",
    )  # fmt: skip
    return there


def test_an_administrator_sees_what_was_done_and_no_word_of_the_case(
    session: Session, noted: Case
) -> None:
    shown = entries(session, by=ADMINISTRATOR)

    assert [one.chain for one in shown] == ["system", "10", "50", "50"]
    note = shown[2]
    assert (note.action, note.case_ref, note.detail) == ("case.note", noted.ref, "")
    assert note.detail_hidden
    assert shown[0].detail == "ตามหนังสือ ว 12"


def test_a_governor_reads_the_details_of_the_own_province_and_nothing_of_others(
    session: Session, noted: Case
) -> None:
    shown = entries(session, by=GOVERNOR)

    assert {one.chain for one in shown} == {"50"}
    assert shown[0].detail == SECRET_WORDS
    assert chains_open_to(session, GOVERNOR) == ["50"]
    for chain in ("10", "system"):
        with pytest.raises(NotAllowed):
            entries(session, by=GOVERNOR, chain=chain)


def test_a_case_that_went_to_another_centre_keeps_its_details_from_the_old_one(
    session: Session, noted: Case
) -> None:
    noted.centre_code = "10"
    session.flush()

    [note, _received] = entries(session, by=GOVERNOR, subject=f"case:{noted.ref}")

    assert note.detail_hidden


@pytest.mark.parametrize("role", [Role.AGENT, Role.CASE_OFFICER, Role.AGENCY_OFFICER])
def test_others_read_none_of_it(session: Session, noted: Case, role: Role) -> None:
    with pytest.raises(NotAllowed):
        entries(session, by=Actor("x", role, "50", agency_id=1))


def test_pages_follow_each_other(session: Session, noted: Case) -> None:
    pages: list[ShownEntry] = []
    while page := entries(session, by=NATIONAL, limit=1, before=pages[-1].id if pages else None):
        pages += page
    assert pages == entries(session, by=NATIONAL)


def test_an_erased_detail_is_said_to_be_erased(session: Session, noted: Case) -> None:
    erase_details(session, f"case:{noted.ref}")
    session.expire_all()

    [note, received] = entries(session, by=NATIONAL, subject=f"case:{noted.ref}")

    assert (note.detail, note.detail_erased, received.detail_erased) == ("", True, False)
    assert verify(session) == []
