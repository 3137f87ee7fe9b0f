"""The agency officers' own small view: what was referred to their agency, and their steps with it."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, File, HTTPException, Path, Query, UploadFile
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from agent_console.case_page import REFUSED, done_words, refused
from agent_console.case_view import Tried, history_words
from agent_console.dependencies import Reader
from agent_console.forms import Fields, FormFields
from agent_console.frame import Frame, PageFrame
from agent_console.letters import read_letter
from agent_console.pages.attachments import store_file
from agent_console.pages.referrals import ReferralId
from agent_console.taking_steps import keepable
from case_store.agencies.models import Agency
from case_store.cases import referrals
from case_store.cases.find_referrals import find_referral
from case_store.cases.lifecycle import ReferralStep, possible_referral_steps
from case_store.cases.models import Urgency
from case_store.cases.referral_list import referral_list
from case_store.cases.referral_models import Referral
from case_store.clock import now
from case_store.identity.complainants import shown_to
from case_store.people.permissions import Action, NotAllowed, require
from case_store.storage.attachments import attachments_for, may_remove

router = APIRouter(include_in_schema=False, prefix="/agency")
Work = Callable[[Session, Referral], object]


@router.get("")
def agency_page(frame: Frame, store: Reader) -> Response:
    require(frame.reader.actor, Action.REPORT_REFERRALS)
    agency = store.get(Agency, frame.reader.actor.agency_id)
    groups = [
        (group.kind, sorted(group.referrals, key=_pressing), group.more)
        for group in referral_list(store, by=frame.reader.actor, at=now())
    ]
    return frame.page("agency/list.html", groups=groups, agency=agency, now_at=now())


def _pressing(referral: Referral) -> int:
    """The urgent ones first; otherwise as they came."""
    return -list(Urgency).index(referral.case.urgency)


@router.get("/referrals/{referral_id}")
def referral_page(
    referral_id: ReferralId,
    frame: Frame,
    store: Reader,
    done: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    return _page(frame, store, _referral(store, frame, referral_id), done=done)


@router.post("/referrals/{referral_id}/attachments")
def bring_report_file(
    referral_id: ReferralId,
    frame: Frame,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    def work(store: Session, referral: Referral) -> None:
        store_file(store, referral.case, file, by=frame.reader.actor, referral=referral)

    return _act(frame, referral_id, "act-attach", {}, work)


@router.post("/referrals/{referral_id}/{code}")
def agency_step(
    referral_id: ReferralId,
    code: Annotated[str, Path(max_length=32)],
    frame: Frame,
    fields: FormFields,
) -> Response:
    step = next((one for one in _TAKEN if one == code), None)
    if step is None:
        raise HTTPException(404)

    def work(store: Session, referral: Referral) -> None:
        _TAKEN[step](store, referral, fields, by=frame.reader.actor, at=now())

    return _act(frame, referral_id, f"referral-{referral_id}-{step}", fields, work)


def _accept(store: Session, referral: Referral, _fields: Fields, **who: Any) -> object:
    return referrals.accept(store, referral, **who)


def _begin(store: Session, referral: Referral, fields: Fields, **who: Any) -> object:
    return referrals.begin(store, referral, keepable(fields.get("note", ""), "note"), **who)


def _tell(store: Session, referral: Referral, fields: Fields, **who: Any) -> object:
    return referrals.tell_progress(store, referral, keepable(fields.get("note", ""), "note"), **who)


def _report(store: Session, referral: Referral, fields: Fields, **who: Any) -> object:
    letter = read_letter(fields)
    return referrals.report(
        store, referral, keepable(fields.get("report", ""), "report"), letter=letter, **who
    )


def _return(store: Session, referral: Referral, fields: Fields, **who: Any) -> object:
    letter = read_letter(fields)
    return referrals.give_back(
        store, referral, keepable(fields.get("report", ""), "report"), letter=letter, **who
    )


_TAKEN: Final[Mapping[ReferralStep, Callable[..., object]]] = {
    ReferralStep.ACCEPT: _accept,
    ReferralStep.BEGIN: _begin,
    ReferralStep.TELL_PROGRESS: _tell,
    ReferralStep.REPORT: _report,
    ReferralStep.RETURN: _return,
}


def _act(frame: PageFrame, referral_id: int, form: str, fields: Fields, work: Work) -> Response:
    try:
        with frame.console.database.transaction() as store:
            work(store, _referral(store, frame, referral_id))
    except (*REFUSED, StaleDataError) as error:
        tried, status = refused(form, fields, error)
        with frame.console.database.reading() as store:
            referral = _referral(store, frame, referral_id)
            return _page(frame, store, referral, tried=tried, status=status)
    # What was returned is the agency's no more.
    left = form.endswith(f"-{ReferralStep.RETURN}")
    return RedirectResponse(
        "/agency" if left else f"/agency/referrals/{referral_id}?done={form}", 303
    )


def _referral(store: Session, frame: PageFrame, referral_id: int) -> Referral:
    """A referral to the reader's agency; 404 for what is another's, or theirs no more. Raises `NotAllowed`."""
    require(frame.reader.actor, Action.REPORT_REFERRALS)
    try:
        referral = find_referral(store, referral_id, by=frame.reader.actor)
    except NotAllowed:
        referral = None
    if referral is None or not referral.is_theirs:
        raise HTTPException(404)
    return referral


def _page(
    frame: PageFrame,
    store: Session,
    referral: Referral,
    *,
    tried: Tried | None = None,
    status: int = 200,
    done: str = "",
) -> Response:
    case, actor = referral.case, frame.reader.actor
    files = attachments_for(case, actor)
    return frame.page(
        "agency/referral.html",
        status=status,
        referral=referral,
        case=case,
        complainant=shown_to(store, case, actor),
        steps=possible_referral_steps(referral, actor),
        events=[event for event in case.events if event.referral_id == referral.id],
        attachments=files,
        removable={one.id for one in files if may_remove(one, actor)},
        words=history_words(store, case),
        tried=tried or Tried(),
        done=done_words(done),
        now_at=now(),
    )
