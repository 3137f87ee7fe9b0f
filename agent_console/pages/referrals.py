"""Referring a case to an agency, and the centre's steps with a referral."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from agent_console.case_page import act, case_of
from agent_console.case_view import agencies_for
from agent_console.dependencies import Reader
from agent_console.forms import Fields, FormFields
from agent_console.frame import Frame
from agent_console.letters import read_letter
from agent_console.pages.cases import Ref
from agent_console.taking_steps import keepable
from case_store.agencies.models import Agency
from case_store.cases import referrals
from case_store.cases.fold import thai_fold
from case_store.cases.lifecycle import ReferralStep
from case_store.cases.models import Case
from case_store.cases.referral_models import Referral
from case_store.cases.referrals import CannotRefer
from case_store.clock import now
from case_store.people.permissions import Action, require

router = APIRouter(include_in_schema=False, prefix="/cases")
ReferralId = Annotated[int, Path(ge=1, lt=10**18)]
_OF_THE_CENTRE: Final = {
    ReferralStep.RECALL: referrals.recall,
    ReferralStep.SEND_BACK: referrals.send_back,
}


@router.get("/{ref}/agencies")
def choose_agency(
    ref: Ref, frame: Frame, store: Reader, agency_q: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """The agencies that the case can be referred to, those with these words in their names."""
    case = case_of(store, frame.reader, ref)
    require(frame.reader.actor, Action.HANDLE_CASES, case)
    words = thai_fold(agency_q).split()
    found = [
        one
        for one in agencies_for(store, case)
        if all(word in thai_fold(f"{one.name_th} {one.name_en}") for word in words)
    ]
    return frame.fragment("cases/_agencies.html", agencies=found, chosen="")


@router.post("/{ref}/referrals")
def refer_case(ref: Ref, frame: Frame, fields: FormFields) -> Response:
    def work(store: Session, case: Case) -> None:
        referrals.refer(
            store,
            case,
            _agency(store, fields),
            keepable(fields.get("request", ""), "request"),
            by=frame.reader.actor,
            at=now(),
            disclose_identity=fields.get("disclose_identity") == "yes",
            letter=read_letter(fields),
        )

    return act(frame, ref, "step-refer", fields, work, needs=Action.HANDLE_CASES)


@router.post("/{ref}/referrals/{referral_id}/{code}")
def centre_step(
    ref: Ref,
    referral_id: ReferralId,
    code: Annotated[str, Path(max_length=32)],
    frame: Frame,
    fields: FormFields,
) -> Response:
    """Takes a case back from an agency, or asks it for more."""
    step = next((one for one in _OF_THE_CENTRE if one == code), None)
    if step is None:
        raise HTTPException(404)

    def work(store: Session, case: Case) -> None:
        take = _OF_THE_CENTRE[step]
        reason = keepable(fields.get("note", ""), "note")
        take(store, _referral(case, referral_id), reason, by=frame.reader.actor, at=now())

    return act(
        frame, ref, f"referral-{referral_id}-{step}", fields, work, needs=Action.HANDLE_CASES
    )


def _agency(store: Session, fields: Fields) -> Agency:
    chosen = fields.get("agency", "")
    found = store.get(Agency, int(chosen)) if chosen.isdecimal() and len(chosen) <= 18 else None
    if found is None:
        raise CannotRefer("agency")
    return found


def _referral(case: Case, referral_id: int) -> Referral:
    found = next((one for one in case.referrals if one.id == referral_id), None)
    if found is None:
        raise HTTPException(404)
    return found
