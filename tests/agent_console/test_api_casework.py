"""The casework of the JSON API: steps, referrals, corrections, mergers, and what an agency's program sees."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from case_store.database import Database
from case_store.people.models import Role
from tests.agent_console.api_kit import (
    CLOSING,
    NEW_CASE,
    Program,
    agency,
    opened,
    referred,
    stepped,
)
from tests.agent_console.kit import Visitor

HOOK = {"name": "ศูนย์ข้อมูล", "url": "https://example.go.th/hook", "events": ["case.closed"]}
NAMED = {"complainant_name": "สมศรี มีสุข", "complainant_phone": "0812345678"}


@pytest.fixture
def officer(program: Program) -> TestClient:
    """A program of Chiang Mai's case officers."""
    return program(Role.CASE_OFFICER, "50")


@pytest.fixture
def water(database: Database) -> int:
    return agency(database, "water")


@pytest.fixture
def water_works(program: Program, water: int) -> TestClient:
    """The program of an agency."""
    return program(Role.AGENCY_OFFICER, "50", agency_id=water)


def read(client: TestClient, ref: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/cases/{ref}")
    assert answer.status_code == 200, answer.text
    detail: dict[str, Any] = answer.json()
    return detail


class TestSteps:
    def test_a_case_is_led_from_its_opening_to_its_end(self, officer: TestClient) -> None:
        ref = opened(officer)
        assert read(officer, ref)["possible_steps"] == [
            "begin_screening", "withdraw", "transfer", "assign", "correct",
        ]  # fmt: skip

        states = [
            stepped(officer, ref, "begin_screening")["state"],
            stepped(officer, ref, "handle")["state"],
            stepped(officer, ref, "report_result", result="ซ่อมแล้ว")["state"],
            stepped(officer, ref, "close", outcome="settled", result="ซ่อมไฟแล้ว")["state"],
            stepped(officer, ref, "reopen", note="ดับอีก")["state"],
        ]

        assert states == ["screening", "handling", "review", "closed", "reopened"]

    def test_an_answer_is_the_whole_case_with_its_history(self, officer: TestClient) -> None:
        ref = opened(officer)

        after = stepped(officer, ref, "begin_screening")

        assert after == read(officer, ref)
        assert [event["kind"] for event in after["events"]] == ["received", "screening_begun"]

    def test_a_step_that_is_not_possible_now_is_told_what_is(self, officer: TestClient) -> None:
        ref = opened(officer)

        answer = officer.post(f"/api/v1/cases/{ref}/steps", json=CLOSING)

        problem = answer.json()
        assert (answer.status_code, problem["title"]) == (409, "Conflict")
        assert problem["possible"] == [
            "begin_screening", "withdraw", "transfer", "assign", "correct",
        ]  # fmt: skip
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"step": "withdraw"}, "withdraw.note"),
            ({"step": "withdraw", "note": "  "}, "withdraw.note"),
            ({"step": "withdraw", "note": "a\0"}, "withdraw.note"),
            ({"step": "transfer", "note": "x", "centre_code": "50"}, "centre_code"),
            ({"step": "transfer", "note": "x", "centre_code": "99"}, "centre_code"),
            ({"step": "assign", "officer": "nobody"}, "officer"),
            ({"step": "no_such"}, ""),
            ({"step": "begin_screening", "note": "x"}, "begin_screening.note"),
            ({}, ""),
        ],
    )
    def test_what_a_step_lacks_is_named(
        self, officer: TestClient, body: dict[str, str], field: str
    ) -> None:
        answer = officer.post(f"/api/v1/cases/{opened(officer)}/steps", json=body)

        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [field]

    def test_a_case_that_went_elsewhere_names_the_office(self, officer: TestClient) -> None:
        ref = opened(officer)
        stepped(officer, ref, "begin_screening")
        elsewhere = CLOSING | {"outcome": "referred_elsewhere"}

        answer = officer.post(f"/api/v1/cases/{ref}/steps", json=elsewhere)
        assert [error["field"] for error in answer.json()["errors"]] == ["transferred_to"]

        office = {"transferred_to": "ศาลปกครอง"}
        closed = officer.post(f"/api/v1/cases/{ref}/steps", json=elsewhere | office).json()
        assert (closed["state"], closed["transferred_to"]) == ("closed", "ศาลปกครอง")

    def test_a_case_is_given_to_an_officer_by_user_name(
        self, officer: TestClient, visit: Callable[..., Visitor]
    ) -> None:
        visit(Role.CASE_OFFICER, "50", "suda")
        ref = opened(officer)

        assert stepped(officer, ref, "assign", officer="suda")["officer"] == "suda"

    def test_waiting_for_the_complainant_and_going_on(self, officer: TestClient) -> None:
        ref = opened(officer)
        stepped(officer, ref, "begin_screening")

        waiting = stepped(officer, ref, "wait", note="ขอสำเนาโฉนด")
        assert waiting["waiting_since"] is not None
        assert "go_on" in waiting["possible_steps"]
        assert stepped(officer, ref, "go_on")["waiting_since"] is None

    def test_an_anonymous_letter_needs_its_checklist(self, officer: TestClient) -> None:
        ref = opened(officer, service_type="anonymous_letter")
        stepped(officer, ref, "begin_screening")
        refused = officer.post(f"/api/v1/cases/{ref}/steps", json={"step": "handle"})
        assert [error["field"] for error in refused.json()["errors"]] == ["checklist"]

        found = {"what": True, "where": True, "when": True, "evidence": True}
        answer = officer.put(f"/api/v1/cases/{ref}/checklist", json=found)

        assert answer.status_code == 200, answer.text
        assert stepped(officer, ref, "handle")["state"] == "handling"


