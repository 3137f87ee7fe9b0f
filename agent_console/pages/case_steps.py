"""The steps of a case, its checklist, corrections of its facts, and merging."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from agent_console.case_form import correction_form, explain, read_changes, unknown_word
from agent_console.case_page import act, case_of
from agent_console.dependencies import Reader
from agent_console.forms import Fields, FormFields
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import gettext
from agent_console.pages.cases import Ref
from agent_console.step_problems import changed_meanwhile
from agent_console.taking_steps import TAKEN, keepable, take_step
from case_store.cases.complete import NotComplete
from case_store.cases.correcting import correct
from case_store.cases.find_cases import find_case
from case_store.cases.intake import UnknownWord
from case_store.cases.lifecycle import RULES, ChangedMeanwhile, Step, check_step, expect_version
from case_store.cases.merging import CannotMerge, merge, unmerge
from case_store.cases.models import Case
from case_store.cases.related import unlink_parent
from case_store.cases.screening import Checklist, note_checklist
from case_store.clock import now
from case_store.people.permissions import Action, NotAllowed

router = APIRouter(include_in_schema=False, prefix="/cases")
StepCode = Annotated[str, Path(max_length=32)]
_FACTS_CHECKED: Final = tuple(Checklist.model_fields)


@router.post("/{ref}/steps/{code}")
def take(ref: Ref, code: StepCode, frame: Frame, fields: FormFields) -> Response:
    step = next((one for one in TAKEN if one == code), None)
    if step is None:
        raise HTTPException(404)

    def work(store: Session, case: Case) -> None:
        take_step(store, case, step, fields, by=frame.reader.actor, at=now())

    return act(frame, ref, f"step-{step}", fields, work, needs=RULES[step].action)


@router.post("/{ref}/checklist")
def keep_checklist(ref: Ref, frame: Frame, fields: FormFields) -> Response:
    """What an anonymous letter states."""

    def work(store: Session, case: Case) -> None:
        found = Checklist(**{name: name in fields for name in _FACTS_CHECKED})
        note = keepable(fields.get("note", ""), "note")
        note_checklist(store, case, found, by=frame.reader.actor, at=now(), note=note)

    return act(frame, ref, "act-checklist", fields, work, needs=Action.HANDLE_CASES)


@router.post("/{ref}/merge")
def merge_case(ref: Ref, frame: Frame, fields: FormFields) -> Response:
    """Makes this case a part of another, where it goes on."""

    def work(store: Session, case: Case) -> None:
        into = _other(store, frame, fields.get("into") or fields.get("into_ref", ""))
        if into is None or into.id == case.id:
            raise CannotMerge("into")
        note = keepable(fields.get("note", ""), "note")
        merge(store, case, into, note, by=frame.reader.actor, at=now())

    return act(frame, ref, "act-merge", fields, work, needs=Action.MERGE_CASES)


@router.post("/{ref}/unmerge")
def unmerge_case(ref: Ref, frame: Frame, fields: FormFields) -> Response:
    def work(store: Session, case: Case) -> None:
        note = keepable(fields.get("note", ""), "note")
        unmerge(store, case, note, by=frame.reader.actor, at=now())

    return act(frame, ref, "act-unmerge", fields, work, needs=Action.MERGE_CASES)


@router.post("/{ref}/unlink")
def unlink_case(ref: Ref, frame: Frame, fields: FormFields) -> Response:
    """It is no repeat of the earlier case after all."""

    def work(store: Session, case: Case) -> None:
        unlink_parent(store, case, by=frame.reader.actor, at=now())

    return act(frame, ref, "act-unlink", fields, work, needs=Action.MERGE_CASES)


@router.get("/{ref}/correct")
def correction_page(ref: Ref, frame: Frame, store: Reader) -> Response:
    case = case_of(store, frame.reader, ref)
    check_step(case, Step.CORRECT, frame.reader.actor)
    return _correction(frame, store, case)


@router.post("/{ref}/correct")
def correct_facts(ref: Ref, frame: Frame, fields: FormFields) -> Response:
    errors: dict[str, str]
    try:
        with frame.console.database.transaction() as store:
            case = case_of(store, frame.reader, ref)
            check_step(case, Step.CORRECT, frame.reader.actor)
            seen = fields.get("seen", "")
            expect_version(case, int(seen) if seen.isdecimal() and len(seen) < 12 else -1)
            reason = fields.get("reason", "")
            correct(
                store,
                case,
                read_changes(fields),
                by=frame.reader.actor,
                at=now(),
                reason=reason,
            )
    except ValidationError as error:
        errors = explain(error)
    except UnknownWord as error:
        errors = unknown_word(error.field)
    except NotComplete as error:
        sentence = gettext(
            "Please say why, in ten letters or more: the complainant agreed, for instance."
        )
        errors = {error.field: sentence}
    except ChangedMeanwhile:
        with frame.console.database.reading() as store:
            case = case_of(store, frame.reader, ref)
            problem = changed_meanwhile()
            return _correction(frame, store, case, fields, problem=problem, status=409)
    else:
        return RedirectResponse(f"/cases/{case.ref}?done=act-correct", 303)
    with frame.console.database.reading() as store:
        case = case_of(store, frame.reader, ref)
        return _correction(frame, store, case, fields, errors, status=422)


def _correction(
    frame: PageFrame,
    store: Session,
    case: Case,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> Response:
    form = correction_form(store, case, typed, errors or {})
    return frame.page("cases/correct.html", status=status, case=case, form=form, problem=problem)


def _other(store: Session, frame: PageFrame, ref: str) -> Case | None:
    """A case that the reader named; one that they may not see is none."""
    try:
        return find_case(store, ref[:40], by=frame.reader.actor)
    except NotAllowed:
        return None
