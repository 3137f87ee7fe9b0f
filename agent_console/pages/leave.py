"""Leave at a centre, for who plans its rota: what waits for a decision, who is away, other duties, binding wishes."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import gettext
from agent_console.pages.own_leave import LEAVE_SENTENCES, typed_absence
from agent_console.rota_centres import chosen_centre, seen_centres
from agent_console.rota_choices import person_choices, word_choices
from agent_console.safe_paths import with_query
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.people.models import User
from case_store.people.permissions import Action, require
from case_store.people.staff import display_names
from case_store.rotation.rota.absences import (
    FURTHEST,
    BadAbsence,
    absences_between,
    absences_to_decide,
    conflicts_of,
    decide_absence,
    enter_absence,
    withdraw_absence,
)
from case_store.rotation.rota.models import Absence, AbsenceKind, Wish
from case_store.rotation.rota.shift_types import shift_types_of
from case_store.rotation.rota.terms import rota_people
from case_store.rotation.rota.wishes import fix_wish, wishes_at

router = APIRouter(include_in_schema=False, prefix="/rotation/leave")
Id = Annotated[int, Path(ge=1, lt=10**18)]
_WISHES_AHEAD: Final = timedelta(days=100)


@router.get("")
def leave_page(
    frame: Frame, store: Reader, centre: Annotated[str, Query(max_length=2)] = ""
) -> Response:
    return _page(frame, store, chosen_centre(frame.reader.actor, centre, Action.PLAN_ROTA))


@router.post("")
def enter(frame: Frame, store: Store, fields: FormFields) -> Response:
    """Leave or another duty that the supervisor writes down."""
    actor = frame.reader.actor
    centre = chosen_centre(actor, plain(fields, "centre"), Action.PLAN_ROTA)
    try:
        user = store.get(User, whole_number(fields, "user") or 0)
        if user is None or user.centre_code != centre:
            raise BadAbsence("user")
        enter_absence(store, user, typed_absence(fields), by=actor, at=now())
    except BadAbsence as bad:
        errors = {bad.field: gettext(LEAVE_SENTENCES[bad.field])}
        return _page(frame, store, centre, typed=fields, errors=errors)
    return RedirectResponse(_address(centre), 303)


@router.post("/{absence_id}/decide")
def decide(absence_id: Id, frame: Frame, store: Store, fields: FormFields) -> Response:
    absence = _absence(frame, store, absence_id)
    centre = absence.user.centre_code
    try:
        decide_absence(
            store, absence, approve=plain(fields, "decision") == "approve",
            by=frame.reader.actor, at=now(),
        )  # fmt: skip
    except BadAbsence as bad:
        errors = {"decision": gettext(LEAVE_SENTENCES[bad.field])}
        return _page(frame, store, centre, errors=errors)
    return RedirectResponse(_address(centre), 303)


@router.post("/{absence_id}/withdraw")
def withdraw(absence_id: Id, frame: Frame, store: Store) -> Response:
    absence = _absence(frame, store, absence_id)
    centre = absence.user.centre_code
    try:
        withdraw_absence(store, absence, by=frame.reader.actor, at=now())
    except BadAbsence as bad:
        errors = {"decision": gettext(LEAVE_SENTENCES[bad.field])}
        return _page(frame, store, centre, errors=errors)
    return RedirectResponse(_address(centre), 303)


@router.post("/wishes/{wish_id}/fix")
def fix(wish_id: Id, frame: Frame, store: Store, fields: FormFields) -> Response:
    require(frame.reader.actor, Action.PLAN_ROTA)
    wish = store.get(Wish, wish_id)
    if wish is None:
        raise HTTPException(404)
    fix_wish(store, wish, fixed=plain(fields, "fixed") == "yes", by=frame.reader.actor, at=now())
    centre = store.get_one(User, wish.user_id).centre_code
    return RedirectResponse(f"{_address(centre)}#wishes", 303)


def _absence(frame: PageFrame, store: Session, absence_id: int) -> Absence:
    require(frame.reader.actor, Action.PLAN_ROTA)
    absence = store.get(Absence, absence_id)
    if absence is None:
        raise HTTPException(404)
    require(frame.reader.actor, Action.PLAN_ROTA, absence.user.centre_code)
    return absence


def _address(centre: str) -> str:
    return with_query("/rotation/leave", centre=centre)


def _page(
    frame: PageFrame,
    store: Session,
    centre: str,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    actor, today = frame.reader.actor, day_of(now())
    asked = [one for one in absences_to_decide(store, by=actor) if one.user.centre_code == centre]
    approved = absences_between(store, centre, today, today + FURTHEST)
    wishes = wishes_at(store, centre, today, today + _WISHES_AHEAD)
    people = rota_people(store, centre)
    usernames = {one.decided_by for one in approved if one.decided_by}
    return frame.page(
        "rotation/leave.html",
        status=422 if errors else 200,
        centre=centre,
        centres=seen_centres(actor, Action.PLAN_ROTA),
        asked=[(one, conflicts_of(store, one)) for one in asked],
        approved=approved,
        wishes=wishes,
        shifts={one.id: one for one in shift_types_of(store, centre, with_closed=True)},
        people=person_choices(one for one in people if one.id != frame.reader.user_id),
        people_names={one.id: one.display_name for one in people},
        kinds=word_choices("absence_kind", AbsenceKind),
        names=display_names(store, usernames),
        typed=typed or {"kind": AbsenceKind.OTHER_DUTY.value},
        errors=errors or {},
    )