class TestVersions:
    def test_a_change_of_a_version_that_is_old_is_refused(self, officer: TestClient) -> None:
        ref = opened(officer)
        before = officer.get(f"/api/v1/cases/{ref}")
        assert before.headers["etag"] == f'"{before.json()["version"]}"'
        stepped(officer, ref, "begin_screening")

        def handle(version: str) -> int:
            headers = {"If-Match": version}
            body = {"step": "handle"}
            address = f"/api/v1/cases/{ref}/steps"
            return int(officer.post(address, json=body, headers=headers).status_code)

        assert handle(before.headers["etag"]) == 412
        assert handle("7") == 422
        assert handle(officer.get(f"/api/v1/cases/{ref}").headers["etag"]) == 200

    def test_any_version_will_do_for_a_star(self, officer: TestClient) -> None:
        ref = opened(officer)

        answer = officer.patch(
            f"/api/v1/cases/{ref}", json={"subject": "ไฟดับ"}, headers={"If-Match": "*"}
        )

        assert answer.status_code == 200


class TestCorrecting:
    def test_only_what_is_sent_is_changed(self, officer: TestClient) -> None:
        ref = opened(officer, district_code="5001", place_note="หน้าวัด")

        changes = {"category": "land", "district_code": None}
        after = officer.patch(f"/api/v1/cases/{ref}", json=changes).json()

        assert (after["category"], after["district_code"]) == ("land", None)
        assert (after["subject"], after["place_note"]) == (NEW_CASE["subject"], "หน้าวัด")
        assert after["events"][-1]["kind"] == "changed"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"category": "no_such"}, "category"),
            ({"subject": "x"}, "subject"),
            ({"province_code": "00"}, "province_code"),
            ({"latitude": 99.0}, "latitude"),
            ({"state": "closed"}, "state"),
            ({"centre_code": "10"}, "centre_code"),
            ({"complainant_name": "x"}, "complainant_name"),
            ({"district_code": "1001"}, ""),
        ],
    )
    def test_what_cannot_be_is_named(
        self, officer: TestClient, changes: dict[str, object], field: str
    ) -> None:
        answer = officer.patch(f"/api/v1/cases/{opened(officer)}", json=changes)

        assert answer.status_code == 422, answer.text
        assert [error["field"] for error in answer.json()["errors"]] == [field]

    def test_nothing_to_change_changes_nothing(self, officer: TestClient) -> None:
        ref = opened(officer)
        before = read(officer, ref)

        assert officer.patch(f"/api/v1/cases/{ref}", json={}).json() == before


