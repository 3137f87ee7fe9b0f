"""Files of cases: sent, previewed, opened and removed, and never more than the reader may see."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from sqlalchemy import select

from case_store.cases.referral_models import Referral
from case_store.database import Database
from case_store.people.models import Role
from case_store.storage.models import Attachment
from tests.agent_console.kit import Visitor, agency_id, opened, referred

Visit = Callable[..., Visitor]


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(file, "PNG")
    return file.getvalue()


def send(person: Visitor, path: str, content: bytes, name: str = "เสาไฟ.png", **fields: str) -> int:
    answer = person.post(f"{path}/attachments", fields, files={"file": (name, content)})
    return answer.status_code


def the_file(database: Database) -> Attachment:
    with database.reading() as session:
        return session.scalars(select(Attachment)).one()


def test_a_picture_is_kept_shown_small_and_given_back(officer: Visitor, database: Database) -> None:
    path = opened(officer)

    assert send(officer, path, picture()) == 303

    file = f"/attachments/{the_file(database).id}"
    assert f'src="{file}/preview"' in officer.get(path).text
    answer = officer.get(file)
    assert answer.content == picture()
    assert answer.headers["content-type"] == "image/png"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    small = officer.get(f"{file}/preview")
    assert (small.status_code, small.headers["content-type"]) == (200, "image/png")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.png", b"", "ไฟล์ว่างเปล่า"),
        ("a.exe", b"MZ\x90\x00" + b"\0" * 200, "ไม่รับไฟล์ชนิดนี้"),
        ("a.html", b"<script>alert(1)</script>", "ไม่รับไฟล์ชนิดนี้"),
    ],
)
def test_a_file_that_is_not_taken_says_why(
    officer: Visitor, database: Database, name: str, content: bytes, sentence: str
) -> None:
    path = opened(officer)

    answer = officer.post(f"{path}/attachments", files={"file": (name, content)})

    assert answer.status_code == 422
    assert sentence in answer.text
    with database.reading() as session:
        assert session.scalars(select(Attachment)).all() == []


def test_a_form_without_a_file_says_so(officer: Visitor) -> None:
    assert officer.post(f"{opened(officer)}/attachments").status_code == 422


def test_a_file_is_larger_than_any_form_but_not_larger_than_the_setting(officer: Visitor) -> None:
    path = opened(officer)

    assert send(officer, path, b"a" * 2_000_000, "a.txt") == 303
    assert send(officer, path, b"a" * 12_000_000, "a.txt") == 413


def test_a_file_is_closed_to_other_centres(
    officer: Visitor, visit: Visit, database: Database
) -> None:
    path = opened(officer)
    send(officer, path, picture())
    other = visit(Role.CASE_OFFICER, "10")
    file = f"/attachments/{the_file(database).id}"

    assert other.get(file).status_code == 404
    assert other.get(f"{file}/preview").status_code == 404
    assert other.post(f"{file}/remove").status_code == 404
    assert send(other, path, picture()) == 403


def test_a_file_is_removed_by_an_officer(officer: Visitor, database: Database) -> None:
    path = opened(officer)
    send(officer, path, picture())
    file = f"/attachments/{the_file(database).id}"

    assert officer.post(f"{file}/remove").status_code == 303

    assert officer.get(file).status_code == 404
    assert "ยังไม่มีไฟล์" in officer.get(path).text


@pytest.mark.parametrize("shared", [True, False])
def test_an_agency_sees_a_file_only_when_it_was_meant_for_agencies(
    officer: Visitor, visit: Visit, database: Database, shared: bool
) -> None:
    agency = agency_id(database)
    path = referred(officer, agency)
    send(officer, path, picture(), for_agencies="1" if shared else "")
    suda = visit(Role.AGENCY_OFFICER, "50", "suda", agency_id=agency)

    assert suda.get(f"/attachments/{the_file(database).id}").status_code == (200 if shared else 404)


def test_agencies_are_let_in_and_kept_out_after_the_file_was_brought(
    officer: Visitor, visit: Visit, database: Database
) -> None:
    agency = agency_id(database)
    path = referred(officer, agency)
    send(officer, path, picture())
    file = f"/attachments/{the_file(database).id}"
    suda = visit(Role.AGENCY_OFFICER, "50", "suda", agency_id=agency)
    assert "เปิดให้หน่วยงานดู" in officer.get(path).text

    opened_to = officer.post(f"{file}/agencies", {"for_agencies": "1"})

    assert opened_to.headers["location"] == f"{path}?done=act-share"
    assert suda.get(file).status_code == 200
    page = officer.get(path).text
    assert "หน่วยงานเห็น" in page
    assert "เปิดไฟล์ให้หน่วยงานดู" in page
    assert suda.post(f"{file}/agencies", {"for_agencies": "0"}).status_code == 403
    officer.post(f"{file}/agencies", {"for_agencies": "0"})
    assert suda.get(file).status_code == 404
    assert suda.post(f"{file}/agencies", {"for_agencies": "1"}).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_whoever_may_bring_files_says_who_sees_them(
    officer: Visitor, visit: Visit, database: Database, role: Role
) -> None:
    agency = agency_id(database)
    path = referred(officer, agency)
    send(officer, path, picture(), for_agencies="1")
    file = f"/attachments/{the_file(database).id}"
    more: dict[Role, dict[str, int | str]] = {
        Role.AGENCY_OFFICER: {"agency_id": agency},
        Role.INSPECTOR: {"region": "15"},
    }
    person = visit(role, "50", "somebody", **more.get(role, {}))

    answer = person.post(f"{file}/agencies", {"for_agencies": "0"})

    bringing = {Role.AGENT, Role.CASE_OFFICER, Role.SUPERVISOR, Role.NATIONAL_OFFICER}
    assert (answer.status_code == 303) == (role in bringing)
    assert the_file(database).for_agencies == (role not in bringing)
    assert ("/agencies" in person.get(path).text) == (role in bringing)


def test_an_agency_brings_files_with_its_report(
    officer: Visitor, visit: Visit, database: Database
) -> None:
    agency = agency_id(database)
    path = referred(officer, agency)
    suda = visit(Role.AGENCY_OFFICER, "50", "suda", agency_id=agency)
    with database.reading() as session:
        own = f"/agency/referrals/{session.scalars(select(Referral)).one().id}"

    assert send(suda, own, picture(), "หลังซ่อม.png") == 303

    assert "หลังซ่อม.png" in officer.get(path).text
    assert "จากหน่วยงาน" in officer.get(path).text
    refused = suda.post(f"{own}/attachments", files={"file": ("a.exe", b"MZ" + b"\0" * 99)})
    assert refused.status_code == 422
    removed = suda.post(f"/attachments/{the_file(database).id}/remove")
    assert removed.headers["location"] == own
