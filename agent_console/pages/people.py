"""Staff: who works with the system and in which role, new people, new passwords, and those who left."""

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import CurrentUser, Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.paging import decode, page_of
from case_store.agencies.keep_agencies import list_agencies
from case_store.cases.handover import duties_of
from case_store.clock import now
from case_store.people.keep_people import (
    BadStaff,
    NewPerson,
    Post,
    add_staff,
    agencies_by_id,
    change_post,
    list_staff,
    reset_password,
    retire_staff,
)
from case_store.people.models import User
from case_store.people.permissions import Action, require
from case_store.places.inspection_regions import inspection_regions
from case_store.places.provinces import NATIONAL, centres

router = APIRouter(include_in_schema=False, prefix="/office/people")
UserId = Annotated[int, Path(ge=1, lt=10**18)]
PAGE: Final = 50
LONGEST_Q: Final = 100
_SENTENCES: Final = {
    "username": N_(
        "Please write a user name that no other has: 3 to 63 small letters, digits, dots or dashes."
    ),
    "display_name": N_("Please write the name, at most 120 letters."),
    "role": N_("Please choose one from the list."),
    "centre_code": N_("Please choose one from the list."),
    "agency_id": N_("An agency officer has an agency: please choose it."),
    "inspection_region": N_("An inspector has an inspection region: please choose it."),
}
_LAST: Final = N_("There must be an administrator: this is the last one. Make another one first.")
_LEFT: Final = N_("Whoever left has no post.")
_ONESELF: Final = N_("Nobody can retire themselves. Ask another administrator.")


@router.get("")
def people_page(frame: Frame, store: Reader, cursor: str | None = None) -> Response:
    return _page(frame, store, cursor=cursor)


@router.get("/agencies")
def agencies_of_centre(
    frame: Frame, store: Reader, centre_code: Annotated[str, Query(max_length=2)] = ""
) -> Response:
    """The choices of the form once the province is chosen."""
    require(frame.reader.actor, Action.MANAGE_PEOPLE)
    agencies = list_agencies(store, centre_code or None)
    return frame.fragment("office/_agency_options.html", agencies=agencies, chosen="")


@router.post("/search")
def search(frame: Frame, store: Reader, fields: FormFields) -> Response:
    """A name stands in no address."""
    q, cursor = plain(fields, "q")[:LONGEST_Q], fields.get("cursor") or None
    return _page(frame, store, q=q, cursor=cursor)


@router.post("")
def add(frame: Frame, store: Store, fields: FormFields) -> Response:
    """The first password is in this one answer and nowhere else."""
    new = NewPerson(
        username=plain(fields, "username"),
        display_name=plain(fields, "display_name"),
        **asdict(_typed_post(fields)),
    )
    try:
        user, password = add_staff(store, new, by=frame.reader.actor, at=now())
    except BadStaff as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
        return _page(frame, store, typed=fields, errors=errors)
    return _page(frame, store, shown=(user, password))


@router.post("/{user_id}/password")
def new_password(user_id: UserId, frame: Frame, store: Store) -> Response:
    require(frame.reader.actor, Action.MANAGE_PEOPLE)
    user = _found(store, user_id)
    password = reset_password(store, user, by=frame.reader.actor, at=now())
    return _page(frame, store, shown=(user, password))


@router.post("/{user_id}/retire")
def retire(user_id: UserId, frame: Frame, reader: CurrentUser, store: Store) -> Response:
    require(reader.actor, Action.MANAGE_PEOPLE)
    try:
        retire_staff(store, _found(store, user_id), by=reader.actor, at=now())
    except BadStaff as bad:
        sentence = _LAST if bad.field == "last_administrator" else _ONESELF
        return _page(frame, store, errors={"retire": gettext(sentence)})
    return RedirectResponse("/office/people", 303)


@router.get("/{user_id}")
def person_page(
    user_id: UserId, frame: Frame, store: Reader, changed: Annotated[int, Query(ge=0, le=1)] = 0
) -> Response:
    require(frame.reader.actor, Action.MANAGE_PEOPLE)
    return _person(frame, store, _found(store, user_id), changed=bool(changed))


@router.post("/{user_id}")
def change(user_id: UserId, frame: Frame, store: Store, fields: FormFields) -> Response:
    require(frame.reader.actor, Action.MANAGE_PEOPLE)
    user = _found(store, user_id)
    try:
        done = change_post(store, user, _typed_post(fields), by=frame.reader.actor, at=now())
    except BadStaff as bad:
        errors = _errors_of_post(bad)
        return _person(frame, store, user, typed=fields, errors=errors)
    return RedirectResponse(f"/office/people/{user_id}{'?changed=1' if done else ''}", 303)


def _typed_post(fields: Fields) -> Post:
    return Post(
        role=plain(fields, "role"),
        centre_code=plain(fields, "centre_code"),
        agency_id=whole_number(fields, "agency_id"),
        is_agency_head=fields.get("is_agency_head") == "1",
        inspection_region=plain(fields, "inspection_region") or None,
    )


def _errors_of_post(bad: BadStaff) -> dict[str, str]:
    match bad.field:
        case "last_administrator":
            return {"role": gettext(_LAST)}
        case "username":
            return {"person": gettext(_LEFT)}
        case field:
            return {field: gettext(_SENTENCES[field])}


def _found(store: Session, user_id: int) -> User:
    user = store.get(User, user_id)
    if user is None:
        raise HTTPException(404)
    return user


def _page(
    frame: PageFrame,
    store: Session,
    *,
    q: str = "",
    cursor: str | None = None,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
    shown: tuple[User, str] | None = None,
) -> Response:
    rows = list_staff(store, by=frame.reader.actor, q=q, limit=PAGE + 1, after=decode(cursor))
    people = page_of(rows, PAGE)
    kept = typed or {}
    return frame.page(
        "office/people.html",
        status=422 if errors else 200,
        people=people,
        q=q,
        is_first=not cursor,
        agencies=list_agencies(store, plain(kept, "centre_code") or NATIONAL),
        agency_names=agencies_by_id(store, {one.agency_id for one in people.items}),
        regions=inspection_regions(),
        centres=centres(),
        typed=kept,
        errors=errors or {},
        shown=shown,
    )


def _person(
    frame: PageFrame,
    store: Session,
    user: User,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
    changed: bool = False,
) -> Response:
    shown = typed or _post_of(user)
    return frame.page(
        "office/person.html",
        status=422 if errors else 200,
        person=user,
        duties=duties_of(store, user),
        agencies=list_agencies(store, plain(shown, "centre_code") or NATIONAL),
        regions=inspection_regions(),
        centres=centres(),
        typed=shown,
        errors=errors or {},
        changed=changed,
    )


def _post_of(user: User) -> Fields:
    """What they have, as the form says it."""
    return {
        "role": user.role.value,
        "centre_code": user.centre_code,
        "agency_id": str(user.agency_id or ""),
        "is_agency_head": "1" if user.is_agency_head else "",
        "inspection_region": user.inspection_region or "",
    }
