"""The courses are kept on a page: added, changed, closed, and what cannot be is said."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from case_store.audit.models import AuditEntry
from case_store.database import Database
from case_store.people.models import Role
from case_store.rotation.training.models import Course
from tests.agent_console.kit import Visitor

Visit = Callable[..., Visitor]
PATH = "/rotation/courses"
NEW = {
    "code": "line_again", "channel": "phone_1567", "name_th": "ทบทวนการรับสาย", "name_en": "Calls again",
    "valid_months": "12", "practice_calls": "2",
}  # fmt: skip


@pytest.fixture
def keeper(visit: Visit) -> Visitor:
    return visit(Role.NATIONAL_OFFICER, "00")


def kept(database: Database, code: str) -> Course:
    with database.reading() as session:
        return session.scalars(select(Course).where(Course.code == code)).one()


def test_a_course_is_added_and_written_into_the_trail(keeper: Visitor, database: Database) -> None:
    assert keeper.post(PATH, NEW).status_code == 303

    course = kept(database, "line_again")
    assert (course.channel, course.valid_months, course.practice_calls) == ("phone_1567", 12, 2)
    assert course.active
    assert "ทบทวนการรับสาย" in keeper.get(PATH).text
    with database.reading() as session:
        actions = session.scalars(select(AuditEntry.action)).all()
    assert "course.added" in actions


def test_a_course_is_changed_and_closed_where_another_is_left(
    keeper: Visitor, database: Database
) -> None:
    only = {"name_th": "ใหม่", "name_en": "New", "valid_months": "6", "practice_calls": "0"}
    refused = keeper.post(f"{PATH}/line_1567", only)
    assert refused.status_code == 422
    assert "เพิ่มหลักสูตรอื่นของช่องทางนี้ก่อน" in refused.text
    assert kept(database, "line_1567").active
    assert kept(database, "line_1567").name_th != "ใหม่"

    keeper.post(PATH, NEW)
    assert keeper.post(f"{PATH}/line_1567", only).status_code == 303

    course = kept(database, "line_1567")
    assert (course.active, course.name_th, course.valid_months) == (False, "ใหม่", 6)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "Line 1567"),
        ("code", "line_1567"),
        ("channel", "nothing"),
        ("name_th", " "),
        ("name_en", "x" * 121),
        ("valid_months", "0"),
        ("valid_months", "ten"),
        ("practice_calls", "51"),
        ("practice_calls", ""),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(
    keeper: Visitor, field: str, value: str
) -> None:
    page = keeper.post(PATH, NEW | {field: value})

    assert page.status_code == 422
    assert f'id="n-{field}-error"' in page.text
    other = "name_en" if field == "name_th" else "name_th"
    assert f'value="{NEW[other]}"' in page.text


def test_there_is_no_page_for_a_course_that_is_not_there(keeper: Visitor) -> None:
    assert keeper.get(f"{PATH}/nothing").status_code == 404
    assert keeper.post(f"{PATH}/nothing", NEW).status_code == 404
