"""The page of one case, and acting on a case: what is refused comes back with everything that was typed."""

from collections.abc import Callable
from typing import Final

from fastapi import HTTPException
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from agent_console.case_view import Tried, case_view
from agent_console.dependencies import SignedIn
from agent_console.first_pin import first_pin
from agent_console.forms import Fields
from agent_console.frame import PageFrame
from agent_console.labels import label
from agent_console.step_problems import (
    cannot_now,
    changed_meanwhile,
    refusal_of_file,
    sentence_for,
)
from agent_console.taking_steps import NotKept
from case_store.cases.complete import NotComplete
from case_store.cases.find_cases import find_case
from case_store.cases.lifecycle import ChangedMeanwhile, IllegalStep, expect_version
from case_store.cases.merging import CannotMerge
from case_store.cases.models import Case
from case_store.cases.referrals import CannotRefer
from case_store.clock import now
from case_store.identity.complainants import Identity
from case_store.people.permissions import Action, require
from case_store.storage.errors import NotStorable

Work = Callable[[Session, Case], object]
REFUSED: Final = (
    IllegalStep,
    ChangedMeanwhile,
    StaleDataError,
    NotComplete,
    CannotRefer,
    CannotMerge,
    NotStorable,
)
"""What a person can do something about, on the page that they are on."""


def case_of(store: Session, reader: SignedIn, ref: str) -> Case:
    """The case of an address; 404 when there is none. Raises `NotAllowed`."""
    case = find_case(store, ref, by=reader.actor)
    if case is None:
        raise HTTPException(404)
    return case


def case_page(
    frame: PageFrame,
    store: Session,
    case: Case,
    *,
    tried: Tried | None = None,
    status: int = 200,
    done: str = "",
    pin: str = "",
    revealed: Identity | None = None,
    saved: bool = False,
) -> Response:
    """The whole page. `done` is the form that was just accepted, `pin` one that is to be read out now."""
    return frame.page(
        "cases/case.html",
        status=status,
        view=case_view(
            store,
            case,
            frame.reader.actor,
            at=now(),
            map_link=frame.console.settings.map_link,
            revealed=revealed,
        ),
        case=case,
        tried=tried or Tried(),
        done=done_words(done),
        saved=saved,
        pin=pin or (first_pin(store, case, frame.reader.actor) if saved else ""),
    )


def act(
    frame: PageFrame, ref: str, form: str, fields: Fields, work: Work, *, needs: Action
) -> Response:
    """Does `work` on the case in one transaction and leads back to its page; or shows it with what is wrong.

    `needs` is what the reader must be allowed to do, before anything is said of what they sent.
    """
    try:
        with frame.console.database.transaction() as store:
            case = case_of(store, frame.reader, ref)
            require(frame.reader.actor, needs, case)
            if "seen" in fields:
                expect_version(case, _version(fields["seen"]))
            work(store, case)
    except REFUSED as error:
        tried, status = refused(form, fields, error)
        with frame.console.database.reading() as store:
            case = case_of(store, frame.reader, ref)
            return case_page(frame, store, case, tried=tried, status=status)
    return RedirectResponse(f"/cases/{case.ref}?done={form}", 303)


def refused(form: str, fields: Fields, error: Exception) -> tuple[Tried, int]:
    """A form with what is wrong with it, and the answer's status."""
    match error:
        case IllegalStep():
            return Tried(form, fields, problem=cannot_now(error)), 409
        case ChangedMeanwhile() | StaleDataError():
            return Tried(form, fields, problem=changed_meanwhile()), 409
        case NotStorable():
            return Tried(form, fields, problem=refusal_of_file(error)), 422
        case NotKept():
            sentence = sentence_for(error.why)
            return Tried(form, fields, {error.field: sentence}, sentence), 422
        case NotComplete() | CannotRefer() | CannotMerge():
            sentence = sentence_for(error.field)
            return Tried(form, fields, {error.field: sentence}, sentence), 422
        case _:
            raise error


def done_words(done: str) -> str:
    """That it is done, for the form that an address names."""
    kind, _, code = done.partition("-")
    if kind == "referral":
        kind, code = "referral_step", code.partition("-")[2]
    found = label(kind, code) if kind in _DONE else ""
    return found if found != code else ""


_DONE: Final = frozenset({"step", "referral_step", "act"})


def _version(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 12 else -1
