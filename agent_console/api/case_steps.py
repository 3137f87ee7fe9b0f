"""The steps of a case's life, each with what it needs."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi import Body as RequestBody
from pydantic import Field
from sqlalchemy.orm import Session

from agent_console.api.access import Program
from agent_console.api.addressed import IfMatch, Ref, case_of
from agent_console.api.case_schemas import CaseDetail
from agent_console.api.texts import Body, CentreCode, Name, Office, Text, TextOrNothing
from agent_console.dependencies import Store
from case_store.cases import screening, steps
from case_store.cases.complete import NotComplete
from case_store.cases.lifecycle import Step, check_step
from case_store.cases.models import Case, Outcome, RejectReason
from case_store.clock import now
from case_store.people.permissions import Actor
from case_store.people.staff import find_person

router = APIRouter(tags=["cases"])


class _Step(Body):
    """Knows how it is taken."""

    def take(self, store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        raise NotImplementedError


class BeginScreening(_Step):
    step: Literal["begin_screening"]

    def take(self, store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        return steps.begin_screening(store, case, by=by, at=at)


class Handle(_Step):
    """The centre works on it itself."""

    step: Literal["handle"]
    note: TextOrNothing = ""

    def take(self, store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        return steps.handle(store, case, note=self.note, by=by, at=at)


class ReportResult(_Step):
    step: Literal["report_result"]
    result: Text

    def take(self, store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        return steps.report_result(store, case, self.result, by=by, at=at)


class _WithReason(_Step):
    note: Text


class SendBackResult(_WithReason):
    step: Literal["send_back_result"]

    def take(self, store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        return steps.send_back_result(store, case, self.note, by=by, at=at)


class Close(_Step):
    """`transferred_to` names the office outside that takes what was `referred_elsewhere`."""

    step: Literal["close"]
    outcome: Outcome
    result: Text
    transferred_to: Office = ""

    def take(self, store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        office = self.transferred_to
        return steps.close(
            store, case, self.outcome, self.result, transferred_to=office, by=by, at=at
        )


class Reject(_WithReason):
    step: Literal["reject"]
    reason: RejectReason

    def take(self, store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        return steps.reject(store, case, self.reason, self.note, by=by, at=at)


class Withdraw(_WithReason):
    step: Literal["withdraw"]

    def take(self, store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        return steps.withdraw(store, case, self.note, by=by, at=at)


class Reopen(_WithReason):
    step: Literal["reopen"]

    def take(self, store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        return steps.reopen(store, case, self.note, by=by, at=at)


class Wait(_WithReason):
    """`note` is what the complainant is asked; until the answer the clock stands still."""

    step: Literal["wait"]

    def take(self, store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        return steps.wait_for_complainant(store, case, self.note, by=by, at=at)


class GoOn(_Step):
    """The complainant answered."""

    step: Literal["go_on"]
    note: TextOrNothing = ""

    def take(self, store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        return steps.go_on(store, case, self.note, by=by, at=at)


class Transfer(_WithReason):
    """To another centre, which screens it anew."""

    step: Literal["transfer"]
    centre_code: CentreCode

    def take(self, store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        return steps.transfer(store, case, self.centre_code, self.note, by=by, at=at)


class Assign(_Step):
    step: Literal["assign"]
    officer: Annotated[Name, Field(description="User name of an officer of the centre.")]
    note: TextOrNothing = ""

    def take(self, store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        check_step(case, Step.ASSIGN, by)  # who may not do it learns nothing of people's names
        officer = find_person(store, self.officer)
        if officer is None:
            raise NotComplete("officer")
        return steps.assign(store, case, officer, note=self.note, by=by, at=at)


AnyStep = Annotated[
    BeginScreening
    | Handle
    | ReportResult
    | SendBackResult
    | Close
    | Reject
    | Withdraw
    | Reopen
    | Wait
    | GoOn
    | Transfer
    | Assign,
    RequestBody(discriminator="step"),
]


@router.post("/cases/{ref}/steps", summary="Take a step; `possible_steps` of a case says which")
def post_step(
    ref: Ref, step: AnyStep, program: Program, store: Store, version: IfMatch
) -> CaseDetail:
    return _changed(store, program, ref, version, step.take)


@router.put("/cases/{ref}/checklist", summary="What an anonymous letter states, at screening")
def put_checklist(
    ref: Ref,
    checklist: screening.Checklist,
    program: Program,
    store: Store,
    version: IfMatch,
) -> CaseDetail:
    def note(store: Session, case: Case, *, by: Actor, at: datetime) -> object:
        return screening.note_checklist(store, case, checklist, by=by, at=at)

    return _changed(store, program, ref, version, note)


def _changed(
    store: Session,
    program: Actor,
    ref: str,
    version: int | None,
    change: Callable[..., object],
) -> CaseDetail:
    case, at = case_of(store, program, ref, version), now()
    change(store, case, by=program, at=at)
    store.flush()
    return CaseDetail.of(store, case, program, at=at)