class TestReferrals:
    def test_an_agency_takes_works_and_reports_and_the_centre_closes(
        self, officer: TestClient, water_works: TestClient
    ) -> None:
        ref = opened(officer)
        referral = referred(officer, ref, letter_number="มท 1/2569", letter_date="2026-11-23")

        def step(name: str, **fields: str) -> str:
            address = f"/api/v1/referrals/{referral}/steps"
            answer = water_works.post(address, json={"step": name} | fields)
            assert answer.status_code == 200, answer.text
            return str(answer.json()["state"])

        assert step("accept") == "accepted"
        assert step("begin", note="ส่งช่างแล้ว") == "in_progress"
        assert step("tell_progress", note="รออะไหล่") == "in_progress"
        assert step("report", report="ซ่อมแล้ว", letter_number="ปปส 9") == "reported"
        case = read(officer, ref)
        assert case["state"] == "review"
        [kept] = case["referrals"]
        assert (kept["letter_out_number"], kept["letter_in_number"]) == ("มท 1/2569", "ปปส 9")
        assert kept["possible_steps"] == ["send_back"]
        assert officer.post(f"/api/v1/cases/{ref}/steps", json=CLOSING).status_code == 200

    def test_several_agencies_work_at_once_and_one_is_asked_once(
        self, officer: TestClient, water: int, database: Database
    ) -> None:
        agency(database, "road")
        ref = opened(officer)
        referred(officer, ref, "water")
        referred(officer, ref, "road")

        body = {"agency": "water", "request": "x"}
        again = officer.post(f"/api/v1/cases/{ref}/referrals", json=body)

        assert [error["field"] for error in again.json()["errors"]] == ["agency"]
        assert [one["agency"] for one in read(officer, ref)["referrals"]] == ["water", "road"]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"agency": "no_such", "request": "x"}, "agency"),
            ({"agency": "water", "request": " "}, "request"),
            ({"agency": "water", "request": "x", "due_at": "2026-12-01T00:00:00"}, "due_at"),
            ({"agency": "water", "request": "x", "letter_date": "x"}, "letter_date"),
        ],
    )
    def test_what_a_referral_lacks_is_named(
        self, officer: TestClient, water: int, body: dict[str, str], field: str
    ) -> None:
        ref = opened(officer)
        stepped(officer, ref, "begin_screening")

        answer = officer.post(f"/api/v1/cases/{ref}/referrals", json=body)

        assert [error["field"] for error in answer.json()["errors"]] == [field]

    def test_who_wants_to_stay_unknown_to_agencies_is_not_disclosed(
        self, officer: TestClient, water: int
    ) -> None:
        ref = opened(officer, anonymity="to_agency", **NAMED)
        stepped(officer, ref, "begin_screening")
        body = {"agency": "water", "request": "x", "disclose_identity": True}

        answer = officer.post(f"/api/v1/cases/{ref}/referrals", json=body)

        assert [error["field"] for error in answer.json()["errors"]] == ["disclose_identity"]

    def test_the_centre_takes_one_back_and_a_step_out_of_turn_is_told_what_is_possible(
        self, officer: TestClient, water_works: TestClient
    ) -> None:
        referral = referred(officer, opened(officer))
        address = f"/api/v1/referrals/{referral}/steps"
        early = water_works.post(address, json={"step": "report", "report": "x"})
        assert (early.status_code, early.json()["possible"]) == (409, ["accept", "begin", "return"])

        recalled = officer.post(address, json={"step": "recall", "note": "ส่งผิด"})

        assert recalled.json()["state"] == "recalled"
        assert water_works.post(address, json={"step": "accept"}).status_code == 403

    def test_lists_are_paged_and_limited_by_state(
        self, officer: TestClient, water_works: TestClient
    ) -> None:
        ids = [referred(officer, opened(officer)) for _ in range(3)]
        water_works.post(f"/api/v1/referrals/{ids[0]}/steps", json={"step": "accept"})

        first = water_works.get("/api/v1/referrals?limit=2").json()
        second = water_works.get(f"/api/v1/referrals?limit=2&cursor={first['next']}").json()
        accepted = water_works.get("/api/v1/referrals?state=accepted").json()

        listed = [one["id"] for one in first["items"] + second["items"]]
        assert listed == list(reversed(ids))
        assert [one["id"] for one in accepted["items"]] == [ids[0]]
        assert officer.get(f"/api/v1/referrals/{ids[1]}").json()["id"] == ids[1]
        assert officer.get("/api/v1/referrals/999").status_code == 404


