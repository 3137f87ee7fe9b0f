"""The agencies that cases are referred to: of each province, and of the whole country."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.safe_paths import with_query
from case_store.agencies.keep_agencies import (
    BadAgency,
    add_agency,
    change_agency,
    list_agencies,
)
from case_store.agencies.models import Agency
from case_store.clock import now
from case_store.people.permissions import Action, require
from case_store.places.provinces import provinces

router = APIRouter(include_in_schema=False, prefix="/office/agencies")
AgencyId = Annotated[int, Path(ge=1, lt=10**18)]
_SENTENCES: Final = {
    "code": N_("Please write a code of small English letters, digits and _ that no other has."),
    "name_th": N_("Please write the Thai name, at most 160 letters."),
    "name_en": N_("Please write the English name, at most 160 letters."),
    "centre_code": N_("Please choose one from the list."),
}


@router.get("")
def agencies_page(
    frame: Frame, store: Reader, centre: Annotated[str, Query(max_length=2)] = ""
) -> Response:
    return _list(frame, store, centre)


@router.post("")
def add(frame: Frame, store: Store, fields: FormFields) -> Response:
    centre = plain(fields, "centre_code")
    try:
        add_agency(
            store,
            code=plain(fields, "code"),
            name_th=plain(fields, "name_th"),
            name_en=plain(fields, "name_en"),
            centre_code=centre or None,
            by=frame.reader.actor,
            at=now(),
        )
    except BadAgency as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
        return _list(frame, store, centre, typed=fields, errors=errors)
    return RedirectResponse(with_query("/office/agencies", centre=centre), 303)


@router.get("/{agency_id}")
def agency_page(agency_id: AgencyId, frame: Frame, store: Reader) -> Response:
    return _agency(frame, store, agency_id)


@router.post("/{agency_id}")
def change(agency_id: AgencyId, frame: Frame, store: Store, fields: FormFields) -> Response:
    agency = _found(store, agency_id)
    try:
        change_agency(
            store,
            agency,
            name_th=plain(fields, "name_th"),
            name_en=plain(fields, "name_en"),
            active=fields.get("active") == "1",
            by=frame.reader.actor,
            at=now(),
        )
    except BadAgency as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
        return _agency(frame, store, agency_id, typed=fields, errors=errors)
    return RedirectResponse(with_query("/office/agencies", centre=agency.centre_code or ""), 303)


def _found(store: Session, agency_id: int) -> Agency:
    agency = store.get(Agency, agency_id)
    if agency is None:
        raise HTTPException(404)
    return agency


def _list(
    frame: PageFrame,
    store: Session,
    centre: str,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    require(frame.reader.actor, Action.MANAGE_WORDS)
    known = centre if any(one.code == centre for one in provinces()) else ""
    found = list_agencies(store, known or None, active_only=False)
    return frame.page(
        "office/agencies.html",
        status=422 if errors else 200,
        agencies=[one for one in found if (one.centre_code or "") == known],
        centre=known,
        provinces=provinces(),
        typed=typed or {"centre_code": known},
        errors=errors or {},
    )


def _agency(
    frame: PageFrame,
    store: Session,
    agency_id: int,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    require(frame.reader.actor, Action.MANAGE_WORDS)
    agency = _found(store, agency_id)
    shown = {"name_th": agency.name_th, "name_en": agency.name_en}
    return frame.page(
        "office/agency.html",
        status=422 if errors else 200,
        agency=agency,
        fields=shown | (typed or {"active": "1" if agency.active else ""}),
        errors=errors or {},
    )
