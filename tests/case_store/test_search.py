"""Search: every substring of two signs and more, compared with looking through all texts, on both databases."""

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.find_cases import BadCursor, CaseFilter, Sort, list_cases
from case_store.cases.fold import thai_fold
from case_store.cases.history import add_note
from case_store.cases.models import Case
from case_store.cases.referrals import refer
from case_store.cases.steps import begin_screening, transfer
from case_store.database import Database
from case_store.identity.models import Anonymity
from case_store.people.models import Role
from case_store.people.permissions import Actor
from case_store.search import grams, postgresql, sqlite
from case_store.search.grams import letters, tagged, triples, triples_after
from case_store.search.index import index_case
from case_store.search.matching import Wanted, matching
from case_store.search.models import SearchEntry
from case_store.search.query import read_query
from case_store.search.scope import IndexScope
from damrong.demo_cases.load import Loader
from tests.case_store.kit import NATIONAL, NOON, case

CHIANG_MAI = Actor("malee", Role.AGENT, "50")
PHUKET = Actor("anong", Role.SUPERVISOR, "83")
INSPECTOR = Actor("pranee", Role.INSPECTOR, "00", inspection_region="15")
CASES = 2_000
SUBSTRINGS = 2_000


def refs(session: Session, q: str, by: Actor = NATIONAL, **limits: Any) -> set[str]:
    wanted = replace(CaseFilter(q=q), **limits)
    return {found.ref for found in list_cases(session, wanted, by=by, limit=50).items}