class TestAnAgencysView:
    def test_it_sees_its_own_referral_and_nothing_of_others(
        self, officer: TestClient, water_works: TestClient, database: Database
    ) -> None:
        agency(database, "road")
        ref = opened(officer, **NAMED)
        officer.post(f"/api/v1/cases/{ref}/events", json={"note": "โน้ตของศูนย์"})
        mine, others = referred(officer, ref, "water"), referred(officer, ref, "road")

        case = read(water_works, ref)

        assert [one["id"] for one in case["referrals"]] == [mine]
        assert {one["referral_id"] for one in case["events"]} == {mine}
        assert case["complainant"]["identity"] is None
        assert case["complainant"]["masked"] is True
        assert (case["possible_steps"], case["call_ids"], case["result"]) == ([], [], "")
        text = water_works.get(f"/api/v1/cases/{ref}/events").text
        assert "โน้ตของศูนย์" not in text
        assert [one["id"] for one in water_works.get("/api/v1/referrals").json()["items"]] == [mine]
        assert water_works.get(f"/api/v1/referrals/{others}").status_code == 403

    def test_it_is_told_who_complains_only_on_purpose(
        self, officer: TestClient, water_works: TestClient
    ) -> None:
        ref = opened(officer, **NAMED)
        referred(officer, ref, disclose_identity=True)

        shown = read(water_works, ref)["complainant"]["identity"]

        assert (shown["name"], shown["phone"]) == ("สมศรี มีสุข", "+66812345678")

    def test_what_it_gave_back_is_gone(self, officer: TestClient, water_works: TestClient) -> None:
        ref = opened(officer)
        referral = referred(officer, ref)
        assert [one["ref"] for one in water_works.get("/api/v1/cases").json()["items"]] == [ref]

        step = {"step": "return", "note": "ไม่ใช่หน้าที่"}
        water_works.post(f"/api/v1/referrals/{referral}/steps", json=step)

        assert water_works.get(f"/api/v1/cases/{ref}").status_code == 403
        assert water_works.get("/api/v1/cases").json()["items"] == []

    @pytest.mark.parametrize("step", ["recall", "send_back"])
    def test_it_takes_no_step_of_the_centre(
        self, officer: TestClient, water_works: TestClient, step: str
    ) -> None:
        referral = referred(officer, opened(officer))

        answer = water_works.post(
            f"/api/v1/referrals/{referral}/steps", json={"step": step, "note": "x"}
        )

        assert answer.status_code == 403


class TestIdentity:
    def test_staff_of_the_centre_see_who_complains(self, officer: TestClient) -> None:
        complainant = read(officer, opened(officer, **NAMED))["complainant"]

        assert complainant["identity"]["name"] == "สมศรี มีสุข"
        assert (complainant["masked"], complainant["may_reveal"]) == (False, False)

    def test_one_who_stays_unknown_is_revealed_for_a_reason_and_that_is_in_the_history(
        self, officer: TestClient
    ) -> None:
        ref = opened(officer, anonymity="to_all", **NAMED)
        assert "สมศรี" not in officer.get(f"/api/v1/cases/{ref}").text
        assert read(officer, ref)["complainant"]["may_reveal"] is True
        short = officer.post(f"/api/v1/cases/{ref}/identity", json={"reason": "อยากรู้"})
        assert [error["field"] for error in short.json()["errors"]] == ["reason"]

        reason = {"reason": "ต้องติดต่อเพื่อขอหลักฐาน"}
        shown = officer.post(f"/api/v1/cases/{ref}/identity", json=reason)

        assert shown.json()["name"] == "สมศรี มีสุข"
        assert read(officer, ref)["events"][-1]["kind"] == "identity_revealed"
        assert "ขอหลักฐาน" not in officer.get(f"/api/v1/cases/{ref}").text

    def test_who_complains_is_corrected_and_the_pin_stays(self, officer: TestClient) -> None:
        opening = officer.post("/api/v1/cases", json=NEW_CASE | NAMED).json()
        body = {"identity": {"name": "สมศรี มีสุขยิ่ง", "phone": "081-234-5679"}}

        after = officer.put(f"/api/v1/cases/{opening['ref']}/complainant", json=body)

        shown = after.json()["complainant"]["identity"]
        assert (shown["name"], shown["phone"]) == ("สมศรี มีสุขยิ่ง", "+66812345679")
        wrong = {"identity": {"phone": "12"}}
        answer = officer.put(f"/api/v1/cases/{opening['ref']}/complainant", json=wrong)
        assert [error["field"] for error in answer.json()["errors"]] == ["identity.phone"]

    def test_that_more_people_may_know_needs_a_reason(self, officer: TestClient) -> None:
        address = f"/api/v1/cases/{opened(officer, anonymity='to_all', **NAMED)}"
        refused = officer.patch(address, json={"anonymity": "named"})
        assert [error["field"] for error in refused.json()["errors"]] == ["reason"]

        body = {"anonymity": "named", "reason": "ผู้ร้องยินยอมทางโทรศัพท์"}

        assert officer.patch(address, json=body).json()["anonymity"] == "named"

    def test_a_new_pin_is_four_digits(self, officer: TestClient) -> None:
        answer = officer.post(f"/api/v1/cases/{opened(officer)}/pin")

        assert len(answer.json()["pin"]) == 4


