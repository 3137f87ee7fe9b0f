"""The steps of a case as forms: which fields each has, and the one domain function that it calls."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy.orm import Session

from agent_console.forms import Fields
from case_store.cases import steps
from case_store.cases.complete import NotComplete
from case_store.cases.lifecycle import Step
from case_store.cases.models import Case, Outcome, RejectReason
from case_store.people.models import User
from case_store.people.permissions import Actor

LONGEST: Final = 10_000


class _Taken(Protocol):
    def __call__(
        self, session: Session, case: Case, fields: Fields, /, *, by: Actor, at: datetime
    ) -> object: ...


def take_step(
    session: Session, case: Case, step: Step, fields: Fields, *, by: Actor, at: datetime
) -> None:
    """Takes a step with what was typed. Raises `NotComplete`, `IllegalStep`, `NotAllowed`."""
    typed = {name: keepable(value, name) for name, value in fields.items()}
    TAKEN[step](session, case, typed, by=by, at=at)


class NotKept(NotComplete):
    """A text that cannot be kept; `why`: too_long or unprintable."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(field)
        self.why = why


def keepable(text: str, field: str, *, most: int = LONGEST) -> str:
    """The text without its margins. Raises `NotKept`."""
    text = text.strip()
    if len(text) > most:
        raise NotKept(field, "too_long")
    # PostgreSQL stores no NUL, and nobody types the others.
    if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in text):
        raise NotKept(field, "unprintable")
    return text


def _with_text(field: str, function: Callable[..., object]) -> _Taken:
    """A step that is told one text."""

    def taken(session: Session, case: Case, fields: Fields, **who: Any) -> object:
        return function(session, case, fields.get(field, ""), **who)

    return taken


def _begin(session: Session, case: Case, _fields: Fields, **who: Any) -> object:
    return steps.begin_screening(session, case, **who)


def _handle(session: Session, case: Case, fields: Fields, **who: Any) -> object:
    return steps.handle(session, case, note=fields.get("note", ""), **who)


def _close(session: Session, case: Case, fields: Fields, **who: Any) -> object:
    outcome = fields.get("outcome", "")
    if outcome not in set(Outcome):
        raise NotComplete("outcome")
    return steps.close(
        session,
        case,
        Outcome(outcome),
        fields.get("result", ""),
        transferred_to=keepable(fields.get("transferred_to", ""), "transferred_to", most=160),
        **who,
    )


def _reject(session: Session, case: Case, fields: Fields, **who: Any) -> object:
    reason = fields.get("reason", "")
    if reason not in set(RejectReason):
        raise NotComplete("reason")
    return steps.reject(session, case, RejectReason(reason), fields.get("note", ""), **who)


def _transfer(session: Session, case: Case, fields: Fields, **who: Any) -> object:
    return steps.transfer(
        session, case, fields.get("centre_code", ""), fields.get("note", ""), **who
    )


def _assign(session: Session, case: Case, fields: Fields, **who: Any) -> object:
    chosen = fields.get("officer", "")
    is_id = chosen.isascii() and chosen.isdecimal() and len(chosen) <= 18
    officer = session.get(User, int(chosen)) if is_id else None
    if officer is None:
        raise NotComplete("officer")
    return steps.assign(session, case, officer, note=fields.get("note", ""), **who)


TAKEN: Final[Mapping[Step, _Taken]] = {
    Step.BEGIN_SCREENING: _begin,
    Step.HANDLE: _handle,
    Step.REPORT_RESULT: _with_text("result", steps.report_result),
    Step.SEND_BACK_RESULT: _with_text("note", steps.send_back_result),
    Step.CLOSE: _close,
    Step.REJECT: _reject,
    Step.WITHDRAW: _with_text("note", steps.withdraw),
    Step.REOPEN: _with_text("note", steps.reopen),
    Step.WAIT: _with_text("note", steps.wait_for_complainant),
    Step.GO_ON: _with_text("note", steps.go_on),
    Step.TRANSFER: _transfer,
    Step.ASSIGN: _assign,
}
"""All but two: a referral has more to it (agent_console/pages/referrals.py), and so have corrected facts."""
