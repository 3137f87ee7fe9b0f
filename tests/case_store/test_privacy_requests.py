"""What people ask of their data: the law's clocks, reasons for every refusal, and erasure only on purpose."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.audit.verify import verify
from case_store.cases.complete import NotComplete
from case_store.cases.models import Case, CaseState
from case_store.identity.complainants import open_identity
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.privacy.holds import hold
from case_store.privacy.models import PrivacyRequest, RequestKind, RequestState
from case_store.privacy.processing import record_of_processing
from case_store.privacy.requests import (
    TIME_TO_ANSWER,
    AlreadyDecided,
    act_by,
    finish,
    grant,
    is_late,
    list_requests,
    receive,
    refuse,
)
from case_store.privacy.retention import CannotErase, approve, carry_out, waiting_items
from tests.case_store.kit import NATIONAL, NOON, case

OFFICER = Actor("malee", Role.CASE_OFFICER, "50")
DEPUTY = Actor("wanida", Role.DEPUTY_GOVERNOR, "50")
GOVERNOR = Actor("somsak", Role.GOVERNOR, "50")
WORDS = "สมหญิง ใจดี ขอสำเนาข้อมูลของตน"


def asked(
    session: Session, kind: RequestKind = RequestKind.ACCESS, about: Case | None = None
) -> PrivacyRequest:
    ref = about.ref if about else None
    return receive(session, kind, "50", WORDS, by=OFFICER, at=NOON, case_ref=ref)


@pytest.fixture
def ended(session: Session) -> Case:
    one = case(session, complainant_name="สมหญิง ใจดี")
    one.state, one.closed_at = CaseState.CLOSED, NOON
    session.flush()
    return one


class TestClocks:
    @pytest.mark.parametrize(
        ("kind", "days"),
        [
            (RequestKind.ACCESS, 30),
            (RequestKind.RECTIFICATION, 30),
            (RequestKind.ERASURE, 90),
            (RequestKind.RESTRICTION, 30),
            (RequestKind.OBJECTION, 30),
            (RequestKind.PORTABILITY, 30),
            (RequestKind.BREACH, 3),
        ],
    )
    def test_each_kind_has_the_laws_time(
        self, session: Session, kind: RequestKind, days: int
    ) -> None:
        assert asked(session, kind).due_at == NOON + timedelta(days=days)
        assert set(TIME_TO_ANSWER) == set(RequestKind)

    def test_an_erasure_must_be_done_before_the_backups_time(self, session: Session) -> None:
        request = asked(session, RequestKind.ERASURE)
        assert act_by(request) == NOON + timedelta(days=60)
        assert not is_late(request, NOON + timedelta(days=60))
        assert is_late(request, NOON + timedelta(days=61))

    def test_the_list_begins_with_what_is_due_first(self, session: Session) -> None:
        access, breach, erasure = (
            asked(session, kind)
            for kind in (RequestKind.ACCESS, RequestKind.BREACH, RequestKind.ERASURE)
        )
        assert list_requests(session, by=OFFICER) == [breach, access, erasure]
        refuse(session, breach, "ไม่มีความเสี่ยง ข้อมูลเข้ารหัส", by=OFFICER, at=NOON)
        assert list_requests(session, by=OFFICER) == [access, erasure]
        everything = list_requests(session, by=OFFICER, open_only=False)
        assert everything == [erasure, breach, access]
        later = list_requests(session, by=OFFICER, open_only=False, before=breach.id)
        assert later == [access]
        assert not is_late(breach, NOON + timedelta(days=999))


class TestDeciding:
    def test_a_refusal_has_a_reason_that_is_kept(self, session: Session) -> None:
        request = asked(session)
        with pytest.raises(NotComplete):
            refuse(session, request, " ", by=OFFICER, at=NOON)
        refuse(session, request, "ไม่ใช่เจ้าของข้อมูล", by=OFFICER, at=NOON)

        assert (request.state, request.reason) == (RequestState.REFUSED, "ไม่ใช่เจ้าของข้อมูล")
        with pytest.raises(AlreadyDecided):
            grant(session, request, by=DEPUTY, at=NOON)

    def test_granted_it_is_open_until_it_is_done(self, session: Session) -> None:
        request = asked(session)
        with pytest.raises(AlreadyDecided):
            finish(session, request, by=OFFICER, at=NOON)
        grant(session, request, by=OFFICER, at=NOON)
        assert list_requests(session, by=OFFICER) == [request]
        finish(session, request, by=OFFICER, at=NOON)
        assert list_requests(session, by=OFFICER) == []
        assert request.done_at == NOON

    @pytest.mark.parametrize(
        "by",
        [
            Actor("a", Role.AGENT, "50"),
            Actor("root", Role.ADMINISTRATOR, "00"),
            Actor("g", Role.GOVERNOR, "50"),
            Actor("o", Role.CASE_OFFICER, "10"),
            Actor("x", Role.AGENCY_OFFICER, "50", agency_id=1),
        ],
        ids=lambda actor: f"{actor.role}-{actor.centre_code}",
    )
    def test_others_neither_write_nor_decide(self, session: Session, by: Actor) -> None:
        request = asked(session)
        for attempt in (
            lambda: receive(session, RequestKind.ACCESS, "50", WORDS, by=by, at=NOON),
            lambda: grant(session, request, by=by, at=NOON),
            lambda: refuse(session, request, "เหตุผล", by=by, at=NOON),
            lambda: finish(session, request, by=by, at=NOON),
        ):
            with pytest.raises(NotAllowed):
                attempt()

    def test_it_names_only_a_case_that_there_is_and_that_the_writer_handles(
        self, session: Session
    ) -> None:
        other = case(session, province_code="10")
        with pytest.raises(NotComplete):
            receive(
                session, RequestKind.ACCESS, "50", WORDS, by=OFFICER, at=NOON, case_ref="690000021"
            )
        with pytest.raises(NotAllowed):
            asked(session, about=other)

    def test_the_trail_has_the_words_apart_and_verifies(self, session: Session) -> None:
        request = asked(session)
        refuse(session, request, "ไม่ใช่เจ้าของข้อมูล", by=OFFICER, at=NOON)

        query = sa.select(AuditEntry).where(AuditEntry.subject == request.subject)
        entries = session.scalars(query.order_by(AuditEntry.id)).all()
        assert [entry.action for entry in entries] == ["privacy.received", "privacy.refused"]
        assert not any("สมหญิง" in str(entry.facts) for entry in entries)
        assert verify(session) == []


class TestErasure:
    def test_it_is_granted_on_purpose_only_and_then_approved_by_another(
        self, session: Session, ended: Case
    ) -> None:
        request = receive(
            session, RequestKind.ERASURE, "50", WORDS, by=DEPUTY, at=NOON, case_ref=ended.ref
        )
        with pytest.raises(NotComplete):
            grant(session, request, by=DEPUTY, at=NOON)
        grant(session, request, by=DEPUTY, at=NOON, reason="ผู้ร้องถูกคุกคาม ไม่จำเป็นต้องเก็บต่อ")
        with pytest.raises(NotComplete):
            finish(session, request, by=DEPUTY, at=NOON)

        [item] = waiting_items(session, by=GOVERNOR)
        assert (item.policy_id, item.proposed_by) == (None, "wanida")
        with pytest.raises(CannotErase, match="same_person"):
            approve(session, item, by=DEPUTY, at=NOON)
        approve(session, item, by=GOVERNOR, at=NOON)
        assert carry_out(session, at=NOON) == 1
        finish(session, request, by=DEPUTY, at=NOON)

        assert open_identity(session, ended) is None
        assert request.state is RequestState.DONE

    def test_a_settled_request_about_an_erased_case_keeps_only_its_reason(
        self, session: Session, ended: Case
    ) -> None:
        settled = asked(session, about=ended)
        refuse(session, settled, "ไม่ใช่เจ้าของข้อมูล", by=OFFICER, at=NOON)
        running = asked(session, RequestKind.ERASURE, about=ended)
        grant(session, running, by=OFFICER, at=NOON, reason="ผู้ร้องถูกคุกคาม")
        [item] = waiting_items(session, by=GOVERNOR)
        approve(session, item, by=GOVERNOR, at=NOON)
        carry_out(session, at=NOON)

        assert (settled.summary, settled.reason) == ("", "ไม่ใช่เจ้าของข้อมูล")
        assert running.summary == WORDS
        finish(session, running, by=OFFICER, at=NOON)
        assert running.summary == "", "nothing of it is needed any more"
        assert verify(session) == []

    def test_neither_of_an_open_nor_of_a_held_case(self, session: Session, ended: Case) -> None:
        running = asked(session, RequestKind.ERASURE, about=case(session))
        with pytest.raises(CannotErase, match="case"):
            grant(session, running, by=OFFICER, at=NOON, reason="ผู้ร้องขอ")
        hold(session, ended, "คดีอยู่ในศาล", by=OFFICER, at=NOON)
        held = asked(session, RequestKind.ERASURE, about=ended)
        with pytest.raises(CannotErase, match="hold"):
            grant(session, held, by=OFFICER, at=NOON, reason="ผู้ร้องขอ")
        assert waiting_items(session, by=NATIONAL) == []

    def test_without_a_case_there_is_nothing_to_erase(self, session: Session) -> None:
        with pytest.raises(NotComplete):
            grant(session, asked(session, RequestKind.ERASURE), by=OFFICER, at=NOON, reason="ขอลบ")


def test_the_record_of_processing_speaks_both_languages() -> None:
    sections = record_of_processing()
    texts = [text for section in sections for text in (section.title, *section.points)]
    assert len(sections) == 8
    assert all(text.of("th") and text.of("en") for text in texts)
    assert all("\u0e00" <= max(text.th) <= "\u0e7f" for text in texts)
    assert not any("\u0e00" <= sign <= "\u0e7f" for text in texts for sign in text.en)