class TestMerging:
    def test_a_duplicate_goes_on_in_another_case_and_comes_back(self, officer: TestClient) -> None:
        first, second = opened(officer), opened(officer)
        body = {"into": first, "note": "เรื่องเดียวกัน"}

        merged = officer.post(f"/api/v1/cases/{second}/merge", json=body).json()
        parted = officer.post(f"/api/v1/cases/{second}/unmerge", json={"note": "คนละเรื่อง"}).json()

        assert (merged["merged_into"], merged["possible_steps"]) == (first, [])
        assert (parted["merged_into"], parted["state"]) == (None, "received")

    @pytest.mark.parametrize("into", ["itself", "690000991"])
    def test_what_it_cannot_be_merged_into_is_named(self, officer: TestClient, into: str) -> None:
        ref = opened(officer)
        body = {"into": ref if into == "itself" else into, "note": "x"}

        answer = officer.post(f"/api/v1/cases/{ref}/merge", json=body)

        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["into"]


class TestLists:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("province_code=50", ["b", "a"]),
            ("centre_code=10", ["c"]),
            ("state=screening", ["a"]),
            ("category=land", ["b"]),
            ("channel=letter", ["c"]),
            ("nature=advice", ["c"]),
            ("service_type=important", ["b"]),
            ("urgency=urgent", ["a"]),
            ("received_from=2999-12-31", []),
            ("received_to=1900-01-01", []),
            ("overdue=true", []),
            ("sort=oldest", ["a", "b", "c"]),
            ("q=ถมดิน&province_code=50", ["b"]),
            ("officer_id=99", []),
            ("agency_id=99", []),
        ],
    )
    def test_cases_are_limited_by_every_filter(
        self, program: Program, query: str, expected: list[str]
    ) -> None:
        client = program()
        refs = {
            opened(client, urgency="urgent"): "a",
            opened(client, category="land_title", subject="ถมดิน", service_type="important"): "b",
            opened(client, province_code="10", channel="letter", nature="advice"): "c",
        }
        stepped(client, next(iter(refs)), "begin_screening")

        items = client.get(f"/api/v1/cases?{query}").json()["items"]

        assert [refs[item["ref"]] for item in items] == expected

    @pytest.mark.parametrize(
        "query",
        ["received_from=0001-01-01", "received_to=9999-12-31", "state=x", "sort=x", "officer_id=0"],
    )
    def test_a_filter_that_cannot_be_is_named(self, officer: TestClient, query: str) -> None:
        answer = officer.get(f"/api/v1/cases?{query}")

        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [query.partition("=")[0]]

    def test_each_order_is_read_to_its_end_by_cursors(self, officer: TestClient) -> None:
        refs = {opened(officer) for _ in range(5)}

        for sort in ("newest", "oldest", "due", "stalled", "updated"):
            seen: list[str] = []
            cursor = ""
            while True:
                address = f"/api/v1/cases?limit=2&sort={sort}&cursor={cursor}"
                page = officer.get(address).json()
                seen += [item["ref"] for item in page["items"]]
                if page["next"] is None:
                    break
                cursor = page["next"]
            assert (len(seen), set(seen)) == (5, refs), sort

    def test_the_words_of_cases_are_lists(self, officer: TestClient, water: int) -> None:
        def codes(path: str) -> set[str]:
            return {item["code"] for item in officer.get(f"/api/v1/{path}").json()["items"]}

        assert codes("channels") >= {"phone_1567", "walk_in"}
        assert codes("natures") >= {"complaint"}
        assert codes("service-types") >= {"general"}
        assert codes("agencies?centre_code=50") == {"water"}
        assert codes("agencies?centre_code=10") == set()
        categories = officer.get("/api/v1/categories").json()["items"]
        assert {one["code"]: one["parent_code"] for one in categories}["land_title"] == "land"


