"""Files of cases: kept once, seen by whoever may, gone when nobody refers to them."""

import hashlib
import io
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from case_store.agencies.models import Agency
from case_store.audit.models import AuditEntry
from case_store.cases.models import Case, CaseEventKind, Secrecy
from case_store.cases.referral_models import Referral
from case_store.cases.referrals import accept, refer, report
from case_store.cases.steps import begin_screening
from case_store.database import Database
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.privacy.models import LegalHold
from case_store.storage.attachments import (
    add_attachment,
    attachments_for,
    find_attachment,
    may_remove,
    path_of,
    remove_attachment,
    share_attachment,
)
from case_store.storage.errors import NotStorable, Refusal
from case_store.storage.models import Attachment
from case_store.storage.sweeping import sweep_files
from case_store.storage.vault import folder_of
from tests.case_store import files_kit as files
from tests.case_store.kit import NOON, case

OFFICER = Actor("malee", Role.CASE_OFFICER, "50", user_id=None)
AGENT = Actor("nid", Role.AGENT, "50")
PHUKET = Actor("anong", Role.CASE_OFFICER, "83")
LATER = NOON + timedelta(hours=2)


def _add(
    session: Session,
    of: Case,
    content: bytes = b"",
    name: str = "road.jpg",
    by: Actor = OFFICER,
    referral: Referral | None = None,
    for_agencies: bool = False,
) -> Attachment:
    source = io.BytesIO(content or files.picture())
    return add_attachment(
        session, of, source, name, by=by, at=NOON, referral=referral, for_agencies=for_agencies
    )


def _referred(session: Session, of: Case, code: str) -> tuple[Referral, Actor]:
    agency = Agency(code=code, name_th=code, name_en=code, centre_code="50", active=True)
    session.add(agency)
    session.flush()
    if not of.referrals:
        begin_screening(session, of, by=OFFICER, at=NOON)
    referral = refer(session, of, agency, "ซ่อมไฟ", by=OFFICER, at=NOON)
    return referral, Actor(code, Role.AGENCY_OFFICER, "50", agency_id=agency.id)


def _left_over(session: Session) -> list[Path]:
    return [
        path for path in folder_of(session).rglob("*") if path.is_file() and path.name != "lock"
    ]


class TestKeeping:
    def test_a_file_lies_private_under_the_hash_of_its_content(self, session: Session) -> None:
        content = files.picture()

        attachment = _add(session, case(session), content)

        digest = hashlib.sha256(content).hexdigest()
        path = path_of(session, attachment)
        assert path == folder_of(session) / digest[:2] / digest[2:4] / digest
        assert path.read_bytes() == content
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert {stat.S_IMODE(one.stat().st_mode) for one in (path.parent, path.parents[1])} == {
            0o700
        }
        assert (attachment.size, attachment.media_type) == (len(content), "image/jpeg")

    def test_the_same_content_lies_there_once(self, session: Session) -> None:
        one, other = _add(session, case(session)), _add(session, case(session), name="b.jpg")

        assert path_of(session, one) == path_of(session, other)
        assert len(_left_over(session)) == 1

    def test_the_history_says_so_and_the_name_stays_in_what_can_be_erased(
        self, session: Session
    ) -> None:
        of = case(session)
        _add(session, of, name="นายสมชาย.jpg")

        event = of.events[-1]
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert event.kind is CaseEventKind.ATTACHED
        assert entry is not None and entry.action == "case.attached"
        assert "สมชาย" not in f"{event.data} {event.note} {entry.facts}"
        assert entry.detail is not None and entry.detail.text == "นายสมชาย.jpg"

    @pytest.mark.parametrize(
        ("content", "name", "reason"),
        [
            (files.HTML, "letter.pdf", Refusal.DISGUISED),
            (bytes(10 * 1024 * 1024 + 1), "a.jpg", Refusal.TOO_BIG),
            (files.ELF, "a.sh", Refusal.NOT_ALLOWED),
        ],
    )
    def test_nothing_is_left_of_what_is_refused(
        self, session: Session, content: bytes, name: str, reason: Refusal
    ) -> None:
        of = case(session)
        with pytest.raises(NotStorable) as refused:
            _add(session, of, content, name)

        assert refused.value.reason is reason
        assert _left_over(session) == [] and of.attachments == []

    def test_an_empty_file_is_refused(self, session: Session) -> None:
        with pytest.raises(NotStorable) as refused:
            add_attachment(session, case(session), io.BytesIO(), "a.pdf", by=OFFICER, at=NOON)
        assert refused.value.reason is Refusal.EMPTY

    def test_an_installation_says_how_large_a_file_may_be(self, session: Session) -> None:
        session.info["attachment_bytes"] = 100
        with pytest.raises(NotStorable) as refused:
            _add(session, case(session))
        assert refused.value.reason is Refusal.TOO_BIG

    def test_a_case_has_a_hundred_files_at_most(self, session: Session) -> None:
        of = case(session)
        for _ in range(100):
            of.attachments.append(
                Attachment(
                    sha256="0" * 64, size=1, media_type="image/png", file_name="a.png",
                    added_by="x", added_at=NOON, for_agencies=False,
                )
            )  # fmt: skip
        with pytest.raises(NotStorable) as refused:
            _add(session, of)
        assert refused.value.reason is Refusal.TOO_MANY

    def test_a_disk_without_room_is_told_and_nothing_half_written_stays(
        self, session: Session
    ) -> None:
        of = case(session)
        with _room_for(50_000), pytest.raises(NotStorable) as refused:
            _add(session, of, files.picture("PNG") + os.urandom(200_000), "a.png")

        assert refused.value.reason is Refusal.DISK_FULL
        assert _left_over(session) == []


