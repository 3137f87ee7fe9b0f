"""Why a change of the rota was refused, for the calendar's script and for other programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Final

from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from agent_console.i18n import N_, gettext
from agent_console.problems import PROBLEM_JSON, FieldProblem, Problem
from agent_console.rota_words import breach_words, why_words
from case_store.database import Database
from case_store.people.models import User
from case_store.rotation.calendar.changes import Why
from case_store.rotation.rota.breaches import BreachRule
from case_store.rotation.rota.editing import BadChange, RotaChanged, RotaLocked, RuleBroken

_CHANGED: Final = N_(
    "Somebody else changed the rota meanwhile. Look at it as it is now, then repeat."
)
_BROKEN: Final = N_("This breaks rules, so nothing was changed.")
_FIELDS: Final = {
    "reason": N_("Please say why, at most 300 letters."),
    "changes": N_("There is nothing to change, or a day stands there twice."),
}


class BreachItem(BaseModel):
    """A rule that would be broken: whose, on which day, in words."""

    user_id: int
    day: date
    rule: BreachRule
    words: str
    may_insist: bool


class RotaProblem(Problem):
    """Problem details of a refused change. `may_insist`, `may_override`: a written reason would be enough."""

    breaches: list[BreachItem] = Field(default_factory=list)
    may_insist: bool = False
    may_override: bool = False
    changed: bool = False
    """The rota has another version than was expected."""


class Refusal(Exception):
    """A change was refused; the answer that says why."""

    def __init__(self, problem: RotaProblem) -> None:
        super().__init__(problem.title)
        self.problem = problem

    def answer(self) -> Response:
        told = self.problem.model_dump(mode="json", exclude_none=True)
        return JSONResponse(told, self.problem.status, media_type=PROBLEM_JSON)


@contextmanager
def told_why(database: Database, centre_code: str) -> Iterator[None]:
    """Around a transaction that changes a rota: what it raises becomes a `Refusal`, when all of it is undone."""
    try:
        yield
    except RuleBroken as broken:
        raise Refusal(_broken(database, centre_code, broken)) from broken
    except RotaLocked as locked:
        problem = RotaProblem(
            title="Locked", status=409, detail=why_words(Why.LOCKED), may_override=True
        )
        raise Refusal(problem) from locked
    except RotaChanged as changed:
        problem = RotaProblem(title="Changed", status=409, detail=gettext(_CHANGED), changed=True)
        raise Refusal(problem) from changed
    except BadChange as bad:
        raise Refusal(_bad(bad)) from bad


def _broken(database: Database, centre_code: str, broken: RuleBroken) -> RotaProblem:
    with database.reading() as store:
        rows = store.execute(select(User.id, User.display_name).where(User.id.in_(broken.found)))
        names: dict[int, str] = {row.id: row.display_name for row in rows}
        items = [
            BreachItem(
                user_id=user_id,
                day=breach.day,
                rule=breach.rule,
                words=breach_words(store, breach, names.get(user_id, ""), centre_code),
                may_insist=breach.may_insist,
            )
            for user_id, several in broken.found.items()
            for breach in several
        ]
    return RotaProblem(
        title="A rule would be broken", status=422, detail=gettext(_BROKEN), breaches=items,
        may_insist=broken.may_insist,
    )  # fmt: skip


def _bad(bad: BadChange) -> RotaProblem:
    words = gettext(_FIELDS[bad.field]) if bad.field in _FIELDS else _why(bad.field)
    return RotaProblem(
        title="Not right", status=422, detail=words,
        errors=[FieldProblem(field=bad.field, message=words)],
    )  # fmt: skip


def _why(field: str) -> str:
    known = {why.value: why for why in Why}
    return why_words(known.get(field, Why.NO_ROTA))
