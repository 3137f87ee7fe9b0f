"""The pages of change: from an offer to an approved swap, from a sick call to a stand-in, and the gaps between."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from case_store.clock import frozen
from case_store.database import Database
from case_store.people.models import Role, User
from case_store.rotation.rota.models import CoverNeed, Rota, Swap, SwapState
from case_store.rotation.rota.schedule import final_schedule
from case_store.rotation.training.models import Certificate
from tests.agent_console.kit import Visitor
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST, LAST
from tests.case_store.rota.test_editing import day

Visit = Callable[..., Visitor]
EARLY = datetime(2026, 12, 6, 22, 0, tzinfo=UTC)
"""Five in the morning in Bangkok, on the first day of the rota."""


@pytest.fixture(autouse=True)
def clock() -> Iterator[object]:
    with frozen(EARLY) as advance:
        yield advance


class Team:
    def __init__(self, visit: Visit, database: Database) -> None:
        self.database = database
        self.wichai = visit(Role.SUPERVISOR, "50", "wichai")
        self.kanya = visit(Role.AGENT, "50", "kanya")
        self.malee = visit(Role.AGENT, "50", "malee")
        with database.transaction() as session:
            self.morning, self.evening, _ = (one.id for one in kit.three_shifts(session))
            rota = kit.rota(session)
            for who, number, code in (
                (self.kanya, 0, "M"),
                (self.kanya, 3, "M"),
                (self.malee, 5, "E"),
            ):
                self._put(session, rota, who, number, code)
            for weekday in range(7):
                session.add(
                    CoverNeed(
                        shift_type_id=self.morning, weekday=weekday, people=int(weekday in (0, 3)),
                        experienced=0,
                    )
                )  # fmt: skip

    def _put(self, session, rota: Rota, who: Visitor, number: int, code: str) -> None:  # type: ignore[no-untyped-def]
        from case_store.rotation.rota.models import ShiftType

        shift = session.get_one(ShiftType, self.morning if code == "M" else self.evening)
        kit.duty(session, rota, session.get_one(User, who.user.id), day(number), shift)

    def on(self, who: Visitor) -> dict[int, str]:
        with self.database.reading() as session:
            found = final_schedule(session, FIRST, LAST, user_ids=[who.user.id])
            return {(one.day - FIRST).days: one.shift_type.code for one in found}

    def swap(self) -> tuple[int, SwapState]:
        with self.database.reading() as session:
            one = session.scalars(select(Swap).order_by(Swap.id.desc()).limit(1)).one()
            return one.id, one.state


@pytest.fixture
def team(visit: Visit, database: Database) -> Team:
    return Team(visit, database)


def test_offered_taken_and_approved(team: Team) -> None:
    form = team.kanya.get(f"/rotation/swaps/new?day={day(3).isoformat()}").text
    assert "10 ธ.ค. 2569" in form
    answer = team.kanya.post(
        "/rotation/swaps/new",
        {
            "day": day(3).isoformat(),
            "taker": str(team.malee.user.id),
            "return_day": "",
            "note": "ขอบคุณ",
        },
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/rotation/swaps?centre=50")
    number, _ = team.swap()
    assert f"/rotation/swaps/{number}/accept" in team.malee.get("/rotation/swaps").text
    assert f"/rotation/swaps/{number}/approve" not in team.wichai.get("/rotation/swaps").text
    assert team.malee.post(f"/rotation/swaps/{number}/accept").status_code == 303
    assert f"/rotation/swaps/{number}/approve" in team.wichai.get("/rotation/swaps").text
    assert team.malee.post(f"/rotation/swaps/{number}/approve").status_code == 403
    assert team.wichai.post(f"/rotation/swaps/{number}/approve").status_code == 303
    assert (team.on(team.kanya), team.on(team.malee)) == ({0: "M"}, {3: "M", 5: "E"})
    again = team.wichai.post(f"/rotation/swaps/{number}/approve")
    assert again.status_code == 409
    assert 'role="alert"' in again.text


def test_what_breaks_a_rule_says_so_and_keeps_what_was_typed(team: Team) -> None:
    fields = {
        "day": day(3).isoformat(), "taker": str(team.malee.user.id), "return_day": "31/2/2569",
        "note": "พรุ่งนี้",
    }  # fmt: skip
    answer = team.kanya.post("/rotation/swaps/new", fields)
    assert answer.status_code == 422
    assert "31/2/2569" in answer.text
    assert "พรุ่งนี้" in answer.text
    assert 'aria-invalid="true"' in answer.text
    with team.database.transaction() as session:
        for one in session.scalars(
            select(Certificate).where(Certificate.user_id == team.malee.user.id)
        ):
            one.revoked_at = EARLY
    answer = team.kanya.post("/rotation/swaps/new", fields | {"return_day": ""})
    assert answer.status_code == 422
    assert "การรับสาย 1567" in answer.text  # which course is missing


def test_others_cannot_offer_or_see_what_is_not_theirs(team: Team, visit: Visit) -> None:
    giver = str(team.kanya.user.id)
    fields = {"day": day(3).isoformat(), "taker": "", "return_day": "", "note": "", "giver": giver}
    assert team.malee.post("/rotation/swaps/new", fields).status_code == 403
    assert team.wichai.post("/rotation/swaps/new", fields).status_code == 303  # on her behalf
    number, state = team.swap()
    assert state is SwapState.OFFERED
    stranger = visit(Role.SUPERVISOR, "10", "somsri")
    assert stranger.post(f"/rotation/swaps/{number}/withdraw").status_code == 404
    accepted = team.wichai.post(
        f"/rotation/swaps/{number}/accept", {"taker": str(team.malee.user.id)}
    )
    assert accepted.status_code == 303
    assert team.swap()[1] is SwapState.ACCEPTED


def test_sick_then_a_stand_in_and_the_gap_is_closed(team: Team) -> None:
    page = team.kanya.get(f"/rotation/sick?day={FIRST.isoformat()}").text
    assert "7/12/2569" in page
    done = team.kanya.post("/rotation/sick", {"first_day": "7/12/2569", "last_day": "7/12/2569"})
    assert done.status_code == 200
    assert team.on(team.kanya) == {3: "M"}
    link = f"/rotation/cover/stand-ins?day={FIRST.isoformat()}&amp;shift={team.morning}"
    assert link in team.wichai.get("/rotation/cover").text
    assert link not in team.malee.get("/rotation/cover").text
    ranked = team.wichai.get(link.replace("&amp;", "&")).text
    assert ranked.index("Malee") < ranked.index("Kanya")  # Kanya is sick
    fields = {
        "day": FIRST.isoformat(), "shift": str(team.morning), "user": str(team.malee.user.id),
    }  # fmt: skip
    assert team.wichai.post("/rotation/cover/stand-ins", fields).status_code == 422
    assert team.malee.post("/rotation/cover/stand-ins", fields).status_code == 403
    put = team.wichai.post("/rotation/cover/stand-ins", fields | {"consent": "yes"})
    assert put.status_code == 303
    assert team.on(team.malee) == {0: "M", 5: "E"}
    assert link not in team.wichai.get("/rotation/cover").text


def test_a_supervisor_reports_somebody_and_goes_on_to_the_stand_ins(team: Team) -> None:
    fields = {"user": str(team.kanya.user.id), "first_day": "7/12/2569", "last_day": "8/12/2569"}
    answer = team.wichai.post("/rotation/sick", fields)
    assert answer.status_code == 303
    assert "stand-ins" in answer.headers["location"]
    assert team.wichai.get(answer.headers["location"]).status_code == 200
    again = team.wichai.post("/rotation/sick", fields)
    assert again.status_code == 422
    assert team.malee.post("/rotation/sick", fields).status_code == 403


def test_odd_input_is_answered(team: Team) -> None:
    for path in (
        "/rotation/cover/stand-ins?day=2026-12-07&shift=999999",
        f"/rotation/cover/stand-ins?day=9999-12-31&shift={team.morning}",
        "/rotation/swaps/new?giver=999999",
    ):
        assert team.wichai.get(path).status_code == 404, path
    assert team.wichai.get("/rotation/cover/stand-ins?day=x&shift=1").status_code == 422
    assert team.wichai.get("/rotation/sick?day=x").status_code == 200
    assert team.wichai.get("/rotation/swaps?centre=xx").status_code == 200
    assert team.wichai.post("/rotation/swaps/999999/approve").status_code == 404
    odd = {"day": "x", "taker": "999999", "return_day": "", "note": "x" * 400}
    assert team.kanya.post("/rotation/swaps/new", odd).status_code == 422


def test_the_colleagues_duties_are_a_choice_and_all_of_them_days(team: Team) -> None:
    page = team.kanya.get("/rotation/swaps/new").text
    assert f'value="{day(5).isoformat()}"' in page  # somebody has a duty then; whose is not said
    chosen = team.kanya.get(
        f"/rotation/swaps/new?day={day(3).isoformat()}&taker={team.malee.user.id}"
    ).text
    select = chosen[chosen.index('id="n-return"') : chosen.index('id="n-note"')]
    assert select.count("<option") == 2 and "16.00–00.00" in select  # nothing, or the evening
    assert f'name="taker" value="{team.malee.user.id}"' in chosen
    assert f'value="{day(3).isoformat()}" selected' in chosen
    fields = {
        "day": day(3).isoformat(), "taker": str(team.malee.user.id),
        "return_day": day(5).isoformat(), "note": "", "giver": str(team.kanya.user.id),
    }  # fmt: skip
    assert team.kanya.post("/rotation/swaps/new", fields).status_code == 303
    odd = team.kanya.get("/rotation/swaps/new?taker=xyz")
    assert odd.status_code == 200
