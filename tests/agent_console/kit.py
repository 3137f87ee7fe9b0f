"""Short ways to sign in, and to make the calls and cases that the console's tests need."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.console import Console
from case_store.agencies.models import Agency
from case_store.calls.models import Call, ProvinceSource
from case_store.calls.record_call import open_call, record_queued, set_province
from case_store.clock import now
from case_store.database import Database
from case_store.people.models import Role, User
from case_store.people.sign_in import begin_sign_in
from case_store.places.numbering import read_caller
from tests.trained import trained

PASSWORD = "correct horse"
CASE = {
    "category": "utilities",
    "nature": "complaint",
    "channel": "phone_1567",
    "subject": "ไฟถนนดับ",
    "description": "ไฟถนนหน้าวัดดับมาสามคืนแล้ว",
    "province_code": "50",
    "urgency": "normal",
}


@dataclass(frozen=True)
class Visitor:
    """A signed-in person and their browser."""

    user: User
    csrf_token: str
    browser: TestClient

    def get(self, path: str, **more: Any) -> Response:
        response: Response = self.browser.get(path, **more)
        return response

    def post(self, path: str, fields: dict[str, str] | None = None, **more: Any) -> Response:
        data = {"csrf_token": self.csrf_token} | (fields or {})
        response: Response = self.browser.post(path, data=data, **more)
        return response

    def send(self, method: str, path: str, **more: Any) -> Response:
        """As a script does: the token in a header."""
        headers = {"X-CSRF-Token": self.csrf_token} | more.pop("headers", {})
        response: Response = self.browser.request(method, path, headers=headers, **more)
        return response


def add_user(
    session: Session,
    username: str,
    role: Role,
    centre: str,
    *,
    agency_id: int | None = None,
    region: str | None = None,
    is_trained: bool = True,
) -> User:
    user = User(
        username=username, display_name=username.title(), role=role, centre_code=centre,
        agency_id=agency_id, inspection_region=region,
        password_hash="unused", language="th", active=True, failed_sign_ins=0, created_at=now(),
    )  # fmt: skip
    session.add(user)
    session.flush()
    return trained(session, user) if is_trained else user


def sign_in(browser: TestClient, database: Database, user: User) -> Visitor:
    with database.transaction() as session:
        new = begin_sign_in(session, user, at=now(), lasts=timedelta(hours=12))
    console: Console = browser.app.state.console  # type: ignore[attr-defined]
    browser.cookies.set(console.session_cookie, new.token)
    return Visitor(user, new.csrf_token, browser)


def opened(person: Visitor, **fields: str) -> str:
    """The address of a case that this person wrote down."""
    answer = person.post("/cases", CASE | fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].split("?")[0])


def screened(officer: Visitor, **fields: str) -> str:
    """The same of one that they took up."""
    path = opened(officer, **fields)
    assert officer.post(f"{path}/steps/begin_screening").status_code == 303
    return path


def agency_id(database: Database, code: str = "pea_50", centre: str | None = "50") -> int:
    """An agency, made when it is not there."""
    with database.transaction() as session:
        found = session.scalar(select(Agency).where(Agency.code == code))
        if found is None:
            found = Agency(
                code=code, name_th=f"หน่วยงาน {code}", name_en=f"Agency {code}",
                centre_code=centre, active=True,
            )  # fmt: skip
            session.add(found)
            session.flush()
        return found.id


def referred(officer: Visitor, agency: int, **fields: str) -> str:
    """The address of a case that is referred to an agency."""
    path = screened(officer, **fields)
    asked = {"agency": str(agency), "request": "ขอให้ตรวจสอบ"}
    assert officer.post(f"{path}/referrals", asked).status_code == 303
    return path


def waiting_call(
    database: Database,
    pbx_id: str = "1764.1",
    number: str | None = "053211234",
    province: str = "50",
) -> Call:
    """A caller who waits in a province's queue."""
    with database.transaction() as session:
        call = open_call(session, pbx_id, caller=read_caller(number), at=now())
        set_province(session, call, province_code=province, source=ProvinceSource.AREA_CODE)
        record_queued(session, call, queue=f"p{province}", at=now())
    return call