class TestWebhooks:
    @pytest.fixture
    def administrator(self, program: Program) -> TestClient:
        return program(Role.ADMINISTRATOR, "00")

    def test_the_secret_is_shown_once(self, administrator: TestClient) -> None:
        added = administrator.post("/api/v1/webhooks", json=HOOK)
        assert added.status_code == 201, added.text
        secret = added.json()["secret"]
        assert len(secret) > 20

        listed = administrator.get("/api/v1/webhooks")

        assert [one["name"] for one in listed.json()["items"]] == [HOOK["name"]]
        assert secret not in listed.text

    def test_one_is_switched_off_and_on(self, administrator: TestClient) -> None:
        webhook = administrator.post("/api/v1/webhooks", json=HOOK).json()["id"]
        address = f"/api/v1/webhooks/{webhook}"

        assert administrator.patch(address, json={"active": False}).json()["active"] is False
        assert administrator.patch(address, json={"active": True}).json()["active"] is True

    def test_one_that_is_removed_is_gone(self, administrator: TestClient) -> None:
        webhook = administrator.post("/api/v1/webhooks", json=HOOK).json()["id"]

        assert administrator.delete(f"/api/v1/webhooks/{webhook}").status_code == 204
        assert administrator.get("/api/v1/webhooks").json()["items"] == []
        assert administrator.delete(f"/api/v1/webhooks/{webhook}").status_code == 404
        answer = administrator.patch(f"/api/v1/webhooks/{webhook}", json={"active": True})
        assert answer.status_code == 404

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"url": "ftp://x"}, "url"),
            ({"events": ["case.nothing"]}, "events"),
            ({"events": []}, "events"),
            ({"centre_code": "99"}, "centre_code"),
            ({"name": ""}, "name"),
        ],
    )
    def test_what_is_wrong_is_named(
        self, administrator: TestClient, fields: dict[str, object], field: str
    ) -> None:
        answer = administrator.post("/api/v1/webhooks", json=HOOK | fields)

        assert [error["field"] for error in answer.json()["errors"]] == [field]


class TestStatistics:
    def test_the_figures_of_a_time(self, officer: TestClient) -> None:
        ref = opened(officer)
        opened(officer, category="land")
        stepped(officer, ref, "begin_screening")
        stepped(officer, ref, "handle")
        stepped(officer, ref, "report_result", result="x")
        stepped(officer, ref, "close", outcome="settled", result="x")

        found = officer.get("/api/v1/statistics").json()

        assert (found["received"], found["closed"], found["open"]) == (2, 1, 1)
        assert found["by_category"] == {"utilities": 1, "land": 1}
        assert found["outcomes"] == {"settled": 1}
        assert sum(month["received"] for month in found["by_month"].values()) == 2
        assert found["step_times"]["closing"]["p90"] >= 0

    def test_a_time_before_any_case_is_empty(self, officer: TestClient) -> None:
        query = "from_day=2001-01-01&to_day=2001-12-31"

        assert officer.get(f"/api/v1/statistics?{query}").json()["received"] == 0

    @pytest.mark.parametrize(
        "query", ["from_day=2026-12-31&to_day=2026-01-01", "from_day=1900-01-01&to_day=2026-01-01"]
    )
    def test_a_time_that_is_none_or_too_long_is_named(
        self, officer: TestClient, query: str
    ) -> None:
        answer = officer.get(f"/api/v1/statistics?{query}")

        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["from_day"]

    def test_another_centre_is_not_shown(self, officer: TestClient) -> None:
        assert officer.get("/api/v1/statistics?centre_code=10").status_code == 403
