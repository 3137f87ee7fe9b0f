"""Who may do what by the JSON API: every role at every operation, and a case from another province."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from case_store.database import Database
from case_store.people.models import Role
from tests.agent_console.api_kit import NEW_CASE, Program, agency, opened, referred
from tests.agent_console.kit import waiting_call
from tests.case_store.rota import kit

R = Role
ALL = set(Role)
OFFICERS = {R.CASE_OFFICER, R.SUPERVISOR, R.NATIONAL_OFFICER}
INTAKE = OFFICERS | {R.AGENT}
OVERSIGHT = {R.DEPUTY_GOVERNOR, R.GOVERNOR, R.INSPECTOR}
AGENCY = {R.AGENCY_OFFICER}
SEEING = INTAKE | OVERSIGHT | AGENCY
KEEPERS = {R.ADMINISTRATOR}
APPOINTING = {R.SUPERVISOR, R.DEPUTY_GOVERNOR, R.NATIONAL_OFFICER}
PLANNERS = {R.SUPERVISOR, R.NATIONAL_OFFICER}
TRAINERS = {R.SUPERVISOR, R.NATIONAL_OFFICER}

OPERATIONS: Mapping[str, set[Role]] = {
    "GET /calls": INTAKE,
    "GET /calls/{call_id}": INTAKE,
    "GET /callbacks": INTAKE,
    "GET /queues": {R.SUPERVISOR, R.NATIONAL_OFFICER, R.ADMINISTRATOR} | OVERSIGHT,
    "GET /cases": SEEING,
    "POST /cases": INTAKE,
    "GET /cases/{ref}": SEEING,
    "PATCH /cases/{ref}": OFFICERS,
    "GET /cases/{ref}/events": SEEING,
    "POST /cases/{ref}/events": INTAKE | OVERSIGHT,
    "POST /cases/{ref}/steps": OFFICERS,
    "PUT /cases/{ref}/checklist": OFFICERS,
    "POST /cases/{ref}/merge": OFFICERS,
    "POST /cases/{ref}/unmerge": OFFICERS,
    "POST /cases/{ref}/identity": OFFICERS | OVERSIGHT,
    "PUT /cases/{ref}/complainant": OFFICERS,
    "POST /cases/{ref}/pin": OFFICERS,
    "GET /cases/{ref}/document.pdf": SEEING,
    "GET /cases.csv": OFFICERS | OVERSIGHT,
    "GET /cases.xlsx": OFFICERS | OVERSIGHT,
    "GET /cases/{ref}/attachments": SEEING,
    "POST /cases/{ref}/attachments": INTAKE | AGENCY,
    "GET /cases/{ref}/attachments/{attachment_id}": SEEING,
    "PATCH /cases/{ref}/attachments/{attachment_id}": INTAKE,
    "DELETE /cases/{ref}/attachments/{attachment_id}": OFFICERS,
    "POST /cases/{ref}/referrals": OFFICERS,
    "GET /referrals": SEEING,
    "GET /referrals/{referral_id}": SEEING,
    "POST /referrals/{referral_id}/steps": AGENCY,
    "GET /work": ALL,  # empty for whoever has no casework
    "GET /statistics": OFFICERS | OVERSIGHT | KEEPERS,
    "GET /rota/cover": INTAKE | OVERSIGHT,
    "GET /rota/swaps": INTAKE | OVERSIGHT,
    "POST /rota/swaps": PLANNERS,
    "POST /rota/swaps/{swap_id}/steps": PLANNERS,
    "GET /rota/stand-ins": PLANNERS,
    "POST /rota/stand-ins": PLANNERS,
    "POST /rota/sick-calls": PLANNERS,
    "GET /rota/now": INTAKE | OVERSIGHT,
    "GET /rota/schedule": INTAKE | OVERSIGHT,
    "GET /rota/rotas": INTAKE | OVERSIGHT,
    "PUT /rota/rotas/{rota_id}/duties": {R.SUPERVISOR, R.NATIONAL_OFFICER},
    "GET /channels/officers": INTAKE | OVERSIGHT,
    "GET /channels/gaps": INTAKE | OVERSIGHT,
    "GET /channels/{channel}/officers": INTAKE | OVERSIGHT,
    "POST /channels/{channel}/officers": APPOINTING,
    "POST /channels/officers/{appointment_id}/days": APPOINTING,
    "GET /webhooks": KEEPERS,
    "POST /webhooks": KEEPERS,
    "PATCH /webhooks/{webhook_id}": KEEPERS,
    "DELETE /webhooks/{webhook_id}": KEEPERS,
    "GET /training/courses": ALL,
    "GET /training/sessions": INTAKE | OVERSIGHT,
    "POST /training/sessions": TRAINERS,
    "POST /training/sessions/{session_id}/results": TRAINERS,
    "GET /training/practice-calls": TRAINERS,
    "POST /training/practice-calls/{practice_id}/sign-off": TRAINERS,
    "GET /certificates": TRAINERS,
    "POST /certificates": TRAINERS,
    "POST /certificates/{certificate_id}/revoke": TRAINERS,
    "GET /rota/shift-types": INTAKE | OVERSIGHT,
    "GET /rota/terms": {R.SUPERVISOR, R.NATIONAL_OFFICER},
    "PUT /rota/terms": {R.SUPERVISOR, R.NATIONAL_OFFICER},
    "GET /rota/wishes": {R.SUPERVISOR, R.NATIONAL_OFFICER},
    "POST /rota/wishes": {R.SUPERVISOR, R.NATIONAL_OFFICER},
    "DELETE /rota/wishes/{wish_id}": {R.SUPERVISOR, R.NATIONAL_OFFICER},
    "GET /rota/absences": {R.SUPERVISOR, R.NATIONAL_OFFICER},
    "POST /rota/absences": {R.SUPERVISOR, R.NATIONAL_OFFICER},
    "POST /rota/absences/{absence_id}/decision": {R.SUPERVISOR, R.NATIONAL_OFFICER},
    "GET /rota/holidays": ALL,
    "GET /rota/rules": ALL,
    "GET /agencies": ALL,
    "GET /categories": ALL,
    "GET /channels": ALL,
    "GET /natures": ALL,
    "GET /service-types": ALL,
}
BODIES: Mapping[str, dict[str, Any]] = {
    "POST /channels/{channel}/officers": {
        "centre_code": "50",
        "user": "nobody",
        "first_day": "2026-11-25",
    },
    "POST /channels/officers/{appointment_id}/days": {"last_day": None},
    "POST /cases": NEW_CASE,
    "PATCH /cases/{ref}": {"subject": "ไฟดับทั้งซอย"},
    "POST /cases/{ref}/events": {"note": "x"},
    "POST /cases/{ref}/steps": {"step": "begin_screening"},
    "PUT /cases/{ref}/checklist": {},
    "POST /cases/{ref}/merge": {"into": "{other}", "note": "x"},
    "POST /cases/{ref}/unmerge": {"note": "x"},
    "POST /cases/{ref}/identity": {"reason": "ต้องติดต่อเพื่อขอหลักฐาน"},
    "PUT /cases/{ref}/complainant": {"identity": {"name": "สมศรี"}},
    "POST /cases/{ref}/referrals": {"agency": "water", "request": "x"},
    "POST /referrals/{referral_id}/steps": {"step": "accept"},
    "PATCH /cases/{ref}/attachments/{attachment_id}": {"for_agencies": True},
    "POST /training/sessions": {
        "course_code": "line_1567",
        "centre_code": "50",
        "begins_at": "2099-01-01T02:00:00Z",
        "ends_at": "2099-01-01T09:00:00Z",
        "place": "x",
        "trainer": "x",
        "capacity": 5,
    },
    "POST /training/sessions/{session_id}/results": {"username": "x", "attendance": "attended"},
    "POST /training/practice-calls/{practice_id}/sign-off": {"good": True},
    "POST /certificates": {
        "username": "x",
        "course_code": "line_1567",
        "first_day": "2026-11-25",
        "note": "x",
    },
    "POST /certificates/{certificate_id}/revoke": {"reason": "x"},
    "PUT /rota/terms": {"user": "nobody", "staff_class": "official", "week_minutes": 2400},
    "POST /rota/wishes": {"user": "nobody", "day": "2027-02-01", "wanted": False},
    "POST /rota/absences": {
        "user": "nobody",
        "kind": "annual",
        "first_day": "2027-01-01",
        "last_day": "2027-01-01",
    },
    "POST /rota/absences/{absence_id}/decision": {"approve": True},
    "PUT /rota/rotas/{rota_id}/duties": {
        "expected_version": 7,
        "changes": [{"user": "nobody", "day": "2026-12-07", "shift": None}],
    },
    "POST /webhooks": {"name": "y", "url": "https://example.go.th", "events": ["*"]},
    "PATCH /webhooks/{webhook_id}": {"active": False},
    "POST /rota/swaps": {"giver": "nobody", "day": "2026-12-07"},
    "POST /rota/swaps/{swap_id}/steps": {"step": "approve"},
    "POST /rota/stand-ins": {
        "province_code": "50", "day": "2026-12-07", "shift": "M", "username": "nobody", "agreed": True,
    },
    "POST /rota/sick-calls": {
        "username": "nobody", "first_day": "2026-12-07", "last_day": "2026-12-07",
    },
}  # fmt: skip
NEEDS_CENTRE = {"GET /training/sessions", "GET /certificates"}
STEPS: Mapping[str, set[Role]] = {
    "begin_screening": OFFICERS,
    "handle": OFFICERS,
    "report_result": OFFICERS,
    "send_back_result": OFFICERS,
    "close": OFFICERS,
    "reject": OFFICERS,
    "withdraw": OFFICERS,
    "reopen": OFFICERS,
    "wait": OFFICERS,
    "go_on": OFFICERS,
    "transfer": OFFICERS,
    "assign": OFFICERS | {R.DEPUTY_GOVERNOR},
}
NEEDED: Mapping[str, dict[str, Any]] = {
    "report_result": {"result": "x"},
    "close": {"outcome": "settled", "result": "x"},
    "reject": {"reason": "in_court", "note": "x"},
    "transfer": {"centre_code": "10", "note": "x"},
    "assign": {"officer": "suda"},
    "begin_screening": {},
    "handle": {},
    "go_on": {},
}
REFERRAL_STEPS: Mapping[str, set[Role]] = {
    "accept": AGENCY,
    "begin": AGENCY,
    "tell_progress": AGENCY,
    "report": AGENCY,
    "return": AGENCY,
    "recall": OFFICERS,
    "send_back": OFFICERS,
}
NEEDED_OF_REFERRALS: Mapping[str, dict[str, Any]] = {
    "accept": {},
    "begin": {},
    "report": {"report": "x"},
}


@dataclass(frozen=True)
class Scene:
    """A case of Chiang Mai that an agency works on, with a file, and the names of what else there is."""

    names: Mapping[str, str]
    agency_id: int

    def status(self, client: TestClient, operation: str, body: dict[str, Any] | None) -> int:
        method, _, template = operation.partition(" ")
        address = f"/api/v1{template.format(**self.names)}"
        if operation in NEEDS_CENTRE:
            address += "?centre_code=50"
        if template.endswith("/attachments") and method == "POST":
            return int(client.post(address, files={"file": ("a.txt", b"x")}).status_code)
        sent = {} if body is None else {"json": self._named(body)}
        return int(client.request(method, address, **sent).status_code)

    def _named(self, body: dict[str, Any]) -> dict[str, Any]:
        other = self.names["other"]
        return {name: other if value == "{other}" else value for name, value in body.items()}


@pytest.fixture
def scene(program: Program, database: Database) -> Scene:
    client, water = program(Role.NATIONAL_OFFICER, "00"), agency(database)
    ref, other = opened(client, complainant_name="สมศรี"), opened(client)
    files = {"file": ("a.txt", b"x")}
    address = f"/api/v1/cases/{ref}/attachments"
    attached = client.post(address, files=files, data={"for_agencies": "true"}).json()
    keeper = program(Role.ADMINISTRATOR, "00")
    hook = keeper.post("/api/v1/webhooks", json=BODIES["POST /webhooks"] | {"name": "x"}).json()
    with database.transaction() as session:
        rota_id = kit.rota(session).id
        appointment_id = kit.channel_officer(session).id
    names = {
        "rota_id": str(rota_id),
        "appointment_id": str(appointment_id),
        "channel": "letter",
        "ref": ref,
        "other": other,
        "referral_id": str(referred(client, ref)),
        "attachment_id": str(attached["id"]),
        "webhook_id": str(hook["id"]),
        "swap_id": "1",
        "session_id": "999",
        "practice_id": "999",
        "certificate_id": "999",
        "wish_id": "999",
        "absence_id": "1",
        "call_id": str(waiting_call(database).id),
    }
    return Scene(names, water)


@pytest.fixture
def programs(program: Program, scene: Scene) -> Callable[[Role], TestClient]:
    """The program of a role that has to do with Chiang Mai."""

    def of(role: Role) -> TestClient:
        match role:
            case Role.AGENCY_OFFICER:
                return program(role, "50", agency_id=scene.agency_id)
            case Role.INSPECTOR:
                return program(role, "00", inspection_region="15")
            case Role.NATIONAL_OFFICER | Role.ADMINISTRATOR:
                return program(role, "00", agency_id=None)  # the scene has their others
        return program(role, "50")

    return of


def test_the_table_names_every_operation(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    described = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, operations in paths.items()
        for method in operations
    }

    assert described == set(OPERATIONS)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_the_table_says_and_nothing_else(
    programs: Callable[[Role], TestClient], scene: Scene, role: Role
) -> None:
    client = programs(role)

    # What removes something comes last.
    order = sorted(OPERATIONS, key=lambda operation: operation.startswith("DELETE"))
    allowed = {one for one in order if scene.status(client, one, BODIES.get(one)) != 403}

    assert allowed == {one for one, roles in OPERATIONS.items() if role in roles}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_take_the_steps_that_the_table_says(
    programs: Callable[[Role], TestClient], scene: Scene, role: Role
) -> None:
    client = programs(role)
    step, referral_step = "POST /cases/{ref}/steps", "POST /referrals/{referral_id}/steps"

    def may(operation: str, name: str, needed: dict[str, Any]) -> bool:
        return scene.status(client, operation, {"step": name} | needed) != 403

    last = {"return", "recall"}
    referral_steps = sorted(REFERRAL_STEPS, key=lambda name: name in last)
    theirs = {
        name
        for name in referral_steps
        if may(referral_step, name, NEEDED_OF_REFERRALS.get(name, {"note": "x"}))
    }
    # What gives the case to others comes last.
    in_turn = sorted(STEPS, key=lambda name: name == "transfer")
    steps = {name for name in in_turn if may(step, name, NEEDED.get(name, {"note": "x"}))}

    assert theirs == {name for name, roles in REFERRAL_STEPS.items() if role in roles}
    assert steps == {name for name, roles in STEPS.items() if role in roles}


@pytest.mark.parametrize(
    ("role", "more"),
    [
        *((role, {}) for role in sorted(INTAKE - {R.NATIONAL_OFFICER})),
        (R.DEPUTY_GOVERNOR, {}),
        (R.GOVERNOR, {}),
        (R.INSPECTOR, {"inspection_region": "1"}),
    ],
)
def test_from_another_province_nothing_of_a_case_can_be_done(
    program: Program, scene: Scene, role: Role, more: dict[str, str]
) -> None:
    stranger = program(role, "10", **more)

    about_the_case = [one for one in OPERATIONS if "{ref}" in one or "{referral_id}" in one]
    statuses = {one: scene.status(stranger, one, BODIES.get(one)) for one in about_the_case}

    assert statuses == dict.fromkeys(about_the_case, 403)
    for listed in ("/cases", "/referrals"):
        assert stranger.get(f"/api/v1{listed}").json()["items"] == []


def test_another_agency_can_do_nothing_with_a_case(
    program: Program, scene: Scene, database: Database
) -> None:
    stranger = program(Role.AGENCY_OFFICER, "50", agency_id=agency(database, "road"))

    about_the_case = [one for one in OPERATIONS if "{ref}" in one or "{referral_id}" in one]
    statuses = {one: scene.status(stranger, one, BODIES.get(one)) for one in about_the_case}

    assert statuses == dict.fromkeys(about_the_case, 403)
    assert stranger.get("/api/v1/referrals").json()["items"] == []


def test_a_secret_case_is_closed_to_agents(program: Program) -> None:
    ref = opened(program(), secrecy="secret")
    agent = program(Role.AGENT, "50")

    assert agent.get(f"/api/v1/cases/{ref}").status_code == 403
    assert agent.get("/api/v1/cases").json()["items"] == []
    assert program(Role.CASE_OFFICER, "50").get(f"/api/v1/cases/{ref}").status_code == 200
