"""Drafts: kept as typed, for their writer alone, and not for ever."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from case_store.cases.drafts import (
    KEPT,
    MAXIMUM_BYTES,
    DraftTooLarge,
    drafts_of,
    find_draft,
    save_draft,
)
from tests.case_store.kit import NOON, person


def test_the_newest_words_are_kept_for_their_writer_alone(session: Session) -> None:
    malee, somchai = person(session, "malee"), person(session, "somchai")
    save_draft(session, malee, "call-1", {"subject": "ไฟ"}, at=NOON)
    save_draft(session, malee, "call-1", {"subject": "ไฟดับ"}, at=NOON)

    kept = find_draft(session, malee, "call-1")

    assert kept
    assert kept.fields == {"subject": "ไฟดับ"}
    assert find_draft(session, somchai, "call-1") is None


def test_what_everybody_forgot_is_gone_with_the_next_form(session: Session) -> None:
    malee, somchai = person(session, "malee"), person(session, "somchai")
    save_draft(session, malee, "old", {"subject": "a"}, at=NOON)
    later = NOON + KEPT + timedelta(seconds=1)

    save_draft(session, somchai, "new", {"subject": "b"}, at=later)
    session.flush()

    assert drafts_of(session, malee) == []
    assert [draft.key for draft in drafts_of(session, somchai)] == ["new"]


def test_more_than_a_form_can_hold_is_refused(session: Session) -> None:
    with pytest.raises(DraftTooLarge):
        save_draft(session, person(session, "malee"), "a", {"x": "a" * MAXIMUM_BYTES}, at=NOON)
