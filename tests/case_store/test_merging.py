"""Duplicates that go on in another case, cases that are parts of others, and taking them apart again."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from case_store.audit.models import AuditEntry
from case_store.cases.complete import NotComplete
from case_store.cases.lifecycle import possible_steps
from case_store.cases.merging import CannotMerge, merge, parts_of, survivor_of, unmerge
from case_store.cases.models import Case, CaseEventKind, CaseState, RejectReason
from case_store.cases.referral_models import ReferralState
from case_store.cases.related import children_of, link_parent, unlink_parent
from case_store.cases.steps import wait_for_complainant
from case_store.database import Database
from case_store.outbox.models import Notice
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from tests.case_store.casework import (
    NOTHING,
    OFFICER,
    assert_unbroken,
    in_state,
    later,
    officer,
    referred,
)
from tests.case_store.kit import NATIONAL, NOON, case
from tests.case_store.together import both

NOTE = "เรื่องเดียวกัน แจ้งซ้ำ"


class TestMerging:
    def test_the_duplicate_ends_and_both_histories_say_so(self, session: Session) -> None:
        one, into = in_state(session, CaseState.HANDLING), case(session)
        wait_for_complainant(session, one, "ขอพิกัด", by=OFFICER, at=NOON)

        merge(session, one, into, NOTE, by=OFFICER, at=later(1))

        assert (one.state, one.reject_reason, one.closed_at) == (
            CaseState.REJECTED,
            RejectReason.DUPLICATE,
            later(1),
        )
        assert (one.merged_into_id, one.waiting_since, into.state) == (
            into.id,
            None,
            CaseState.RECEIVED,
        )
        for each, data in (
            (one, {"into": into.ref, "state": "handling"}),
            (into, {"merged": one.ref}),
        ):
            last = each.events[-1]
            assert (last.kind, last.note, last.data) == (CaseEventKind.MERGED, NOTE, data)
        assert possible_steps(one, NATIONAL) == ()
        assert parts_of(session, into) == [one]
        assert_unbroken(session)

    def test_it_is_no_progress_for_the_complainant(self, session: Session) -> None:
        one, into = case(session), case(session)

        merge(session, one, into, NOTE, by=OFFICER, at=later(5))

        assert into.progress_at == NOON

    def test_agencies_that_work_on_the_duplicate_are_told_to_stop(self, session: Session) -> None:
        one, into = in_state(session, CaseState.SCREENING), case(session)
        referral = referred(session, one)

        merge(session, one, into, NOTE, by=OFFICER, at=NOON)

        assert referral.state is ReferralState.RECALLED
        assert one.state is CaseState.REJECTED

    def test_what_has_ended_keeps_how_it_ended(self, session: Session) -> None:
        one, into = in_state(session, CaseState.CLOSED), case(session)

        merge(session, one, into, NOTE, by=OFFICER, at=later(1))

        assert (one.state, one.reject_reason, one.closed_at) == (CaseState.CLOSED, None, NOON)

    def test_the_officer_of_the_case_that_goes_on_is_told(self, session: Session) -> None:
        one, into = case(session), case(session)
        into.officer_id = officer(session).id

        merge(session, one, into, NOTE, by=OFFICER, at=NOON)

        notice = session.scalars(select(Notice)).one()
        assert (notice.user_id, notice.kind, notice.case_ref) == (
            into.officer_id,
            "merged",
            into.ref,
        )

    def test_nothing_goes_in_a_circle_or_into_what_has_ended(self, session: Session) -> None:
        first, second, third = case(session), case(session), case(session)
        ended = in_state(session, CaseState.CLOSED)
        merge(session, first, second, NOTE, by=OFFICER, at=NOON)

        for one, into, field in (
            (second, second, "into"),
            (second, first, "into"),
            (third, first, "into"),
            (third, ended, "into"),
            (first, third, "case"),
        ):
            with pytest.raises(CannotMerge, match=field):
                merge(session, one, into, NOTE, by=OFFICER, at=NOON)
        merge(session, second, third, NOTE, by=OFFICER, at=NOON)
        assert survivor_of(session, first) is third

    def test_a_secret_case_goes_into_a_secret_one_only(self, session: Session) -> None:
        secret, plain = case(session, secrecy="secret"), case(session)

        for one, into in ((secret, plain), (plain, secret)):
            with pytest.raises(CannotMerge, match="secrecy"):
                merge(session, one, into, NOTE, by=OFFICER, at=NOON)

    @pytest.mark.parametrize(
        "by", [NOTHING, Actor("x", Role.AGENT, "50"), Actor("x", Role.CASE_OFFICER, "83")]
    )
    def test_not_everybody_merges(self, session: Session, by: Actor) -> None:
        one, into = case(session), case(session)

        with pytest.raises(NotAllowed):
            merge(session, one, into, NOTE, by=by, at=NOON)

    def test_both_cases_must_be_ones_own(self, session: Session) -> None:
        here, there = case(session), case(session, province_code="83")

        for one, into in ((here, there), (there, here)):
            with pytest.raises(NotAllowed):
                merge(session, one, into, NOTE, by=OFFICER, at=NOON)
        merge(session, here, there, NOTE, by=NATIONAL, at=NOON)
        query = select(AuditEntry.chain).where(AuditEntry.action == "case.merged")
        assert sorted(session.scalars(query)) == ["50", "83"]

    def test_it_needs_a_reason(self, session: Session) -> None:
        one, into = case(session), case(session)

        with pytest.raises(NotComplete):
            merge(session, one, into, " ", by=OFFICER, at=NOON)

    def test_two_who_merge_the_two_into_each_other_make_one_merger(
        self, database: Database
    ) -> None:
        with database.transaction() as session:
            ids = case(session).id, case(session).id

        def merged(pair: tuple[int, int]) -> bool:
            try:
                with database.transaction() as session:
                    one, into = (session.get_one(Case, number) for number in pair)
                    merge(session, one, into, NOTE, by=OFFICER, at=NOON)
            except (CannotMerge, StaleDataError):
                return False
            return True

        assert sorted(both(merged, ids, ids[::-1])) == [False, True]
        with database.transaction() as session:
            cases = [session.get_one(Case, number) for number in ids]
            assert sorted(one.merged_into_id is None for one in cases) == [False, True]
            assert_unbroken(session)


def test_mergers_across_two_centres_in_both_directions_do_not_wait_for_ever(
    database: Database,
) -> None:
    with database.transaction() as session:
        north = [case(session).id for _ in range(12)]
        south = [case(session, province_code="83").id for _ in range(12)]

    def merged(pairs: list[tuple[int, int]]) -> int:
        for pair in pairs:
            with database.transaction() as session:
                one, into = (session.get_one(Case, number) for number in pair)
                merge(session, one, into, NOTE, by=NATIONAL, at=NOON)
        return len(pairs)

    down = list(zip(north[:6], south[:6], strict=True))
    up = list(zip(south[6:], north[6:], strict=True))
    assert both(merged, down, up) == [6, 6]
    with database.transaction() as session:
        assert_unbroken(session)


class TestTakingApart:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (CaseState.RECEIVED, CaseState.RECEIVED),
            (CaseState.HANDLING, CaseState.HANDLING),
            (CaseState.REFERRED, CaseState.SCREENING),
            (CaseState.CLOSED, CaseState.CLOSED),
            (CaseState.REOPENED, CaseState.REOPENED),
        ],
    )
    def test_it_goes_on_where_it_was(
        self, session: Session, before: CaseState, after: CaseState
    ) -> None:
        one, into = in_state(session, before), case(session)
        merge(session, one, into, NOTE, by=OFFICER, at=NOON)
        histories = len(one.events), len(into.events)

        unmerge(session, one, "คนละเสา", by=OFFICER, at=later(1))

        assert (one.state, one.merged_into_id) == (after, None)
        assert (one.closed_at is None) == (after not in CaseState.ended())
        assert one.reject_reason is None
        assert (len(one.events), len(into.events)) == (histories[0] + 1, histories[1] + 1)
        assert parts_of(session, into) == []
        assert possible_steps(one, OFFICER)
        assert_unbroken(session)

    def test_again_and_again(self, session: Session) -> None:
        one, into, other = in_state(session, CaseState.HANDLING), case(session), case(session)
        for target in (into, other):
            merge(session, one, target, NOTE, by=OFFICER, at=NOON)
            unmerge(session, one, "คนละเสา", by=OFFICER, at=NOON)

        assert one.state is CaseState.HANDLING

    def test_what_was_not_merged_cannot_be_taken_apart(self, session: Session) -> None:
        with pytest.raises(CannotMerge, match="case"):
            unmerge(session, case(session), NOTE, by=OFFICER, at=NOON)

    def test_others_cannot(self, session: Session) -> None:
        one, into = case(session), case(session)
        merge(session, one, into, NOTE, by=OFFICER, at=NOON)

        with pytest.raises(NotAllowed):
            unmerge(session, one, NOTE, by=Actor("x", Role.CASE_OFFICER, "83"), at=NOON)


class TestParts:
    def test_a_part_names_its_whole_and_goes_its_own_way(self, session: Session) -> None:
        part, whole = case(session), case(session)

        event = link_parent(session, part, whole, by=OFFICER, at=NOON)

        assert event.data == {"fields": ["parent"], "parent": whole.ref}
        assert children_of(session, whole) == [part]
        assert possible_steps(part, OFFICER)
        unlink_parent(session, part, by=OFFICER, at=NOON)
        assert children_of(session, whole) == []

    def test_nothing_is_its_own_part(self, session: Session) -> None:
        first, second, third = case(session), case(session), case(session)
        link_parent(session, first, second, by=OFFICER, at=NOON)
        link_parent(session, second, third, by=OFFICER, at=NOON)

        for part, whole in ((first, first), (third, first), (second, first), (first, second)):
            with pytest.raises(CannotMerge):
                link_parent(session, part, whole, by=OFFICER, at=NOON)

    @pytest.mark.parametrize("taken", [link_parent, None])
    def test_others_cannot(self, session: Session, taken: Callable[..., object] | None) -> None:
        part, whole = case(session), case(session)

        with pytest.raises(NotAllowed):
            if taken is not None:
                taken(session, part, whole, by=NOTHING, at=NOON)
            else:
                unlink_parent(session, part, by=NOTHING, at=NOON)

    def test_what_is_no_part_cannot_be_unlinked(self, session: Session) -> None:
        with pytest.raises(CannotMerge):
            unlink_parent(session, case(session), by=OFFICER, at=NOON)
