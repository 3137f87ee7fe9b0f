"""Retention: what is over is proposed, approved by somebody else, and erased so that nothing of anybody is left."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from case_store.agencies.models import Agency
from case_store.audit.models import AuditEntry
from case_store.audit.verify import verify
from case_store.cases.complete import NotComplete
from case_store.cases.history import add_note, link_call
from case_store.cases.lifecycle import possible_steps
from case_store.cases.merging import CannotMerge, merge
from case_store.cases.models import Case, CaseEventKind, CaseState, Outcome
from case_store.cases.referral_models import Referral
from case_store.cases.steps import close
from case_store.database import Base
from case_store.deadlines.models import PolicyKind
from case_store.deadlines.policies import change_policy
from case_store.identity.complainants import open_identity, pin_of
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.privacy import retention
from case_store.privacy.holds import end_hold, hold, holds_of
from case_store.privacy.models import LegalHold, RetentionAction, RetentionItem
from case_store.privacy.retention import (
    CannotErase,
    approve,
    carry_out,
    decided_items,
    propose,
    refuse,
    waiting_items,
)
from case_store.storage.attachments import add_attachment, path_of
from case_store.storage.sweeping import sweep_files
from tests.case_store.kit import NATIONAL, NOON, call, case

LATER = NOON + timedelta(days=365 * 10 + 4)
"""Ten years have passed."""
GOVERNOR = Actor("somsak", Role.GOVERNOR, "50")
DEPUTY = Actor("wanida", Role.DEPUTY_GOVERNOR, "50")
OFFICER = Actor("malee", Role.CASE_OFFICER, "50")
ADMINISTRATOR = Actor("root", Role.ADMINISTRATOR, "00")
PERSONAL = "สมหญิง0812345678"
"""Stands in every text of the case: nothing may be left of it."""


def closed(session: Session, at: datetime = NOON, **fields: Any) -> Case:
    one = case(session, **fields)
    one.state, one.outcome, one.closed_at = CaseState.CLOSED, Outcome.SETTLED, at
    session.flush()
    return one


def approved(session: Session, at: datetime = LATER) -> RetentionItem:
    propose(session, at=at)
    [item] = waiting_items(session, by=GOVERNOR)
    approve(session, item, by=GOVERNOR, at=at)
    return item


def everywhere(session: Session) -> str:
    """All that stands in the database, as text."""
    rows = [
        str(tuple(bytes(value) if isinstance(value, memoryview) else value for value in row))
        for table in Base.metadata.sorted_tables
        for row in session.execute(sa.select(table))
    ]
    return "\n".join(rows)


@pytest.fixture
def full(session: Session) -> Case:
    """An ended case with everything that can hang on one, and a name in every text."""
    one = closed(
        session,
        subject=f"เรื่อง {PERSONAL}",
        description=f"รายละเอียด {PERSONAL}",
        respondent=f"นาย {PERSONAL}",
        place_note=f"บ้าน {PERSONAL}",
        latitude=18.7883,
        longitude=98.9853,
        district_code="5001",
        complainant_name=PERSONAL,
        complainant_phone="0812345678",
    )
    one.intake_key = f"u1-{PERSONAL}"
    one.state = CaseState.REVIEW
    close(
        session, one, Outcome.REFERRED_ELSEWHERE, f"ผล {PERSONAL}", by=OFFICER, at=NOON,
        transferred_to=f"สำนักงานของ {PERSONAL}",
    )  # fmt: skip
    one.calls.append(call(session))
    add_note(session, one, f"โทรหา {PERSONAL}", by=NATIONAL, at=NOON)
    file = io.BytesIO(PERSONAL.encode())
    add_attachment(session, one, file, f"{PERSONAL}.txt", by=NATIONAL, at=NOON)
    agency = Agency(code="pea_50", name_th="การไฟฟ้า", name_en="PEA", active=True)
    session.add(agency)
    session.flush()
    referral = Referral(
        agency=agency, request=PERSONAL, report=PERSONAL, letter_out_number=PERSONAL,
        sent_by="malee", sent_at=NOON, progress_at=NOON,
    )  # fmt: skip
    one.referrals.append(referral)
    held = hold(session, one, f"คดีของ {PERSONAL}", by=OFFICER, at=NOON)
    end_hold(session, held, by=OFFICER, at=NOON)
    session.flush()
    return one


class TestProposing:
    def test_what_is_over_is_proposed_once_and_nothing_earlier(self, session: Session) -> None:
        over = closed(session)
        closed(session, at=NOON + timedelta(days=30))
        case(session)

        assert propose(session, at=LATER - timedelta(days=10)) == 0
        assert propose(session, at=LATER) == 1
        assert propose(session, at=LATER) == 0

        [item] = waiting_items(session, by=GOVERNOR)
        assert (item.case_ref, item.action, item.proposed_by) == (
            over.ref, RetentionAction.ANONYMISE, "system",
        )  # fmt: skip

    def test_each_category_by_its_own_policy(self, session: Session) -> None:
        land = closed(session, category="land")
        closed(session, category="utilities")
        change_policy(
            session, PolicyKind.RETENTION, "land", {"years": 1, "action": "destroy"},
            by=ADMINISTRATOR, at=NOON,
        )  # fmt: skip

        assert propose(session, at=NOON + timedelta(days=367)) == 1

        [item] = waiting_items(session, by=GOVERNOR)
        assert (item.case_ref, item.action) == (land.ref, RetentionAction.DESTROY)

    def test_what_is_held_is_not_proposed(self, session: Session) -> None:
        held = hold(session, closed(session), "คดีอยู่ในศาล", by=OFFICER, at=NOON)
        assert propose(session, at=LATER) == 0
        end_hold(session, held, by=OFFICER, at=LATER)
        assert propose(session, at=LATER) == 1

    def test_a_duplicate_waits_for_the_case_that_it_went_on_in(self, session: Session) -> None:
        duplicate, main = closed(session), case(session)
        duplicate.merged_into_id = main.id
        session.flush()
        assert propose(session, at=LATER) == 0
        main.state, main.closed_at = CaseState.CLOSED, NOON
        session.flush()
        assert propose(session, at=LATER) == 2

    def test_a_batch_is_bounded(self, session: Session) -> None:
        for _ in range(5):
            closed(session)
        assert [propose(session, at=LATER, limit=2) for _ in range(4)] == [2, 2, 1, 0]

    def test_what_was_refused_is_proposed_again_after_a_year(self, session: Session) -> None:
        closed(session)
        propose(session, at=LATER)
        [item] = waiting_items(session, by=GOVERNOR)
        refuse(session, item, "ยังใช้อ้างอิงอยู่", by=GOVERNOR, at=LATER)

        assert propose(session, at=LATER + timedelta(days=364)) == 0
        assert carry_out(session, at=LATER) == 0
        assert propose(session, at=LATER + timedelta(days=366)) == 1
        assert [one.id for one in waiting_items(session, by=GOVERNOR)] == [item.id]


class TestApproving:
    @pytest.mark.parametrize(
        "by",
        [
            OFFICER,
            ADMINISTRATOR,
            Actor("a", Role.AGENT, "50"),
            Actor("s", Role.SUPERVISOR, "50"),
            Actor("i", Role.INSPECTOR, "50", inspection_region="15"),
            Actor("g", Role.GOVERNOR, "10"),
        ],
        ids=lambda actor: f"{actor.role}-{actor.centre_code}",
    )
    def test_only_those_who_govern_the_province(self, session: Session, by: Actor) -> None:
        closed(session)
        propose(session, at=LATER)
        [item] = waiting_items(session, by=GOVERNOR)
        with pytest.raises(NotAllowed):
            approve(session, item, by=by, at=LATER)
        with pytest.raises(NotAllowed):
            refuse(session, item, "เหตุผล", by=by, at=LATER)

    def test_each_reads_the_list_of_the_own_centre(self, session: Session) -> None:
        closed(session)
        propose(session, at=LATER)
        assert len(waiting_items(session, by=OFFICER)) == 1
        assert len(waiting_items(session, by=NATIONAL)) == 1
        assert waiting_items(session, by=Actor("g", Role.GOVERNOR, "10")) == []
        with pytest.raises(NotAllowed):
            waiting_items(session, by=ADMINISTRATOR)

    def test_nobody_approves_what_they_proposed(self, session: Session) -> None:
        one = closed(session)
        item = retention.propose_one(session, one, RetentionAction.ANONYMISE, by=DEPUTY, at=LATER)
        with pytest.raises(CannotErase, match="same_person"):
            approve(session, item, by=DEPUTY, at=LATER)
        approve(session, item, by=GOVERNOR, at=LATER)
        with pytest.raises(CannotErase, match="decided"):
            refuse(session, item, "ช้าไป", by=GOVERNOR, at=LATER)
        assert decided_items(session, by=GOVERNOR) == [item]

    def test_a_refusal_has_a_reason(self, session: Session) -> None:
        closed(session)
        propose(session, at=LATER)
        [item] = waiting_items(session, by=GOVERNOR)
        with pytest.raises(NotComplete):
            refuse(session, item, "  ", by=GOVERNOR, at=LATER)

    def test_a_hold_stops_the_approval_and_the_erasure(self, session: Session) -> None:
        one = closed(session, complainant_name="สมหญิง")
        propose(session, at=LATER)
        [item] = waiting_items(session, by=GOVERNOR)
        held = hold(session, one, "คดีอยู่ในศาล", by=OFFICER, at=LATER)
        with pytest.raises(CannotErase, match="hold"):
            approve(session, item, by=GOVERNOR, at=LATER)
        end_hold(session, held, by=OFFICER, at=LATER)
        approve(session, item, by=GOVERNOR, at=LATER)
        second = hold(session, one, "คดีใหม่", by=OFFICER, at=LATER)

        assert carry_out(session, at=LATER) == 0
        assert open_identity(session, one) is not None
        end_hold(session, second, by=OFFICER, at=LATER)
        assert carry_out(session, at=LATER) == 1
        assert [bool(one.ended_at) for one in holds_of(session, one)] == [True, True]

    def test_what_was_opened_again_keeps_everything_and_is_proposed_anew(
        self, session: Session
    ) -> None:
        one = closed(session, complainant_name="สมหญิง")
        approved(session)
        one.state, one.closed_at = CaseState.REOPENED, None
        session.flush()

        carry_out(session, at=LATER)

        assert open_identity(session, one) is not None
        assert session.scalars(sa.select(RetentionItem)).all() == []
        one.state, one.closed_at = CaseState.CLOSED, LATER
        session.flush()
        assert propose(session, at=LATER + timedelta(days=1)) == 0


class TestAnonymising:
    def test_nothing_of_anybody_is_left_anywhere(self, session: Session, full: Case) -> None:
        assert everywhere(session).count(PERSONAL) > 10
        approved(session)
        path = path_of(session, full.attachments[0])

        assert carry_out(session, at=LATER) == 1
        sweep_files(session, at=LATER)

        session.flush()
        assert PERSONAL not in everywhere(session)
        assert not path.exists()
        assert open_identity(session, full) is None
        assert pin_of(session, full) is None
        assert (full.latitude, full.longitude, full.calls, full.attachments) == (None, None, [], [])

    def test_what_is_counted_stays(self, session: Session, full: Case) -> None:
        columns = (
            "ref", "state", "centre_code", "channel", "service_type", "nature", "category", "urgency",
            "province_code", "district_code", "created_at", "closed_at", "outcome", "reopened",
            "screened_at", "due_at", "anonymity",
        )  # fmt: skip
        before = [getattr(full, name) for name in columns]
        history = [(event.at, event.kind, event.by) for event in full.events]
        approved(session)

        carry_out(session, at=LATER)

        assert [getattr(full, name) for name in columns] == before
        assert [(event.at, event.kind, event.by) for event in full.events[:-1]] == history
        assert full.events[-1].kind is CaseEventKind.ANONYMISED
        assert full.anonymised_at == LATER

    def test_the_trail_verifies_and_knows_who_approved(self, session: Session, full: Case) -> None:
        approved(session)
        carry_out(session, at=LATER)

        assert verify(session) == []
        query = sa.select(AuditEntry).where(AuditEntry.action == "case.anonymised")
        entry = session.scalars(query).one()
        assert entry.facts["approved_by"] == "somsak"

    def test_it_happens_once_and_nothing_can_be_done_with_it_after(
        self, session: Session, full: Case
    ) -> None:
        approved(session)
        assert [carry_out(session, at=LATER) for _ in range(2)] == [1, 0]
        assert propose(session, at=LATER + timedelta(days=9999)) == 0
        assert not possible_steps(full, NATIONAL)
        for attempt in (
            lambda: add_note(session, full, PERSONAL, by=NATIONAL, at=LATER),
            lambda: link_call(session, full, call(session, "pbx-2"), by=NATIONAL, at=LATER),
            lambda: add_attachment(session, full, io.BytesIO(b"a"), "a.txt", by=NATIONAL, at=LATER),
        ):
            with pytest.raises(NotAllowed):
                attempt()
        with pytest.raises(CannotMerge):
            merge(session, full, case(session), "ซ้ำ", by=NATIONAL, at=LATER)


class TestDestroying:
    @pytest.fixture
    def destroyed(self, session: Session, full: Case) -> str:
        change_policy(
            session, PolicyKind.RETENTION, None, {"years": 10, "action": "destroy"},
            by=ADMINISTRATOR, at=NOON,
        )  # fmt: skip
        part = case(session, at=LATER)
        part.parent_id = full.id
        duplicate = case(session, at=LATER)
        duplicate.merged_into_id = full.id
        path = path_of(session, full.attachments[0])
        approved(session)
        assert carry_out(session, at=LATER) == 1
        sweep_files(session, at=LATER)
        assert not path.exists()
        return full.ref

    def test_the_case_is_gone_and_its_number_stays_used(
        self, session: Session, destroyed: str
    ) -> None:
        session.expire_all()
        assert session.scalar(sa.select(Case).where(Case.ref == destroyed)) is None
        assert PERSONAL not in everywhere(session)
        for table in ("complainants", "referrals", "attachments", "case_calls", "legal_holds"):
            count = sa.select(sa.func.count()).select_from(sa.table(table))
            if table != "complainants":
                assert session.scalar(count) == 0, table
        others = session.scalars(sa.select(Case)).all()
        assert [(one.parent_id, one.merged_into_id) for one in others] == [(None, None)] * 2
        assert case(session).ref > destroyed

    def test_the_trail_still_verifies_and_says_so(self, session: Session, destroyed: str) -> None:
        session.expire_all()
        assert verify(session) == []
        actions = session.scalars(
            sa.select(AuditEntry.action)
            .where(AuditEntry.subject == f"case:{destroyed}")
            .order_by(AuditEntry.id)
        ).all()
        assert actions[-3:] == ["retention.proposed", "retention.approved", "case.destroyed"]
        [item] = decided_items(session, by=GOVERNOR)
        assert (item.case_id, item.case_ref, item.done_at) == (None, destroyed, LATER)


class TestHolds:
    def test_who_handles_privacy_holds_with_a_reason(self, session: Session) -> None:
        one = case(session)
        with pytest.raises(NotComplete):
            hold(session, one, " ", by=OFFICER, at=NOON)
        for by in (
            Actor("a", Role.AGENT, "50"),
            Actor("o", Role.CASE_OFFICER, "10"),
            ADMINISTRATOR,
        ):
            with pytest.raises(NotAllowed):
                hold(session, one, "คดี", by=by, at=NOON)

    def test_ending_twice_is_ending_once(self, session: Session) -> None:
        one = case(session)
        held = hold(session, one, "คดี", by=OFFICER, at=NOON)
        end_hold(session, held, by=OFFICER, at=NOON)
        end_hold(session, held, by=DEPUTY, at=LATER)
        assert session.scalars(sa.select(LegalHold)).one().ended_by == "malee"
        assert [event.kind for event in one.events[-2:]] == [
            CaseEventKind.HELD,
            CaseEventKind.HOLD_ENDED,
        ]
