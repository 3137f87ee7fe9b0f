"""Referrals to agencies: the centre's side and the agency's."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi import Body as RequestBody
from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from agent_console.api.access import Program
from agent_console.api.addressed import Id, IfMatch, Ref, case_of, referral_of
from agent_console.api.case_schemas import ReferralItem
from agent_console.api.paging import Paging, items_of
from agent_console.api.schemas import ListOf
from agent_console.api.texts import Body, Code, LetterNumber, Text, TextOrNothing
from agent_console.dependencies import Reader, Store
from agent_console.paging import page_of
from case_store.agencies.keep_agencies import find_agency
from case_store.cases import referrals
from case_store.cases.find_referrals import list_referrals
from case_store.cases.referral_models import Referral, ReferralState
from case_store.cases.referrals import CannotRefer, Letter
from case_store.clock import now
from case_store.people.permissions import Actor

router = APIRouter(tags=["referrals"])


class NewReferral(Body):
    """What is asked of which agency. Who complains is told to it only on purpose, and never against their wish."""

    agency: Annotated[Code, Field(description="Its code; see /agencies.")]
    request: Text
    disclose_identity: bool = False
    letter_number: LetterNumber = ""
    letter_date: date | None = None
    due_at: Annotated[
        AwareDatetime | None, Field(description="Without it, the case's due date.")
    ] = None


class _Step(Body):
    """Knows how it is taken."""

    def take(self, store: Session, referral: Referral, *, by: Actor, at: datetime) -> object:
        raise NotImplementedError


class _WithNote(_Step):
    note: Text


class _Answered(_Step):
    letter_number: LetterNumber = ""
    letter_date: date | None = None

    @property
    def letter(self) -> Letter | None:
        return _letter(self.letter_number, self.letter_date)


class Accept(_Step):
    step: Literal["accept"]

    def take(self, store: Session, referral: Referral, *, by: Actor, at: datetime) -> object:
        return referrals.accept(store, referral, by=by, at=at)


class Begin(_Step):
    step: Literal["begin"]
    note: TextOrNothing = ""

    def take(self, store: Session, referral: Referral, *, by: Actor, at: datetime) -> object:
        return referrals.begin(store, referral, self.note, by=by, at=at)


class TellProgress(_WithNote):
    step: Literal["tell_progress"]

    def take(self, store: Session, referral: Referral, *, by: Actor, at: datetime) -> object:
        return referrals.tell_progress(store, referral, self.note, by=by, at=at)


class Report(_Answered):
    """What the agency found and did."""

    step: Literal["report"]
    report: Text

    def take(self, store: Session, referral: Referral, *, by: Actor, at: datetime) -> object:
        return referrals.report(store, referral, self.report, letter=self.letter, by=by, at=at)


class Return(_Answered):
    """It is not theirs; `note` says why."""

    step: Literal["return"]
    note: Text

    def take(self, store: Session, referral: Referral, *, by: Actor, at: datetime) -> object:
        return referrals.give_back(store, referral, self.note, letter=self.letter, by=by, at=at)


class Recall(_WithNote):
    """The centre takes it back."""

    step: Literal["recall"]

    def take(self, store: Session, referral: Referral, *, by: Actor, at: datetime) -> object:
        return referrals.recall(store, referral, self.note, by=by, at=at)


class SendBack(_WithNote):
    """The report is not good enough."""

    step: Literal["send_back"]

    def take(self, store: Session, referral: Referral, *, by: Actor, at: datetime) -> object:
        return referrals.send_back(store, referral, self.note, by=by, at=at)


AnyReferralStep = Annotated[
    Accept | Begin | TellProgress | Report | Return | Recall | SendBack,
    RequestBody(discriminator="step"),
]


@router.post("/cases/{ref}/referrals", status_code=201, summary="Ask an agency to act")
def post_referral(
    ref: Ref, new: NewReferral, program: Program, store: Store, version: IfMatch
) -> ReferralItem:
    case = case_of(store, program, ref, version)
    agency = find_agency(store, new.agency)
    if agency is None:
        raise CannotRefer("agency")
    referral = referrals.refer(
        store,
        case,
        agency,
        new.request,
        disclose_identity=new.disclose_identity,
        letter=_letter(new.letter_number, new.letter_date),
        due_at=new.due_at,
        by=program,
        at=now(),
    )
    return ReferralItem.of(referral, program)


@router.get("/referrals", summary="Referrals, newest first; an agency's token sees its own")
def get_referrals(
    program: Program,
    store: Reader,
    paging: Paging,
    state: Annotated[ReferralState | None, Query()] = None,
) -> ListOf[ReferralItem]:
    rows = list_referrals(
        store, by=program, limit=paging.limit + 1, before=paging.after, state=state
    )
    return items_of(page_of(rows, paging.limit), lambda one: ReferralItem.of(one, program))


@router.get("/referrals/{referral_id}", summary="One referral")
def get_referral(referral_id: Id, program: Program, store: Reader) -> ReferralItem:
    return ReferralItem.of(referral_of(store, program, referral_id), program)


@router.post(
    "/referrals/{referral_id}/steps",
    summary="Take a step; `possible_steps` of a referral says which",
)
def post_referral_step(
    referral_id: Id, step: AnyReferralStep, program: Program, store: Store
) -> ReferralItem:
    referral = referral_of(store, program, referral_id)
    step.take(store, referral, by=program, at=now())
    store.flush()
    return ReferralItem.of(referral, program)


def _letter(number: str, day: date | None) -> Letter | None:
    return Letter(number, day) if number or day else None
