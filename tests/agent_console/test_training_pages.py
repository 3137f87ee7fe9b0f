"""The pages of training: the register, courses with results, practice, papers, and what the untrained are told."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from case_store.clock import frozen
from case_store.database import Database
from case_store.people.models import PresenceState, Role, User
from case_store.rotation.training.keeping import take_practice_call
from case_store.rotation.training.models import Certificate, PracticeCall, TrainingSession
from tests.agent_console.kit import Visitor, add_user

Visit = Callable[..., Visitor]
NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
PATH = "/rotation/training"
COURSE = {
    "centre": "50", "course": "line_1567", "day": "26/11/2569", "from": "09:00", "to": "16.00",
    "place": "ศาลากลางจังหวัด", "trainer": "วิชัย", "capacity": "2",
}  # fmt: skip
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[Callable[[timedelta], None]]:
    with frozen(NOON) as advance:
        yield advance


@pytest.fixture
def supervisor(visit: Visit) -> Visitor:
    return visit(Role.SUPERVISOR, "50", "wichai")


@pytest.fixture
def trainee(visit: Visit) -> Visitor:
    return visit(Role.AGENT, "50", "somchai", is_trained=False)


def announced(supervisor: Visitor, **fields: str) -> str:
    answer = supervisor.post(f"{PATH}/sessions", COURSE | fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_the_untrained_are_told_which_course_and_when_and_stay_off(
    trainee: Visitor, supervisor: Visitor, database: Database
) -> None:
    answer = trainee.post("/duty", {"state": "ready"}, headers=HTMX)
    assert answer.status_code == 200
    assert "การรับสาย 1567" in answer.text
    assert "ยังไม่มีกำหนดการอบรม" in answer.text
    announced(supervisor)
    assert "26 พ.ย. 2569 09:00" in trainee.post("/duty", {"state": "ready"}, headers=HTMX).text
    plain = trainee.post("/duty", {"state": "ready"})
    assert plain.status_code == 409
    assert "การรับสาย 1567" in plain.text
    with database.reading() as session:
        presence = session.get_one(User, trainee.user.id).presence
        assert presence is None or presence.state is not PresenceState.READY


def test_from_the_course_to_ready(
    trainee: Visitor, supervisor: Visitor, database: Database, clock: Callable[[timedelta], None]
) -> None:
    address = announced(supervisor, **{"day": "25/11/2569", "from": "12:05"})
    assert "จองที่นั่ง" in trainee.get(f"{PATH}/mine").text
    number = address.rsplit("/", 1)[1]
    assert trainee.post(f"{PATH}/mine/places/{number}").status_code == 303
    assert trainee.user.display_name in supervisor.get(address).text
    place = 1
    early = supervisor.post(f"{address}/results", {f"result_{place}": "passed"})
    assert early.status_code == 422
    clock(timedelta(minutes=10))
    done = supervisor.post(f"{address}/results", {f"result_{place}": "passed"})
    assert done.status_code == 303
    with database.transaction() as session:
        user = session.get_one(User, trainee.user.id)
        for call in range(3):
            take_practice_call(session, user, f"p.{call}", began_at=NOON, seconds=75)
        calls = [one.id for one in session.scalars(select(PracticeCall))]
    assert "1:15" in supervisor.get(PATH).text
    without_remark = supervisor.post(f"{PATH}/practice/{calls[0]}", {"good": "no"})
    assert without_remark.status_code == 422
    for call in calls:
        assert supervisor.post(f"{PATH}/practice/{call}", {"good": "yes"}).status_code == 303
    assert trainee.post("/duty", {"state": "ready"}).status_code == 303
    assert "24 พ.ย. 2571" in trainee.get(f"{PATH}/mine").text


def test_a_paper_from_elsewhere_and_its_withdrawal(
    trainee: Visitor, supervisor: Visitor, database: Database
) -> None:
    paper = {
        "centre": "50", "user": str(trainee.user.id), "course": "line_1567",
        "first_day": "1/10/2569", "note": "",
    }  # fmt: skip
    refused = supervisor.post(f"{PATH}/certificates", paper)
    assert refused.status_code == 422
    assert 'value="1/10/2569"' in refused.text  # what was typed is kept
    assert supervisor.post(f"{PATH}/certificates", paper | {"note": "มท 1/2569"}).status_code == 303
    assert trainee.post("/duty", {"state": "ready"}).status_code == 303
    with database.reading() as session:
        query = select(Certificate.id).where(Certificate.user_id == trainee.user.id)
        held = session.scalars(query).one()
    revoke = f"{PATH}/certificates/{held}/revoke"
    assert supervisor.post(revoke, {"reason": ""}).status_code == 422
    assert supervisor.post(revoke, {"reason": "ร้องเรียน"}).status_code == 303
    assert trainee.post("/duty", {"state": "ready"}).status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "31/2/2569"}, {"day": ""}, {"from": "25:00"}, {"to": "08:00"}, {"place": " "},
        {"trainer": ""}, {"capacity": "0"}, {"capacity": "x"}, {"course": "nothing"},
        {"day": "1/1/2700"}, {"place": "x" * 201},
    ],
)  # fmt: skip
def test_a_course_that_cannot_be_is_refused_and_kept_as_typed(
    supervisor: Visitor, wrong: dict[str, str]
) -> None:
    answer = supervisor.post(f"{PATH}/sessions", COURSE | wrong)
    assert answer.status_code == 422
    if "trainer" not in wrong:
        assert 'value="วิชัย"' in answer.text


def test_who_may_keep_training(visit: Visit, supervisor: Visitor, database: Database) -> None:
    address = announced(supervisor)
    for role, centre in ((Role.AGENT, "50"), (Role.SUPERVISOR, "10"), (Role.GOVERNOR, "50")):
        other = visit(role, centre)
        assert other.get(address).status_code == 403
        assert other.post(f"{address}/cancel").status_code == 403
        paper = {"centre": "50", "user": str(supervisor.user.id), "course": "line_1567"}
        if role is not Role.SUPERVISOR:
            assert other.post(f"{PATH}/certificates", paper).status_code == 403
    assert supervisor.post(f"{PATH}/sessions", COURSE | {"centre": "10"}).status_code == 403
    with database.reading() as session:
        assert session.scalars(select(TrainingSession)).one().cancelled_at is None


def test_a_session_of_the_ministry_shows_each_centre_its_own_people(
    visit: Visit, supervisor: Visitor, database: Database
) -> None:
    ministry = visit(Role.NATIONAL_OFFICER, "00", "naree")
    address = announced(ministry, centre="00", for_all="yes", capacity="9")
    with database.transaction() as session:
        bangkok = add_user(session, "malee", Role.AGENT, "10")
    number = address.rsplit("/", 1)[1]
    assert ministry.post(f"{address}/places", {"user": str(bangkok.id)}).status_code == 303
    assert bangkok.display_name in ministry.get(address).text
    assert bangkok.display_name not in supervisor.get(address).text
    assert supervisor.post(f"{PATH}/sessions/{number}/cancel").status_code == 403


def test_nobody_gives_up_the_place_of_another(
    trainee: Visitor, visit: Visit, supervisor: Visitor
) -> None:
    number = announced(supervisor).rsplit("/", 1)[1]
    trainee.post(f"{PATH}/mine/places/{number}")
    other = visit(Role.AGENT, "50", "malee")
    assert other.post(f"{PATH}/mine/places/1/give-up").status_code == 404
    assert trainee.post(f"{PATH}/mine/places/1/give-up").status_code == 303
