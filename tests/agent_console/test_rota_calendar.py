"""The rota's pages: who sees which centre, what a change answers, own duties, links, spreadsheets."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar
from openpyxl import load_workbook
from sqlalchemy import select

from agent_console.console import Console
from case_store.clock import frozen
from case_store.database import Database
from case_store.people.models import Role, User
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    CalendarFeed,
    CoverNeed,
    DutyCause,
    Layer,
    RequestState,
    Rota,
    RotaState,
)
from case_store.rotation.rota.schedule import final_schedule
from tests.agent_console.kit import Visitor, add_user
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST, LAST

Visit = Callable[..., Visitor]
MORNING = datetime(2026, 12, 9, 2, 0, tzinfo=UTC)
"""Nine in the morning of a Wednesday in Bangkok."""
PATH = "/rotation/calendar"
MONTH = {"day": "2026-12-01"}


@dataclass(frozen=True)
class There:
    """What the centre of Chiang Mai has."""

    rota_id: int
    anong: int
    boon: int


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with frozen(MORNING):
        yield


@pytest.fixture
def supervisor(visit: Visit) -> Visitor:
    return visit(Role.SUPERVISOR, "50", "wichai")


@pytest.fixture
def there(database: Database, agent: Visitor) -> There:
    """Anong has the morning of each day from the 7th to the 11th, Boon the evening of the 9th."""
    with database.transaction() as session:
        anong = add_user(session, "anong", Role.AGENT, "50")
        boon = add_user(session, "boon", Role.AGENT, "50")
        early, late, _ = kit.three_shifts(session)
        rota = kit.rota(session)
        for number in range(5):
            kit.duty(session, rota, anong, day(number), early)
        kit.duty(session, rota, boon, day(2), late)
        for weekday in range(7):
            session.add(CoverNeed(shift_type_id=early.id, weekday=weekday, people=1, experienced=0))
        return There(rota.id, anong.id, boon.id)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def edit(there: There, *changes: tuple[int, int, str | None], **more: Any) -> dict[str, Any]:
    return {
        "centre": "50",
        "versions": {there.rota_id: 1},
        "changes": [
            {"user_id": user_id, "day": day(number).isoformat(), "code": code}
            for user_id, number, code in changes
        ],
    } | more


def put(person: Visitor, body: dict[str, Any]) -> Any:
    headers = {"Accept": "application/json"}
    return person.send("POST", f"{PATH}/duties", json=body, headers=headers)


def squares(html: str, user_id: int) -> str:
    """A person's row as a word: the shifts' codes, a dot where there is none."""
    codes = re.findall(rf'data-user="{user_id}" data-day="[0-9-]+" data-code="(\w*)"', html)
    return "".join(code or "." for code in codes)


def standing(database: Database) -> dict[tuple[int, date], str]:
    with database.reading() as session:
        duties = final_schedule(session, FIRST, LAST)
        return {(duty.user_id, duty.day): duty.shift_type.code for duty in duties}


# ── The calendar ─────────────────────────────────────────────────────────────────────────────


def test_a_month_shows_everybodys_duties_to_everybody_of_the_centre(
    there: There, agent: Visitor
) -> None:
    page = agent.get(PATH, params=MONTH)

    assert page.status_code == 200
    assert squares(page.text, there.anong) == "......MMMMM" + "." * 20
    assert squares(page.text, there.boon) == "........E" + "." * 22
    assert "ธันวาคม 2569" in page.text
    assert 'aria-readonly="true"' in page.text and "data-plans" not in page.text


def test_a_week_shows_times_and_who_is_on_each_shift(there: There, agent: Visitor) -> None:
    page = agent.get(PATH, params={"view": "week", "day": "2026-12-09"})

    assert squares(page.text, there.anong) == "MMMMM.."
    assert "08.00–16.00" in page.text
    assert '<span class="who">Boon</span>' in page.text


def test_what_is_missing_is_said_in_words(there: There, agent: Visitor) -> None:
    page = agent.get(PATH, params={"view": "week", "day": "2026-12-09"})

    assert page.text.count("0 จาก 1 ขาด 1") >= 2


def test_marks_leave_and_changes_and_only_planners_read_why(
    there: There, agent: Visitor, supervisor: Visitor, database: Database
) -> None:
    with database.transaction() as session:
        rota, anong = session.get_one(Rota, there.rota_id), session.get_one(User, there.anong)
        sick = kit.duty(session, rota, anong, day(1), None, Layer.OVERRIDDEN, DutyCause.SICK)
        sick.reason, sick.made_at = "เป็นไข้หวัด", MORNING
        session.add(
            Absence(
                user_id=there.anong, kind=AbsenceKind.MATERNITY, first_day=day(5), last_day=day(6),
                state=RequestState.APPROVED, asked_at=MORNING, asked_by="anong",
            )
        )  # fmt: skip

    seen, planned = (one.get(PATH, params=MONTH).text for one in (agent, supervisor))

    for page in (seen, planned):
        assert '<span class="sign" aria-hidden="true">+</span>' in page
        assert "แจ้งลาป่วย" in page
    assert "เป็นไข้หวัด" in planned and "เป็นไข้หวัด" not in seen
    assert "ลาคลอด" in planned and "ลาคลอด" not in seen


def test_another_centres_rota_is_not_for_agents_and_one_that_is_none_is_not_found(
    there: There, agent: Visitor, visit: Visit
) -> None:
    assert agent.get(PATH, params={"centre": "57"}).status_code == 403
    assert agent.get(PATH, params={"centre": "99"}).status_code == 404
    assert visit(Role.AGENT, "57").get(PATH, params={"centre": "50"}).status_code == 403
    assert visit(Role.ADMINISTRATOR, "00").get(PATH).status_code == 403
    assert visit(Role.NATIONAL_OFFICER, "00").get(PATH, params={"centre": "50"}).status_code == 200


def test_a_draft_is_the_planners_alone(
    there: There, agent: Visitor, supervisor: Visitor, database: Database
) -> None:
    with database.transaction() as session:
        boon = session.get_one(User, there.boon)
        draft = kit.rota(session, first=day(28), last=day(34), state=RotaState.DRAFT)
        late = kit.shift_type(session, "L", 12)
        kit.duty(session, draft, boon, day(28), late)
        other = kit.rota(session, "57", state=RotaState.DRAFT)
        draft_id, other_id = draft.id, other.id

    page = supervisor.get(PATH, params={"rota": draft_id})
    assert "L" in squares(page.text, there.boon)
    assert squares(supervisor.get(PATH).text, there.boon).count("L") == 0
    assert agent.get(PATH, params={"rota": draft_id}).status_code == 404
    assert supervisor.get(PATH, params={"rota": other_id}).status_code == 404
    assert supervisor.get(PATH, params={"rota": 10**9}).status_code == 404


@pytest.mark.parametrize("odd", ["", "x", "2026-13-45", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_none_shows_this_month(there: There, agent: Visitor, odd: str) -> None:
    page = agent.get(PATH, params={"day": odd, "view": odd})

    assert page.status_code == 200 and "ธันวาคม 2569" in page.text


def test_a_centre_without_a_rota_says_what_to_do(visit: Visit) -> None:
    assert "ยังไม่มีตารางเวร" in visit(Role.AGENT, "57").get(PATH).text
    planner = visit(Role.SUPERVISOR, "57", "planner57")
    assert "จัดตารางเวร" in planner.get(PATH).text


# ── Changing it ──────────────────────────────────────────────────────────────────────────────


def test_a_planner_exchanges_two_duties_and_takes_it_back(
    there: There, supervisor: Visitor, database: Database
) -> None:
    was = standing(database)

    answer = put(supervisor, edit(there, (there.anong, 4, "E"), (there.boon, 4, "M")))

    assert answer.status_code == 200, answer.text
    assert standing(database)[there.anong, day(4)] == "E"
    back = answer.json()
    again = put(
        supervisor, {"centre": "50", "versions": back["versions"], "changes": back["before"]}
    )
    assert again.status_code == 200 and standing(database) == was


def test_a_refusal_says_which_rules_in_words_and_changes_nothing(
    there: There, supervisor: Visitor, database: Database
) -> None:
    was = standing(database)

    answer = put(supervisor, edit(there, (there.boon, 3, "M"), (there.anong, 3, None)))

    assert answer.status_code == 422
    problem = answer.json()
    assert [one["rule"] for one in problem["breaches"]] == ["least_rest"]
    assert "Boon" in problem["breaches"][0]["words"]
    assert "พักระหว่างเวรเพียง 8 ชั่วโมง" in problem["breaches"][0]["words"]
    assert problem["may_insist"] and standing(database) == was


def test_a_rule_of_the_house_is_broken_with_a_reason_and_the_law_is_not(
    there: There, supervisor: Visitor, database: Database
) -> None:
    leave = Absence(
        user_id=there.boon, kind=AbsenceKind.ANNUAL, first_day=day(5), last_day=day(5),
        state=RequestState.APPROVED, asked_at=MORNING, asked_by="boon",
    )  # fmt: skip
    with database.transaction() as session:
        session.add(leave)
    insists = {"insist": True, "reason": "น้ำท่วม"}

    law = put(supervisor, edit(there, (there.boon, 5, "M"), **insists))
    house = put(supervisor, edit(there, (there.boon, 3, "M"), **insists))

    assert law.status_code == 422 and not law.json()["may_insist"]
    assert "ลาพักผ่อน" in law.json()["breaches"][0]["words"]
    assert house.status_code == 200


def test_without_a_certificate_the_refusal_names_the_course(
    there: There, supervisor: Visitor, database: Database
) -> None:
    with database.transaction() as session:
        new = add_user(session, "mai", Role.AGENT, "50", is_trained=False).id

    answer = put(supervisor, edit(there, (new, 3, "M")))

    assert answer.status_code == 422
    assert "หลักสูตร" in answer.json()["breaches"][0]["words"]


def test_the_second_editor_is_told(there: There, supervisor: Visitor) -> None:
    put(supervisor, edit(there, (there.anong, 2, None)))

    answer = put(supervisor, edit(there, (there.boon, 2, None)))

    assert answer.status_code == 409 and answer.json()["changed"]


def test_a_past_day_is_changed_only_for_a_reason(there: There, supervisor: Visitor) -> None:
    change = (there.anong, 0, None)

    refused = put(supervisor, edit(there, change))
    without = put(supervisor, edit(there, change, override=True, reason=" "))
    done = put(supervisor, edit(there, change, override=True, reason="ไม่ได้มา"))

    assert refused.status_code == 409 and refused.json()["may_override"]
    assert without.status_code == 422
    assert done.status_code == 200


def test_agents_and_other_centres_planners_change_nothing(
    there: There, agent: Visitor, visit: Visit, database: Database
) -> None:
    was = standing(database)
    body = edit(there, (there.anong, 3, None))

    assert put(agent, body).status_code == 403
    assert put(visit(Role.SUPERVISOR, "57"), body).status_code == 403
    assert standing(database) == was


def test_a_forged_change_and_one_that_is_no_change_are_refused(
    there: There, supervisor: Visitor
) -> None:
    body = edit(there, (there.anong, 3, None))
    forged = supervisor.browser.post(f"{PATH}/duties", json=body)
    assert forged.status_code == 403
    bads: list[dict[str, Any]] = [
        {"changes": []},
        {"versions": "x"},
        {"centre": "fifty"},
        {"reason": "x" * 301},
    ]
    for bad in bads:
        assert put(supervisor, body | bad).status_code == 422
    assert put(supervisor, edit(there, (there.anong, 3, "Q"))).status_code == 422
    assert put(supervisor, edit(there, (there.anong, 300, "M"))).status_code == 422
    assert put(supervisor, edit(there, (999_999, 3, "M"))).status_code == 422


# ── Own duties and links ─────────────────────────────────────────────────────────────────────


def own(database: Database, there: There, person: Visitor, number: int, code: str = "M") -> None:
    with database.transaction() as session:
        rota, user = session.get_one(Rota, there.rota_id), session.get_one(User, person.user.id)
        shift = next(
            one.shift_type
            for one in final_schedule(session, FIRST, LAST)
            if one.shift_type.code == code
        )
        kit.duty(session, rota, user, day(number), shift)


def test_the_own_page_says_what_comes_next(
    there: There, agent: Visitor, database: Database
) -> None:
    own(database, there, agent, 3)
    own(database, there, agent, 7)

    page = agent.get("/rotation/mine").text

    assert re.search(r'next-day">พรุ่งนี้<.*?next-times">08.00–16.00<', page, re.DOTALL)
    assert "/rotation/swaps/new?day=2026-12-10" in page
    assert "/rotation/sick?day=2026-12-10" in page
    assert page.count('class="duty-when"') == 2
    assert "<dd>14</dd>" in page


def test_every_link_of_the_own_page_leads_somewhere(
    there: There, agent: Visitor, database: Database
) -> None:
    own(database, there, agent, 3)
    main = agent.get("/rotation/mine").text.partition('<main id="main"')[2].partition("</main>")[0]
    links = set(re.findall(r'href="(/rotation/[^"]+)"', main))

    assert len(links) >= 5
    assert {link: agent.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_the_own_page_without_duties_and_for_those_who_have_none(
    agent: Visitor, visit: Visit
) -> None:
    assert "ไม่มีเวร" in agent.get("/rotation/mine").text
    assert visit(Role.ADMINISTRATOR, "00").get("/rotation/mine").status_code == 403


def link_of(answer: Any) -> str:
    found = re.search(r"/feeds/rota/[A-Za-z0-9_-]+\.ics", answer.text)
    assert found, answer.text
    return found[0]


def test_a_link_is_shown_once_read_without_a_sign_in_and_revoked(
    there: There, agent: Visitor, client: TestClient, database: Database
) -> None:
    own(database, there, agent, 3)
    link = link_of(agent.post("/rotation/feeds", {"kind": "person"}))

    listed = agent.get("/rotation/feeds").text
    answer = client.get(link)

    assert link not in listed
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["uid"] == f"duty-{agent.user.id}-20261210@damrong"
    with database.reading() as session:
        feed = session.scalars(select(CalendarFeed)).one()
        assert feed.last_read_at == MORNING
    assert agent.post(f"/rotation/feeds/{feed.id}/revoke").status_code == 303
    assert client.get(link).status_code == 404


def test_a_centres_link_has_everybodys_duties(
    there: There, agent: Visitor, client: TestClient
) -> None:
    link = link_of(agent.post("/rotation/feeds", {"kind": "centre"}))

    events = Calendar.from_ical(client.get(link).content).walk("VEVENT")

    assert len(events) == 6
    assert {str(event["summary"]).split(" · ")[0] for event in events} == {"Anong", "Boon"}


def test_the_secret_of_a_link_stands_in_no_log(
    there: There, agent: Visitor, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    link = link_of(agent.post("/rotation/feeds", {"kind": "person"}))
    secret = link.split("/")[-1].removesuffix(".ics")
    caplog.clear()

    client.get(link)

    ours = [one.getMessage() for one in caplog.records if not one.name.startswith("httpx")]
    assert any("/feeds/rota/{token}.ics 200" in line for line in ours)
    assert not any(secret in line for line in ours)


def test_whoever_guesses_links_has_to_wait(client: TestClient, console: Console) -> None:
    guesses = [client.get(f"/feeds/rota/{'x' * 30}{number}.ics") for number in range(40)]

    assert guesses[0].status_code == 404
    assert guesses[-1].status_code == 429 and int(guesses[-1].headers["retry-after"]) > 0


def test_only_its_maker_and_a_planner_of_the_centre_revoke_a_link(
    there: There, agent: Visitor, supervisor: Visitor, visit: Visit, database: Database
) -> None:
    agent.post("/rotation/feeds", {"kind": "person"})
    with database.reading() as session:
        feed_id = session.scalars(select(CalendarFeed)).one().id
    path = f"/rotation/feeds/{feed_id}/revoke"

    assert visit(Role.AGENT, "50", "nosy").post(path).status_code == 403
    assert visit(Role.SUPERVISOR, "57").post(path).status_code == 403
    assert "Kanya" in supervisor.get("/rotation/feeds").text
    assert supervisor.post(path).status_code == 303
    assert supervisor.post("/rotation/feeds/999/revoke").status_code == 404


# ── Spreadsheets ─────────────────────────────────────────────────────────────────────────────


def exported(person: Visitor, **more: str) -> bytes:
    answer = person.get(f"{PATH}/files/rota.xlsx", params=MONTH | more)
    assert answer.status_code == 200
    return bytes(answer.content)


def sent(person: Visitor, content: bytes, **fields: str) -> Any:
    files = {"file": ("เวร.xlsx", content)}
    return person.post(f"{PATH}/imports", {"centre": "50"} | MONTH | fields, files=files)


def with_cells(content: bytes, **cells: str | None) -> bytes:
    book = load_workbook(io.BytesIO(content))
    for place, words in cells.items():
        book.worksheets[0][place] = words
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def confirmed(person: Visitor, page: Any, **fields: str) -> Any:
    import html

    [checked] = re.findall(r'name="checked" value="([^"]*)"', page.text)
    told = {"centre": "50", "checked": html.unescape(checked)} | MONTH | fields
    return person.post(f"{PATH}/imports/go", told)


def test_a_spreadsheet_goes_out_is_checked_and_comes_in(
    there: There, supervisor: Visitor, database: Database
) -> None:
    # Anong stands in row 6, day 1 in column D: the 11th is N, the 12th O.
    changed = with_cells(exported(supervisor), N6=None, O6="M")
    was = standing(database)

    page = sent(supervisor, changed)

    assert page.status_code == 200 and page.text.count("จะเปลี่ยน") >= 2
    assert standing(database) == was
    assert confirmed(supervisor, page).status_code == 303
    assert standing(database) == {
        (there.anong, day(5)) if key == (there.anong, day(4)) else key: code
        for key, code in was.items()
    }


def test_nothing_is_written_while_a_cell_is_refused(
    there: There, supervisor: Visitor, database: Database
) -> None:
    changed = with_cells(exported(supervisor), O6="Q", P6="M", D6="M")
    was = standing(database)

    page = sent(supervisor, changed)

    assert "ไม่มีเวรรหัสนี้" in page.text and 'name="checked"' not in page.text
    assert standing(database) == was


def test_what_was_checked_is_not_written_over_what_somebody_did_meanwhile(
    there: There, supervisor: Visitor, database: Database
) -> None:
    page = sent(supervisor, with_cells(exported(supervisor), O6="M"))
    put(supervisor, edit(there, (there.boon, 2, None)))

    answer = confirmed(supervisor, page)

    assert answer.status_code == 422
    assert (there.anong, day(5)) not in standing(database)
    again = supervisor.post(f"{PATH}/imports/go", {"centre": "50", "checked": "[]"})
    assert again.status_code == 422


def test_rules_of_the_house_are_broken_by_a_spreadsheet_only_with_a_reason(
    there: There, supervisor: Visitor, database: Database
) -> None:
    boons_row = {"M7": "M"}  # the morning after the evening of the 9th
    page = sent(supervisor, with_cells(exported(supervisor), **boons_row))

    assert confirmed(supervisor, page).status_code == 422
    assert confirmed(supervisor, page, reason="ตกลงกันแล้ว").status_code == 303
    assert standing(database)[there.boon, day(3)] == "M"


def test_what_is_no_rota_is_refused_with_words(there: There, supervisor: Visitor) -> None:
    for content in (b"", b"\x00\x01", b"PK\x03\x04 broken", "ก,ข\n1,2".encode()):
        page = sent(supervisor, content)
        assert page.status_code == 422 and 'class="error"' in page.text
    assert supervisor.post(f"{PATH}/imports", {"centre": "50"}).status_code == 422


def test_agents_take_the_rota_out_and_bring_nothing_in(
    there: There, agent: Visitor, visit: Visit
) -> None:
    content = exported(agent)

    assert sent(agent, content).status_code == 403
    assert agent.get(f"{PATH}/imports").status_code == 403
    assert agent.get(f"{PATH}/files/approval.xlsx").status_code == 403
    assert agent.get(f"{PATH}/files/secret.xlsx").status_code == 422
    stranger = visit(Role.SUPERVISOR, "57")
    assert stranger.get(f"{PATH}/files/rota.xlsx", params={"centre": "50"}).status_code == 403
    assert sent(stranger, content).status_code == 403


def test_the_list_for_approval_is_a_spreadsheet(there: There, supervisor: Visitor) -> None:
    answer = supervisor.get(f"{PATH}/files/approval.xlsx", params=MONTH)

    book = load_workbook(io.BytesIO(answer.content))
    assert [sheet.max_row for sheet in book.worksheets] == [2, 1]
