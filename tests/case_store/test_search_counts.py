"""Counts, facets, filters, saved searches, and where the words of a search stand in a text."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.find_cases import CaseFilter, Sort, list_cases
from case_store.cases.fold import thai_fold
from case_store.cases.models import Case
from case_store.database import Database
from case_store.people.models import Role
from case_store.people.permissions import Actor
from case_store.search import counts
from case_store.search.counts import Count, count_cases, facets
from case_store.search.highlight import excerpt, highlight
from case_store.search.saved import CannotSave, drop_search, save_search, saved_searches
from damrong.demo_cases.load import Loader
from tests.case_store.kit import NATIONAL, NOON, case, person

CHIANG_MAI = Actor("malee", Role.AGENT, "50")


@pytest.fixture
def filled(database: Database) -> Database:
    Loader(database, NOON, seed=9).load(400)
    return database


class TestFilters:
    @pytest.mark.parametrize(
        "limits",
        [
            {"state": "closed"},
            {"category": "utilities"},
            {"category": "util_road", "channel": "phone_1567"},
            {"urgency": "urgent", "nature": "complaint"},
            {"received_from": date(2026, 9, 1), "received_to": date(2026, 10, 1)},
            {"overdue": True},
            {"q": "ถนน", "state": "closed"},
            {"q": "ถนน", "category": "utilities", "sort": Sort.UPDATED},
            {"q": "ไฟ", "service_type": "general", "sort": Sort.OLDEST},
            {"centre_code": "30", "province_code": "30"},
            {"officer_id": 1},
        ],
    )
    def test_they_combine_and_are_counted(self, filled: Database, limits: dict[str, Any]) -> None:
        wanted = replace(CaseFilter(), **limits)
        with filled.reading() as session:
            found = list_cases(session, wanted, by=NATIONAL, limit=400, at=NOON).items
            expected = [one for one in session.scalars(select(Case)) if _fits(one, wanted)]
            number = count_cases(session, wanted, by=NATIONAL, at=NOON)

        assert {one.id for one in found} == {one.id for one in expected}
        assert number == Count(len(expected), is_exact=True)

    @pytest.mark.parametrize("code", ["", "x", "5", '50" OR "c83', "๕๐", "999"])
    def test_a_code_that_is_none_finds_nothing(self, session: Session, code: str) -> None:
        case(session)
        for wanted in (
            CaseFilter(q="ไฟถนน", province_code=code),
            CaseFilter(q="ไฟ", centre_code=code),
        ):
            assert list_cases(session, wanted, by=NATIONAL, limit=5).items == []


def _fits(one: Case, wanted: CaseFilter) -> bool:
    category = one.category_row
    return (
        thai_fold(wanted.q) in one.search_text
        and wanted.state in (None, one.state)
        and wanted.category in (None, category.code, category.parent_code)
        and wanted.channel in (None, one.channel)
        and wanted.urgency in (None, one.urgency)
        and wanted.nature in (None, one.nature)
        and wanted.service_type in (None, one.service_type)
        and wanted.centre_code in (None, one.centre_code)
        and wanted.officer_id in (None, one.officer_id)
        and (not wanted.received_from or (one.created_at + timedelta(hours=7)).date() >= wanted.received_from)
        and (not wanted.received_to or (one.created_at + timedelta(hours=7)).date() <= wanted.received_to)
        and (not wanted.overdue or _is_overdue(one))
    )  # fmt: skip


def _is_overdue(one: Case) -> bool:
    return (
        not one.is_ended and one.due_at is not None and one.due_at < NOON and not one.waiting_since
    )


class TestFacets:
    def test_they_count_what_the_list_would_have(self, filled: Database) -> None:
        with filled.reading() as session:
            found = facets(session, CaseFilter(q="บ้าน"), by=NATIONAL, at=NOON)
            rows = [one for one in session.scalars(select(Case)) if "บ้าน" in one.search_text]

        assert found["state"] == Counter(one.state.value for one in rows)
        assert found["category"] == Counter(one.category for one in rows)
        assert found["channel"] == Counter(one.channel for one in rows)
        assert found["province"] == Counter(one.province_code for one in rows)

    def test_a_facet_does_not_count_its_own_filter_in(self, filled: Database) -> None:
        wanted = CaseFilter(state="closed", channel="letter")
        with filled.reading() as session:
            found = facets(session, wanted, by=NATIONAL, at=NOON)
            rows = session.scalars(select(Case)).all()

        assert found["state"] == Counter(o.state.value for o in rows if o.channel == "letter")
        assert found["channel"] == Counter(o.channel for o in rows if o.state == "closed")
        both = [o for o in rows if o.channel == "letter" and o.state == "closed"]
        assert found["province"] == Counter(o.province_code for o in both)

    def test_a_reader_counts_what_they_may_see(self, session: Session) -> None:
        case(session)
        case(session, province_code="83")

        assert facets(session, CaseFilter(), by=CHIANG_MAI)["province"] == {"50": 1}
        assert count_cases(session, CaseFilter(q="ไฟ"), by=CHIANG_MAI) == Count(1, is_exact=True)

    def test_a_long_list_is_counted_so_far_only(
        self, filled: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(counts, "MOST", 100)
        monkeypatch.setattr(counts, "MOST_SEARCHED", 50)
        with filled.reading() as session:
            assert count_cases(session, CaseFilter(), by=NATIONAL) == Count(100, is_exact=False)
            assert count_cases(session, CaseFilter(q="บ้าน"), by=NATIONAL) == Count(
                50, is_exact=False
            )


class TestSaved:
    def test_each_person_has_their_own(self, session: Session) -> None:
        kanya, malee = person(session, "kanya"), person(session, "malee")
        saved = save_search(session, kanya.id, " ถนนพัง ", {"q": "ถนน"}, at=NOON)

        assert [one.name for one in saved_searches(session, kanya.id)] == ["ถนนพัง"]
        assert saved_searches(session, malee.id) == []
        assert not drop_search(session, malee.id, saved.id)
        assert drop_search(session, kanya.id, saved.id)
        assert saved_searches(session, kanya.id) == []

    def test_the_same_name_replaces(self, session: Session) -> None:
        kanya = person(session, "kanya")
        save_search(session, kanya.id, "ก", {"q": "a"}, at=NOON)
        save_search(session, kanya.id, "ก", {"q": "b"}, at=NOON)

        assert [one.filters for one in saved_searches(session, kanya.id)] == [{"q": "b"}]

    @pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb"])
    def test_a_name_that_is_none_is_refused(self, session: Session, name: str) -> None:
        with pytest.raises(CannotSave, match="name"):
            save_search(session, person(session, "kanya").id, name, {}, at=NOON)

    def test_there_is_an_end_to_it(self, session: Session) -> None:
        kanya = person(session, "kanya")
        for number in range(50):
            save_search(session, kanya.id, str(number), {}, at=NOON)
        with pytest.raises(CannotSave, match="too_many"):
            save_search(session, kanya.id, "one more", {}, at=NOON)


class TestHighlight:
    @pytest.mark.parametrize(
        ("text", "q", "marked"),
        [
            ("ไฟถนนดับหน้าวัด", "ถนน", ["ถนน"]),
            ("นํ้าท่วม", "น้ำ", ["นํ้า"]),
            ("ที่\u200bดินของวัด", "ที่ดิน", ["ที่\u200bดิน"]),
            ("เเปลงผัก", "แปลง", ["เเปลง"]),
            ("ซอย ๑๕", "15", ["๑๕"]),
            ("WALK in", "walk IN", ["WALK", "in"]),
            ("Straße", "strasse", ["Straße"]),
            ("ไฟ ไฟ", "ไฟ", ["ไฟ", "ไฟ"]),
            ("ที่ดิน", "ที", ["ที่"]),
            ("ก  ข", "ก ข", ["ก  ข"]),
            ("ไม่มี", "xyz", []),
            ("ไม่มี", "", []),
        ],
    )
    def test_what_was_found_is_marked_as_it_was_written(
        self, text: str, q: str, marked: list[str]
    ) -> None:
        found = highlight(text, q)
        joined = "".join(part for part, _ in found)

        assert joined == text
        assert [part for part, is_marked in found if is_marked] == marked

    marks = st.sampled_from("่้๊๋ัิีึืฺุูําเแกขนะ็์ \u200b\u0344\u0308iIßΐA๑\n")
    texts = st.text(st.one_of(marks, st.characters(codec="utf-8")), max_size=40)

    @given(texts, texts)
    @settings(max_examples=300, deadline=None)
    def test_the_parts_make_up_the_text(self, text: str, q: str) -> None:
        for parts in (highlight(text, q), highlight(text, text[3:7])):
            assert "".join(part for part, _ in parts) == text

    @given(texts, st.integers(0, 40), st.integers(2, 8))
    @settings(max_examples=300, deadline=None)
    def test_what_the_search_finds_is_marked(self, text: str, start: int, length: int) -> None:
        part = thai_fold(text)[start : start + length].strip()
        if len(part) > 1 and '"' not in part:
            assert any(marked for _, marked in highlight(text, part)), part

    def test_an_excerpt_is_around_the_first_mark(self) -> None:
        text = "ก" * 400 + " ไฟถนนดับ " + "ข" * 400
        parts = excerpt(text, "ไฟถนน")

        assert parts[0] == ("…", False)
        assert parts[-1] == ("…", False)
        assert ("ไฟถนน", True) in parts
        assert sum(len(part) for part, _ in parts) <= 164

    def test_an_excerpt_without_a_mark_is_the_beginning(self) -> None:
        assert excerpt("สั้น", "xyz") == [("สั้น", False)]
        assert excerpt("ก" * 200, "xyz")[0] == ("ก" * 160, False)
