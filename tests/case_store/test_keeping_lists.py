"""Keeping the lists of words and of agencies: added, renamed, switched off, and always written down."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.agencies.keep_agencies import (
    BadAgency,
    add_agency,
    change_agency,
    find_agency,
    list_agencies,
)
from case_store.agencies.models import Agency
from case_store.agencies.start_agencies import load_agencies
from case_store.audit.models import AuditEntry
from case_store.audit.trail import SYSTEM
from case_store.cases.keep_words import (
    BadWord,
    add_category,
    add_word,
    change_category,
    change_word,
    switch_word,
)
from case_store.cases.word_models import Category, Channel, Nature, ServiceType
from case_store.cases.words import active_words
from case_store.deadlines.models import PolicyKind
from case_store.deadlines.policies import current_policy, deadline_values
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.places.provinces import centres, province
from tests.case_store.casework import OFFICER, assert_unbroken
from tests.case_store.kit import NATIONAL, NOON, case

ROOT = Actor("root", Role.ADMINISTRATOR, "00")
SUPERVISOR = Actor("wichai", Role.SUPERVISOR, "50")


def actions(session: Session) -> list[tuple[str, str]]:
    query = select(AuditEntry).where(AuditEntry.chain == SYSTEM).order_by(AuditEntry.id)
    return [(entry.action, entry.subject) for entry in session.scalars(query)]


class TestCategories:
    def test_a_new_one_can_be_chosen_and_has_its_days(self, session: Session) -> None:
        add_category(
            session, code="tourism", name_th=" การท่องเที่ยว ", name_en="Tourism",
            days_to_settle=20, by=ROOT, at=NOON,
        )  # fmt: skip
        one = case(session, category="tourism")

        assert one.category_row.name("th") == "การท่องเที่ยว"
        policy = current_policy(session, PolicyKind.DEADLINE, "tourism", at=NOON)
        assert deadline_values(policy).days == 20
        assert ("word.added", "category:tourism") in actions(session)
        assert_unbroken(session)

    def test_one_of_the_second_level_stands_below_its_parent_and_has_its_days(
        self, session: Session
    ) -> None:
        below = add_category(
            session, code="land_lease", name_th="เช่าที่ดิน", name_en="Leases", parent_code="land",
            by=NATIONAL, at=NOON,
        )  # fmt: skip

        codes = [word.code for word in active_words(session, Category)]
        assert codes.index("land") < codes.index("land_lease") < codes.index("environment")
        assert below.days_to_settle == session.get_one(Category, "land").days_to_settle
        policy = current_policy(session, PolicyKind.DEADLINE, "land_lease", at=NOON)
        assert policy is not None
        assert policy.category == "land"

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"code": "land"}, "code"),
            ({"code": "Land use"}, "code"),
            ({"code": "x" * 33}, "code"),
            ({"name_th": " "}, "name_th"),
            ({"name_en": "x" * 121}, "name_en"),
            ({"parent_code": "ufo"}, "parent_code"),
            ({"parent_code": "land_title"}, "parent_code"),
            ({"days_to_settle": None}, "days_to_settle"),
            ({"days_to_settle": 0}, "days_to_settle"),
            ({"days_to_settle": 366}, "days_to_settle"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, session: Session, wrong: dict[str, object], field: str
    ) -> None:
        right: dict[str, object] = {
            "code": "tourism", "name_th": "การท่องเที่ยว", "name_en": "Tourism",
            "days_to_settle": 20, "by": ROOT, "at": NOON,
        }  # fmt: skip
        with pytest.raises(BadWord) as refused:
            add_category(session, **(right | wrong))  # type: ignore[arg-type]
        assert refused.value.field == field
        assert session.get(Category, "tourism") is None

    def test_switched_off_it_stays_on_the_cases_that_have_it(self, session: Session) -> None:
        one, land = case(session, category="land_title"), session.get_one(Category, "land")

        switch_word(session, land, active=False, by=ROOT, at=NOON)

        off = {"land", "land_title", "land_encroachment"}
        assert not off & {word.code for word in active_words(session, Category)}
        assert one.category_row.name("en") == "Title deeds and boundaries"
        assert {s for a, s in actions(session) if a == "word.switched"} == {
            f"category:{code}" for code in off
        }
        with pytest.raises(BadWord, match="parent_code"):
            switch_word(session, one.category_row, active=True, by=ROOT, at=NOON)
        switch_word(session, land, active=True, by=ROOT, at=NOON)
        switch_word(session, one.category_row, active=True, by=ROOT, at=NOON)
        assert one.category_row.active

    def test_it_is_renamed_and_moved(self, session: Session) -> None:
        land = session.get_one(Category, "land")

        change_category(session, land, name_th="ที่ดินทำกิน", position=950, by=ROOT, at=NOON)
        change_category(session, land, name_th="ที่ดินทำกิน", by=ROOT, at=NOON)

        assert (land.name_th, land.name_en, land.position) == ("ที่ดินทำกิน", "Land", 950)
        assert actions(session) == [("word.changed", "category:land")]


class TestOtherWords:
    @pytest.mark.parametrize("kind", [Channel, Nature, ServiceType])
    def test_a_new_one_stands_last_and_can_be_chosen(
        self, session: Session, kind: type[Any]
    ) -> None:
        add_word(
            session, kind, code="line_oa", name_th=" ไลน์ ", name_en="LINE", by=NATIONAL, at=NOON
        )

        last = active_words(session, kind)[-1]
        assert (last.code, last.name_th, last.name_en) == ("line_oa", "ไลน์", "LINE")
        assert ("word.added", f"{kind.__name__.lower()}:line_oa") in actions(session)
        assert_unbroken(session)

    def test_a_case_takes_a_new_one(self, session: Session) -> None:
        new: list[tuple[type[Any], str]] = [
            (Channel, "line_oa"), (Nature, "praise"), (ServiceType, "vulnerable"),
        ]  # fmt: skip
        for kind, code in new:
            add_word(session, kind, code=code, name_th="ก", name_en="a", by=ROOT, at=NOON)

        one = case(session, channel="line_oa", nature="praise", service_type="vulnerable")

        assert (one.channel, one.nature, one.service_type) == ("line_oa", "praise", "vulnerable")

    @pytest.mark.parametrize(
        ("change", "wrong"),
        [
            ({"code": "Line OA"}, "code"),
            ({"code": "sms"}, "code"),
            ({"name_th": " "}, "name_th"),
            ({"name_en": "x" * 121}, "name_en"),
        ],
    )
    def test_what_cannot_be_is_not_added(
        self, session: Session, change: dict[str, str], wrong: str
    ) -> None:
        fields: dict[str, str] = {"code": "line_oa", "name_th": "ไลน์", "name_en": "LINE"} | change
        with pytest.raises(BadWord, match=wrong):
            add_word(session, Channel, by=ROOT, at=NOON, **fields)

    @pytest.mark.parametrize("by", [OFFICER, SUPERVISOR])
    def test_a_centre_adds_none(self, session: Session, by: Actor) -> None:
        with pytest.raises(NotAllowed):
            add_word(session, Channel, code="x_y", name_th="ก", name_en="a", by=by, at=NOON)

    def test_a_channel_is_renamed_and_switched_off(self, session: Session) -> None:
        sms = session.get_one(Channel, "sms")

        change_word(session, sms, name_en="Text message", by=ROOT, at=NOON)
        switch_word(session, sms, active=False, by=ROOT, at=NOON)

        assert sms not in active_words(session, Channel)
        assert actions(session) == [
            ("word.changed", "channel:sms"),
            ("word.switched", "channel:sms"),
        ]

    @pytest.mark.parametrize(
        ("kind", "code"),
        [(Channel, "phone_1567"), (ServiceType, "general"), (ServiceType, "anonymous_letter")],
    )
    def test_what_programs_rely_on_stays_on(
        self, session: Session, kind: type[Any], code: str
    ) -> None:
        word: Channel | ServiceType = session.get_one(kind, code)

        with pytest.raises(BadWord, match="code"):
            switch_word(session, word, active=False, by=ROOT, at=NOON)
        assert word.active

    @pytest.mark.parametrize("by", [OFFICER, SUPERVISOR])
    def test_a_centre_does_not_keep_the_lists(self, session: Session, by: Actor) -> None:
        sms = session.get_one(Channel, "sms")

        with pytest.raises(NotAllowed):
            switch_word(session, sms, active=False, by=by, at=NOON)
        with pytest.raises(NotAllowed):
            change_word(session, sms, name_en="x", by=by, at=NOON)
        with pytest.raises(NotAllowed):
            add_category(
                session, code="x1", name_th="x", name_en="x", days_to_settle=1, by=by, at=NOON
            )


class TestAgencies:
    def test_a_centre_is_offered_its_own_and_those_of_the_country(self, session: Session) -> None:
        for code, centre in (("pea_50", "50"), ("pea_83", "83"), ("oncb", None)):
            add_agency(
                session, code=code, name_th=code, name_en=code, centre_code=centre,
                by=NATIONAL, at=NOON,
            )  # fmt: skip
        off = find_agency(session, "oncb")
        assert off is not None
        change_agency(session, off, active=False, by=ROOT, at=NOON)

        assert [one.code for one in list_agencies(session, "50")] == ["pea_50"]
        assert [one.code for one in list_agencies(session, "50", active_only=False)] == [
            "oncb",
            "pea_50",
        ]
        assert [one.code for one in list_agencies(session)] == ["pea_50", "pea_83"]
        assert [action for action, _ in actions(session)] == ["agency.added"] * 3 + [
            "agency.changed"
        ]
        assert_unbroken(session)

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"code": "PEA 50"}, "code"),
            ({"code": "there"}, "code"),
            ({"name_th": ""}, "name_th"),
            ({"name_en": "x" * 161}, "name_en"),
            ({"centre_code": "99"}, "centre_code"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, session: Session, wrong: dict[str, str], field: str
    ) -> None:
        right = {"code": "there", "name_th": "ก", "name_en": "A", "centre_code": "50"}
        add_agency(session, **right, by=ROOT, at=NOON)

        with pytest.raises(BadAgency) as refused:
            add_agency(session, **({**right, "code": "new"} | wrong), by=ROOT, at=NOON)
        assert refused.value.field == field

    def test_a_centre_does_not_keep_them(self, session: Session) -> None:
        with pytest.raises(NotAllowed):
            add_agency(session, code="x1", name_th="ก", name_en="A", by=SUPERVISOR, at=NOON)

    def test_every_province_has_some_to_begin_with(self, session: Session) -> None:
        added = load_agencies(session, centres())

        assert added == session.scalar(select(func.count()).select_from(Agency))
        assert load_agencies(session, centres()) == 0
        for centre in centres():
            offered = list_agencies(session, centre.code)
            assert len(offered) >= (3 if centre.code == "00" else 8), centre
        pea = find_agency(session, "pea_50")
        chiang_mai = province("50")
        assert pea is not None
        assert chiang_mai is not None
        assert pea.name("th") == f"การไฟฟ้าส่วนภูมิภาคจังหวัด{chiang_mai.name_th}"
        assert find_agency(session, "pea_10") is None, "Bangkok has its own"