@contextmanager
def _room_for(size: int) -> Iterator[None]:
    """The kernel itself refuses to write more into one file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class TestWhoMay:
    def test_another_centre_neither_brings_nor_finds(self, session: Session) -> None:
        of = case(session)
        attachment = _add(session, of)

        with pytest.raises(NotAllowed):
            _add(session, of, by=PHUKET)
        assert find_attachment(session, attachment.id, by=PHUKET) is None
        assert find_attachment(session, attachment.id, by=AGENT) is attachment
        assert find_attachment(session, 999_999, by=OFFICER) is None

    def test_a_secret_cases_file_is_as_secret_as_the_case(self, session: Session) -> None:
        attachment = _add(session, case(session, secrecy=Secrecy.SECRET))

        assert find_attachment(session, attachment.id, by=AGENT) is None
        assert find_attachment(session, attachment.id, by=OFFICER) is attachment

    def test_an_agency_sees_what_is_for_agencies_and_its_own(self, session: Session) -> None:
        of = case(session)
        (_, roads), (_, police) = _referred(session, of, "roads"), _referred(session, of, "police")
        hidden = _add(session, of)
        shared = _add(session, of, for_agencies=True)
        own = _add(session, of, by=roads)

        assert attachments_for(of, roads) == [shared, own]
        assert attachments_for(of, police) == [shared]
        assert attachments_for(of, OFFICER) == [hidden, shared, own]
        assert find_attachment(session, hidden.id, by=roads) is None
        assert own.referral_id is not None and not own.for_agencies

    def test_an_agency_brings_files_only_while_its_own_referral_runs(
        self, session: Session
    ) -> None:
        of = case(session)
        theirs, roads = _referred(session, of, "roads")
        others, _ = _referred(session, of, "police")

        with pytest.raises(NotAllowed):
            _add(session, of, by=roads, referral=others)
        accept(session, theirs, by=roads, at=NOON)
        report(session, theirs, "ซ่อมแล้ว", by=roads, at=NOON)
        with pytest.raises(NotAllowed):
            _add(session, of, by=roads)

    def test_a_referral_of_another_case_is_refused(self, session: Session) -> None:
        referral, _ = _referred(session, case(session), "roads")
        with pytest.raises(ValueError, match="another case"):
            _add(session, case(session), referral=referral)

    def test_case_officers_and_whoever_brought_it_may_remove_it(self, session: Session) -> None:
        of = case(session)
        _, roads = _referred(session, of, "roads")
        centres, agents, agencys = (
            _add(session, of),
            _add(session, of, by=AGENT),
            _add(session, of, by=roads),
        )

        removable = {
            actor.name: [may_remove(one, actor) for one in (centres, agents, agencys)]
            for actor in (OFFICER, AGENT, roads, PHUKET)
        }
        assert removable == {
            "malee": [True, True, True],
            "nid": [False, True, False],
            "roads": [False, False, True],
            "anong": [False, False, False],
        }
        with pytest.raises(NotAllowed):
            remove_attachment(session, centres, by=AGENT, at=NOON)


class TestSharing:
    def test_it_is_opened_and_closed_to_agencies_and_written_down(self, session: Session) -> None:
        of = case(session)
        _, roads = _referred(session, of, "roads")
        attachment = _add(session, of, name="นายสมชาย.jpg")
        progress = of.progress_at
        assert attachments_for(of, roads) == []

        assert share_attachment(session, attachment, for_agencies=True, by=AGENT, at=LATER)
        assert attachments_for(of, roads) == [attachment]
        assert not share_attachment(session, attachment, for_agencies=True, by=AGENT, at=LATER)
        assert share_attachment(session, attachment, for_agencies=False, by=OFFICER, at=LATER)
        assert attachments_for(of, roads) == []

        kinds = [event.kind for event in of.events[-2:]]
        assert kinds == [CaseEventKind.ATTACHMENT_SHARED, CaseEventKind.ATTACHMENT_WITHHELD]
        assert of.progress_at == progress
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None and entry.action == "case.attachment_withheld"
        assert "สมชาย" not in str(entry.facts)
        assert entry.detail is not None and entry.detail.text == "นายสมชาย.jpg"

    def test_an_agency_keeps_what_it_brought_and_says_of_nothing_who_sees_it(
        self, session: Session
    ) -> None:
        of = case(session)
        _, roads = _referred(session, of, "roads")
        _, water = _referred(session, of, "water")
        attachment = _add(session, of, by=roads)

        share_attachment(session, attachment, for_agencies=True, by=OFFICER, at=NOON)
        assert attachments_for(of, water) == [attachment]
        with pytest.raises(NotAllowed):
            share_attachment(session, attachment, for_agencies=False, by=roads, at=NOON)
        share_attachment(session, attachment, for_agencies=False, by=OFFICER, at=NOON)
        assert attachments_for(of, roads) == [attachment]
        assert attachments_for(of, water) == []

    def test_of_what_is_gone_nobody_says_who_sees_it(self, session: Session) -> None:
        of = case(session)
        removed, kept = _add(session, of), _add(session, of, name="b.jpg")
        remove_attachment(session, removed, by=OFFICER, at=NOON)
        of.anonymised_at = NOON
        for attachment in (removed, kept):
            with pytest.raises(NotAllowed):
                share_attachment(session, attachment, for_agencies=True, by=OFFICER, at=NOON)
        with pytest.raises(NotAllowed):
            share_attachment(session, kept, for_agencies=True, by=PHUKET, at=NOON)


class TestRemoving:
    def test_it_is_out_of_sight_at_once_and_its_bytes_go_with_the_sweep(
        self, session: Session
    ) -> None:
        of = case(session)
        attachment = _add(session, of)
        remove_attachment(session, attachment, by=OFFICER, at=NOON)
        session.flush()

        assert attachments_for(of, OFFICER) == []
        assert find_attachment(session, attachment.id, by=OFFICER) is None
        assert of.events[-1].kind is CaseEventKind.ATTACHMENT_REMOVED
        assert path_of(session, attachment).exists()
        assert sweep_files(session, at=LATER) == 1
        assert _left_over(session) == []

    def test_bytes_that_another_case_has_too_stay(self, session: Session) -> None:
        one, other = _add(session, case(session)), _add(session, case(session))
        remove_attachment(session, one, by=OFFICER, at=NOON)
        session.flush()

        assert sweep_files(session, at=LATER) == 0
        assert path_of(session, other).exists()

    def test_a_held_case_loses_no_file(self, session: Session) -> None:
        of = case(session)
        attachment = _add(session, of)
        session.add(LegalHold(case_id=of.id, reason="court", by="x", since=NOON))
        session.flush()

        with pytest.raises(NotStorable) as refused:
            remove_attachment(session, attachment, by=OFFICER, at=NOON)
        assert refused.value.reason is Refusal.HELD
        assert attachment.removed_at is None


class TestSweeping:
    def test_bytes_of_a_transaction_that_came_to_nothing_go(self, database: Database) -> None:
        with database.transaction() as session:
            of = case(session)
        with pytest.raises(RuntimeError), database.transaction() as session:
            _add(session, session.get_one(Case, of.id))
            raise RuntimeError

        with database.transaction() as session:
            assert len(_left_over(session)) == 1
            assert sweep_files(session, at=LATER) == 1
            assert _left_over(session) == []

    def test_young_files_are_left_alone_since_their_rows_may_not_be_committed(
        self, session: Session
    ) -> None:
        attachment = _add(session, case(session))
        session.execute(delete(Attachment))

        assert sweep_files(session, at=NOON + timedelta(minutes=59)) == 0
        assert path_of(session, attachment).exists()

    def test_content_brought_again_counts_as_young(self, session: Session) -> None:
        of = case(session)
        first = _add(session, of)
        remove_attachment(session, first, by=OFFICER, at=NOON)
        again = io.BytesIO(files.picture())
        add_attachment(session, of, again, "again.jpg", by=OFFICER, at=LATER)
        session.execute(delete(Attachment))

        assert sweep_files(session, at=LATER + timedelta(minutes=1)) == 0

    def test_what_a_crash_left_half_received_goes(self, session: Session) -> None:
        _add(session, case(session))
        half = folder_of(session) / "incoming" / "half"
        half.write_bytes(b"half")
        os.utime(half, (NOON.timestamp(), NOON.timestamp()))

        assert sweep_files(session, at=LATER) == 0
        assert not half.exists()
