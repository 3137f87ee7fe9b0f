"""Short ways to the cases, agencies and programs that the API's tests need."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from case_store.agencies.models import Agency
from case_store.database import Database

Program = Callable[..., TestClient]

NEW_CASE = {
    "channel": "web_province",
    "subject": "ไฟถนนดับ",
    "description": "ไฟถนนหน้าวัดดับมาสามคืนแล้ว",
    "province_code": "50",
    "category": "utilities",
}
CLOSING = {"step": "close", "outcome": "settled", "result": "ซ่อมไฟแล้ว"}


def opened(client: TestClient, **fields: Any) -> str:
    """The reference of a new case of Chiang Mai."""
    answer = client.post("/api/v1/cases", json=NEW_CASE | fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ref"])


def stepped(client: TestClient, ref: str, step: str, **fields: Any) -> dict[str, Any]:
    """Takes a step that must succeed; the case after it."""
    answer = client.post(f"/api/v1/cases/{ref}/steps", json={"step": step} | fields)
    assert answer.status_code == 200, answer.text
    detail: dict[str, Any] = answer.json()
    return detail


def referred(client: TestClient, ref: str, agency: str = "water", **fields: Any) -> int:
    """The id of a new referral; the case is screened first."""
    if client.get(f"/api/v1/cases/{ref}").json()["state"] == "received":
        stepped(client, ref, "begin_screening")
    body = {"agency": agency, "request": "โปรดตรวจสอบ"} | fields
    answer = client.post(f"/api/v1/cases/{ref}/referrals", json=body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def agency(database: Database, code: str = "water") -> int:
    """The id of a new agency of Chiang Mai."""
    with database.transaction() as session:
        office = Agency(code=code, name_th="การประปา", name_en="Water", centre_code="50")
        session.add(office)
        session.flush()
        return office.id