class TestRecall:
    @pytest.fixture
    def texts(self, database: Database) -> dict[int, str]:
        Loader(database, NOON, seed=7).load(CASES)
        with database.reading() as session:
            rows = session.execute(select(Case.id, Case.search_text)).all()
        return {row.id: row.search_text for row in rows}

    @pytest.mark.slow
    def test_it_finds_what_looking_through_every_text_finds(
        self, database: Database, texts: dict[int, str]
    ) -> None:
        lot, whole = random.Random(11), list(texts.values())
        missed, begun = [], time.monotonic()
        with database.reading() as session:
            for number in range(SUBSTRINGS):
                text = lot.choice(whole)
                length = number % 20 + 1
                start = lot.randrange(len(text))
                part = text[start : start + length].strip()
                if len(part) < 2:
                    part = text[:2]
                everywhere = {case_id for case_id, other in texts.items() if part in other}
                pieces = read_query(part).pieces
                found = set(matching(session, Wanted(pieces), most=CASES + 1))
                if " " not in part and found != everywhere:
                    missed.append((part, len(found ^ everywhere)))
                if not everywhere <= found:
                    missed.append((part, len(everywhere - found)))
        assert missed == [], f"after {time.monotonic() - begun:.0f} s"

    def test_the_search_box_finds_as_much_as_like(
        self, database: Database, texts: dict[int, str]
    ) -> None:
        lot, whole = random.Random(13), list(texts.values())
        with database.reading() as session:
            for length in (2, 3, 5, 9, 16):
                for _ in range(6):
                    text = lot.choice(whole)
                    start = lot.randrange(len(text) - length)
                    part = text[start : start + length].strip()
                    if len(part) < 2:
                        continue
                    like = Case.search_text.contains(part, autoescape=True)
                    newest = select(Case.id).where(like).order_by(Case.id.desc()).limit(40)
                    page = list_cases(session, CaseFilter(q=f'"{part}"'), by=NATIONAL, limit=40)
                    found = [found.id for found in page.items]
                    expected = list(session.scalars(newest))
                    assert set(expected) <= set(found) or len(found) == 40, part

    def test_pages_of_a_search_follow_each_other_without_gap(
        self, database: Database, texts: dict[int, str]
    ) -> None:
        expected = sorted((one for one, text in texts.items() if "ไฟ" in text), reverse=True)
        with database.reading() as session:
            for sort in (Sort.NEWEST, Sort.OLDEST):
                found = [one.id for one in _all_pages(session, CaseFilter(q="ไฟ", sort=sort))]
                assert found == (expected if sort is Sort.NEWEST else expected[::-1])

    def test_blocks_and_tags_that_come_round_lose_nothing(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (grams, postgresql):
            monkeypatch.setattr(module, "BLOCK", 32)
        monkeypatch.setattr(grams, "_TAGS", 4)
        monkeypatch.setattr(postgresql, "LOOKED_THROUGH", 20)
        monkeypatch.setattr(postgresql, "MOST_BLOCKS", 5)
        Loader(database, NOON, seed=17).load(600)
        lot = random.Random(19)
        with database.reading() as session:
            texts = {
                o.id: o.search_text for o in session.execute(select(Case.id, Case.search_text))
            }
            for length in (2, 2, 3, 4, 6, 9, 14) * 6:
                text = lot.choice(list(texts.values()))
                start = lot.randrange(len(text) - length)
                part = text[start : start + length].replace(" ", "")
                if len(part) < 2:
                    continue
                everywhere = sorted(one for one, other in texts.items() if part in other)
                for before in (None, everywhere[len(everywhere) // 2] if everywhere else 300):
                    down = [one for one in everywhere if before is None or one < before][::-1]
                    up = [one for one in everywhere if before is None or one > before]
                    wanted = Wanted((part,), before=before)
                    assert matching(session, wanted, most=15) == down[:15], part
                    assert matching(session, wanted, most=900) == down, part
                    assert matching(session, replace(wanted, ascending=True), most=900) == up, part

    def test_a_demo_case_is_indexed_as_a_real_one(self, database: Database) -> None:
        Loader(database, NOON, seed=3).load(60)
        with database.transaction() as session:
            for made in session.scalars(select(Case)):
                before = made.search_text, made.search_entry and made.search_entry.grams
                index_case(session, made)
                assert (made.search_text, made.search_entry and made.search_entry.grams) == before


def _all_pages(session: Session, wanted: CaseFilter, limit: int = 37) -> Iterator[Case]:
    cursor = None
    while True:
        page = list_cases(session, wanted, by=NATIONAL, limit=limit, cursor=cursor, at=NOON)
        yield from page.items
        if (cursor := page.next) is None:
            return


class TestSpelling:
    @pytest.mark.parametrize(
        ("written", "typed"),
        [
            ("น้ำท่วม", "นํ้าท่วม"),
            ("นํ้าท่วม", "น้ำ"),
            ("ที่ดิน", "ที่\u200bดิน"),
            ("ที่\u200bดิน", "ดิน"),
            ("แปลงปลูก", "เเปลง"),
            ("ซอย ๑๕", "ซอย 15"),
            ("ซอย 15", "๑๕"),
            ("กู้เงิน", "กู้เงิน"),
            ("กู้เงิน", "กู้"),
            ("Walk In", "walk in"),
            ("ก๊าซ LPG", "lpg"),
            ("Straße ünder", "strasse"),
        ],
    )
    def test_what_looks_alike_is_found(self, session: Session, written: str, typed: str) -> None:
        wanted = case(session, description=f"เรื่อง{written}หน้าบ้าน")
        case(session, description="คนละเรื่องกัน")

        assert refs(session, typed) == {wanted.ref}

    marks = st.sampled_from("่้๊๋ัิีึืฺุูําเแกขนะ็์ \u200b\u0344\u0308iIßΐA๑")

    @given(st.text(st.one_of(marks, st.characters(codec="utf-8")), max_size=12))
    @settings(max_examples=300, deadline=None)
    def test_every_part_of_a_folded_text_stays_as_it_is(self, text: str) -> None:
        folded = thai_fold(text)

        for start in range(len(folded)):
            for end in range(start + 1, len(folded) + 1):
                assert thai_fold(folded[start:end]) == folded[start:end].strip()

    def test_rare_scripts_and_signs_are_found_too(self, session: Session) -> None:
        wanted = case(session, description="ป้าย 中文招牌 និង 🙂🙃 พัง")

        for part in ("中文", "文招牌", "និង", "🙂🙃"):
            assert refs(session, part) == {wanted.ref}
        assert refs(session, "文中") == set()


class TestQueries:
    def test_one_sign_is_looked_for_among_the_newest(self, session: Session) -> None:
        wanted = case(session, subject="งูเห่า", description="งูเห่าเข้าบ้าน ฆ")
        case(session)

        assert refs(session, "ฆ") == {wanted.ref}

    def test_words_stand_anywhere_and_quoted_ones_together(self, session: Session) -> None:
        together = case(session, description="ไฟถนน ดับสนิท")
        apart = case(session, description="ดับสนิททั้งซอย ไฟถนน")

        assert refs(session, "ไฟถนน ดับสนิท") == {together.ref, apart.ref}
        assert refs(session, '"ไฟถนน ดับสนิท"') == {together.ref}

    def test_a_lone_sign_belongs_to_its_neighbour(self) -> None:
        assert read_query("ซอย 5 ถนนใหญ่").pieces == ("ซอย 5 ถนนใหญ่",)
        assert read_query("ก ข").pieces == ("ก ข",)
        assert read_query("ถนน บ้าน").pieces == ("ถนน", "บ้าน")

    @pytest.mark.parametrize("shape", ["{ref}", "{a} {b} {c}", "{a}-{b}-{c}", "{a}{b}", "{a} {b}"])
    def test_a_reference_whole_or_begun(self, session: Session, shape: str) -> None:
        wanted, other = case(session), case(session, at=NOON.replace(year=2027))
        a, b, c = wanted.ref[:3], wanted.ref[3:6], wanted.ref[6:]

        found = refs(session, shape.format(ref=wanted.ref, a=a, b=b, c=c))

        assert wanted.ref in found
        assert other.ref not in found

    @pytest.mark.parametrize(
        "typed", ["0812345678", "081-234-5678", "+66 81 234 5678", "(081) 2345678", "๐๘๑๒๓๔๕๖๗๘"]
    )
    def test_a_number_in_any_format(self, session: Session, typed: str) -> None:
        wanted = case(session, complainant_phone="0812345678")
        case(session, complainant_phone="0812345679")

        assert refs(session, typed) == {wanted.ref}

    @pytest.mark.parametrize(
        "q",
        ['"', '""', "a*", 'c50" OR "c83', "NEAR(", "%", "_", "\\", "(", "')", "^ไฟ", "-ไฟ", "AND"],
    )
    def test_nothing_typed_is_a_language_of_the_database(self, session: Session, q: str) -> None:
        case(session)

        assert refs(session, q) == set()


class TestNames:
    def test_a_name_finds_the_case_of_who_may_be_known(self, session: Session) -> None:
        wanted = case(session, complainant_name="นายสมชาย ใจดี")
        hidden = case(session, complainant_name="สมชาย ใจดี", anonymity=Anonymity.TO_ALL)

        assert refs(session, "สมชาย") == {wanted.ref}
        assert refs(session, "ใจดี สมชาย") == {wanted.ref}
        assert refs(session, "สมชาย ไฟถนน") == {wanted.ref}
        assert hidden.ref not in refs(session, "สมชาย น้ำประปา")

    def test_a_reader_without_the_right_finds_nothing_by_name_or_number(
        self, session: Session
    ) -> None:
        case(session, complainant_name="สมชาย", complainant_phone="0812345678")
        governor = Actor("anan", Role.GOVERNOR, "50")

        assert refs(session, "สมชาย", by=governor) == set()
        assert refs(session, "0812345678", by=governor) == set()
        assert refs(session, "สมชาย", by=PHUKET) == set()


class TestScope:
    @pytest.mark.parametrize("by", [CHIANG_MAI, INSPECTOR])
    def test_a_reader_finds_only_what_they_may_see(self, session: Session, by: Actor) -> None:
        own = case(session)
        case(session, province_code="83")

        assert refs(session, "ไฟถนน", by=by) == {own.ref}
        assert refs(session, "ไฟ", by=by) == {own.ref}
        assert refs(session, "ฟ", by=by) == {own.ref}

    def test_a_transferred_case_is_found_by_its_new_centre_only(self, session: Session) -> None:
        moved = case(session)
        begin_screening(session, moved, by=NATIONAL, at=NOON)

        transfer(session, moved, "83", "เรื่องของภูเก็ต", by=NATIONAL, at=NOON)

        assert refs(session, "ไฟถนน", by=PHUKET) == {moved.ref}
        assert refs(session, "ไฟถนน", by=CHIANG_MAI) == set()
        assert refs(session, "ไฟถนน", province_code="50") == {moved.ref}

    def test_an_agency_finds_what_it_was_asked_about(self, session: Session) -> None:
        from case_store.agencies.models import Agency

        agency = Agency(code="pea_50", name_th="การไฟฟ้า", name_en="PEA", centre_code="50")
        session.add(agency)
        session.flush()
        theirs, _other = case(session), case(session)
        begin_screening(session, theirs, by=NATIONAL, at=NOON)
        refer(session, theirs, agency, "ขอให้ตรวจสอบ", by=NATIONAL, at=NOON)
        officer = Actor("wit", Role.AGENCY_OFFICER, "50", agency_id=agency.id)

        assert refs(session, "ไฟถนน", by=officer) == {theirs.ref}
        assert refs(session, "ไฟถนน", agency_id=agency.id) == {theirs.ref}
        assert refs(session, "ไฟ", by=replace(officer, agency_id=agency.id + 1)) == set()


class TestChanges:
    def test_a_note_is_found_and_what_was_there_before_too(self, session: Session) -> None:
        noted = case(session)
        add_note(session, noted, "ประสานช่างไฟฟ้าแล้ว", by=CHIANG_MAI, at=NOON)

        assert refs(session, "ช่างไฟฟ้า") == refs(session, "หน้าวัด") == {noted.ref}

    def test_what_was_taken_out_is_found_no_more(self, session: Session) -> None:
        changed = case(session)
        changed.subject, changed.description = "เรื่องทั่วไป", "ลบแล้ว"
        index_case(session, changed)

        assert refs(session, "ไฟถนน") == set()
        assert refs(session, "ลบแล้ว") == {changed.ref}
        assert _index_hits(session, "ไฟถนน") == []

    def test_a_deleted_case_leaves_nothing_in_the_index(self, session: Session) -> None:
        gone = case(session, by=NATIONAL)
        session.flush()
        session.delete(gone)
        session.flush()

        assert refs(session, "ไฟถนน") == set()
        assert _index_hits(session, "ไฟถนน") == []

    def test_a_rollback_takes_the_index_along(self, database: Database) -> None:
        with pytest.raises(RuntimeError), database.transaction() as session:
            case(session)
            raise RuntimeError

        with database.reading() as session:
            assert refs(session, "ไฟถนน") == set()
            assert _index_hits(session, "ไฟถนน") == []


def _index_hits(session: Session, piece: str) -> list[int]:
    """What the index itself holds, before anything is compared with the text."""
    if session.get_bind().dialect.name == "postgresql":
        condition = postgresql._indexed(0, [thai_fold(piece)], IndexScope())
        return list(session.scalars(select(SearchEntry.case_id).where(condition)))
    match = sqlite._match([thai_fold(piece)], IndexScope())
    return sqlite._candidates(session, match, None, ascending=False, size=10)


class TestOrders:
    @pytest.mark.parametrize("sort", list(Sort))
    def test_pages_hold_every_case_once_in_order(self, database: Database, sort: Sort) -> None:
        Loader(database, NOON, seed=5).load(300)
        with database.reading() as session:
            found = list(_all_pages(session, CaseFilter(sort=sort)))
        keys: dict[Sort, list[Any]] = {
            Sort.NEWEST: [-one.id for one in found],
            Sort.OLDEST: [one.id for one in found],
            Sort.DUE: [(one.due_at, one.id) for one in found],
            Sort.STALLED: [(one.progress_at, one.id) for one in found],
            Sort.UPDATED: [(-one.updated_at.timestamp(), -one.id) for one in found],
        }
        assert keys[sort] == sorted(keys[sort])
        assert len({one.id for one in found}) == len(found)
        if sort not in {Sort.DUE, Sort.STALLED}:
            assert len(found) == 300
        assert len(found) > 37

    @pytest.mark.parametrize("cursor", ["x", "ZGFtcm9uZzp4", "%%%", "a" * 65])
    def test_a_cursor_that_is_not_ours_is_refused(self, session: Session, cursor: str) -> None:
        with pytest.raises(BadCursor):
            list_cases(session, CaseFilter(), by=NATIONAL, limit=5, cursor=cursor)

    def test_a_cursor_of_another_order_is_refused(self, session: Session) -> None:
        for _ in range(3):
            case(session)
        cursor = list_cases(session, CaseFilter(), by=NATIONAL, limit=1).next
        with pytest.raises(BadCursor):
            list_cases(session, CaseFilter(sort=Sort.DUE), by=NATIONAL, limit=1, cursor=cursor)


class TestGrams:
    @given(st.text(max_size=30))
    @settings(deadline=None)
    def test_runs_of_three_are_all_runs_of_three(self, text: str) -> None:
        signs = letters(text)
        padded = signs + b"\0"

        assert triples(signs) == {
            int.from_bytes(padded[at : at + 3], "big") for at in range(len(signs) - 1)
        }

    @given(st.text(min_size=2, max_size=2), st.text(max_size=6))
    @settings(deadline=None)
    def test_two_signs_are_in_every_run_that_begins_with_them(self, two: str, rest: str) -> None:
        two, rest = thai_fold(two), thai_fold(rest)
        if len(two) == 2:
            assert triples(letters(two + rest)) & set(triples_after(letters(two)))

    def test_codes_of_different_blocks_differ_and_fit(self) -> None:
        codes = {0, 1, 0xFFFFFF}
        blocks = [set(tagged(codes, block)) for block in range(256)]

        assert len(set.union(*blocks)) == 3 * 256
        assert all(-(2**31) <= code < 2**31 for block in blocks for code in block)
