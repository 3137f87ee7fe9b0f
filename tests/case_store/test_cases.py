"""Opening, finding and noting cases."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.find_cases import CaseFilter, find_case, list_cases
from case_store.cases.fold import thai_fold
from case_store.cases.history import add_note, link_call
from case_store.cases.intake import UnknownWord
from case_store.cases.models import Case, CaseEventKind, Counter
from case_store.cases.reference import grouped, parse_reference
from case_store.database import Database
from case_store.identity.complainants import Identity, open_identity
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from tests.case_store.kit import NATIONAL, NOON, call, case, new_case

CHIANG_MAI = Actor("malee", Role.AGENT, "50")
PHUKET = Actor("anong", Role.AGENT, "83")


def found(session: Session, q: str = "", by: Actor = NATIONAL) -> list[Case]:
    return list(list_cases(session, CaseFilter(q=q), by=by, limit=10).items)


class TestReference:
    def test_it_is_the_buddhist_year_a_number_and_a_check_digit(self, session: Session) -> None:
        refs = [case(session).ref for _ in range(3)]

        assert [ref[:-1] for ref in refs] == ["69000001", "69000002", "69000003"]
        assert all(parse_reference(grouped(ref)) == ref for ref in refs)

    def test_the_year_begins_at_midnight_in_bangkok(self, session: Session) -> None:
        new_year = NOON.replace(month=12, day=31, hour=17)

        assert case(session, at=new_year - timedelta(seconds=1)).ref.startswith("69")
        assert case(session, at=new_year).ref.startswith("70000001")

    def test_a_rolled_back_case_leaves_no_gap(self, database: Database) -> None:
        with pytest.raises(RuntimeError), database.transaction() as session:
            case(session)
            raise RuntimeError

        with database.transaction() as session:
            assert case(session).ref.startswith("69000001")
            assert session.scalars(select(Counter.value)).all() == [1]

    @given(number=st.integers(0, 999_999))
    @settings(max_examples=50, deadline=None)
    def test_every_wrong_digit_and_every_swap_of_neighbours_is_caught(self, number: int) -> None:
        from stdnum import damm

        body = f"69{number:06d}"
        ref = body + damm.calc_check_digit(body)
        wrong = {
            ref[:i] + digit + ref[i + 1 :] for i, digit in itertools.product(range(9), "0123456789")
        }
        swapped = {ref[:i] + ref[i + 1] + ref[i] + ref[i + 2 :] for i in range(8)}

        assert [other for other in (wrong | swapped) - {ref} if parse_reference(other)] == []


class TestIntake:
    def test_it_writes_the_first_history(self, session: Session) -> None:
        opened = case(session)

        assert [(event.kind, event.by) for event in opened.events] == [
            (CaseEventKind.RECEIVED, "nok")
        ]

    def test_the_same_draft_opens_one_case(self, session: Session) -> None:
        assert case(session, key="draft-7") is case(session, key="draft-7", subject="อีกเรื่อง")

    def test_a_word_that_is_not_in_its_list_is_refused(self, session: Session) -> None:
        with pytest.raises(UnknownWord, match="category"):
            case(session, category="ufo")

    def test_who_complains_is_sealed(self, session: Session) -> None:
        opened = case(session, complainant_name="สมชาย", complainant_phone="081-234-5678")

        assert open_identity(session, opened) == Identity(name="สมชาย", phone="+66812345678")
        assert opened.complainant is not None
        assert "สมชาย".encode() not in (opened.complainant.sealed or b"")

    def test_an_administrator_opens_no_case(self, session: Session) -> None:
        with pytest.raises(NotAllowed):
            case(session, by=Actor("root", Role.ADMINISTRATOR, "00"))

    @pytest.mark.parametrize(
        "wrong",
        [
            {"province_code": "00"},
            {"province_code": "99"},
            {"district_code": "1001"},
            {"district_code": "5001", "subdistrict_code": "500201"},
            {"subject": "  "},
            {"description": "x" * 20_001},
            {"description": "ab\x00c"},
            {"complainant_phone": "12"},
            {"postcode": "5020"},
            {"surprise": "field"},
        ],
    )
    def test_what_cannot_be_is_refused(self, wrong: dict[str, str]) -> None:
        with pytest.raises(ValidationError):
            new_case(**wrong)


class TestFinding:
    @pytest.mark.parametrize(
        "q",
        [
            "ไฟ",
            "ถนน",
            "หน้าวัด",
            "สามคืน ไฟถนน",
            "69000001",
            "๖๙๐๐๐๐๐๑",
            "{grouped}",
            "081 234 5678",
            "เชียงใหม่",
        ],
    )
    def test_words_inside_words_references_and_numbers(self, session: Session, q: str) -> None:
        wanted = case(session, complainant_phone="+66812345678")
        case(session, subject="น้ำประปาไม่ไหล", description="บ้านเลขที่ 5", province_code="83")

        assert found(session, q.format(grouped=grouped(wanted.ref))) == [wanted]

    @pytest.mark.parametrize("q", ["%", "_", "100%_", "\\", "ลำไย'; --"])
    def test_signs_of_the_database_are_plain_text(self, session: Session, q: str) -> None:
        case(session)

        assert found(session, q) == []

    def test_a_centre_sees_its_own(self, session: Session) -> None:
        own, other = case(session), case(session, province_code="83")

        assert found(session, by=CHIANG_MAI) == [own]
        assert found(session) == [other, own]
        with pytest.raises(NotAllowed):
            find_case(session, other.ref, by=CHIANG_MAI)

    def test_pages_go_on_where_the_last_one_ended(self, session: Session) -> None:
        refs = [case(session).ref for _ in range(5)]
        first = list_cases(session, CaseFilter(), by=NATIONAL, limit=3)

        second = list_cases(session, CaseFilter(), by=NATIONAL, limit=3, cursor=first.next)

        assert [one.ref for one in [*first.items, *second.items]] == refs[::-1]
        assert second.next is None


class TestHistory:
    def test_a_note_is_added_and_found(self, session: Session) -> None:
        opened = case(session)

        add_note(session, opened, "โทรแจ้งเทศบาลแล้ว", by=CHIANG_MAI, at=NOON)

        assert [event.kind for event in opened.events] == [
            CaseEventKind.RECEIVED,
            CaseEventKind.NOTE,
        ]
        assert found(session, "เทศบาล") == [opened]

    def test_another_centre_adds_nothing(self, session: Session) -> None:
        with pytest.raises(NotAllowed):
            add_note(session, case(session), "?", by=PHUKET, at=NOON)

    def test_a_call_is_linked_once(self, session: Session) -> None:
        opened, spoken = case(session), call(session)

        for _ in range(2):
            link_call(session, opened, spoken, by=CHIANG_MAI, at=NOON)

        assert opened.calls == [spoken]
        assert spoken.cases == [opened]
        assert len(session.get_one(Case, opened.id).events) == 2


class TestFold:
    @pytest.mark.parametrize(
        ("typed", "same"),
        [
            ("นํ้า", "น้ำ"),
            ("เเปลก", "แปลก"),
            ("ที่\u200bดิน", "ที่ดิน"),
            ("๑๕๖๗", "1567"),
            ("ABC  d", "abc d"),
            ("ที่", "ที่"),
        ],
    )
    def test_what_looks_alike_is_alike(self, typed: str, same: str) -> None:
        assert thai_fold(typed) == thai_fold(same)

    @given(st.text(alphabet=st.characters(min_codepoint=0xE00, max_codepoint=0xE5B), max_size=30))
    @settings(deadline=None)
    def test_folding_again_changes_nothing(self, text: str) -> None:
        assert thai_fold(thai_fold(text)) == thai_fold(text)
