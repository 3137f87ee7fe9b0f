"""How the people of a centre work: class, hours, nights, standby phone. The rota is planned from it."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain
from agent_console.frame import Frame, PageFrame
from agent_console.hours import BadHours, read_hours, shown_hours
from agent_console.i18n import N_, gettext
from agent_console.rota_centres import chosen_centre, seen_centres
from agent_console.rota_choices import word_choices
from agent_console.safe_paths import with_query
from case_store.clock import now
from case_store.people.models import User
from case_store.people.permissions import Action, require
from case_store.people.staff import display_names
from case_store.rotation.rota.models import StaffClass
from case_store.rotation.rota.terms import BadTerms, NewTerms, rota_people, set_terms, terms_of

router = APIRouter(include_in_schema=False, prefix="/rotation/staff")
UserId = Annotated[int, Path(ge=1, lt=10**18)]
_SENTENCES: Final = {
    "user": N_("This person takes no calls: the rota does not plan for them."),
    "staff_class": N_("Please choose one from the list."),
    "week_minutes": N_(
        "Please write hours from 1 up to what the rules of this class allow, as 40 or 37:30."
    ),
    "month_minutes": N_("Please write hours from 1 to 744, or leave it empty."),
    "standby_phone": N_("Please write a Thai telephone number that can be rung."),
}
_SWITCHES: Final = ("no_nights", "experienced", "overtime_consent", "in_rota")


@router.get("")
def staff_page(
    frame: Frame, store: Reader, centre: Annotated[str, Query(max_length=2)] = ""
) -> Response:
    chosen = chosen_centre(frame.reader.actor, centre, Action.PLAN_ROTA)
    people = rota_people(store, chosen)
    terms = terms_of(store, [one.id for one in people])
    return frame.page(
        "rotation/staff.html",
        centre=chosen,
        centres=seen_centres(frame.reader.actor, Action.PLAN_ROTA),
        people=[(one, terms[one.id]) for one in people],
        shown_hours=shown_hours,
    )


@router.get("/{user_id}")
def person_page(user_id: UserId, frame: Frame, store: Reader) -> Response:
    return _page(frame, store, _person(frame, store, user_id))


@router.post("/{user_id}")
def change(user_id: UserId, frame: Frame, store: Store, fields: FormFields) -> Response:
    user = _person(frame, store, user_id)
    try:
        set_terms(store, user, _typed(fields), by=frame.reader.actor, at=now())
    except BadTerms as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
        return _page(frame, store, user, typed=fields, errors=errors)
    return RedirectResponse(with_query("/rotation/staff", centre=user.centre_code), 303)


def _person(frame: PageFrame, store: Session, user_id: int) -> User:
    require(frame.reader.actor, Action.PLAN_ROTA)
    user = store.get(User, user_id)
    if user is None:
        raise HTTPException(404)
    require(frame.reader.actor, Action.PLAN_ROTA, user.centre_code)
    return user


def _typed(fields: Fields) -> NewTerms:
    try:
        staff_class = StaffClass(plain(fields, "staff_class"))
    except ValueError:
        raise BadTerms("staff_class") from None
    month = plain(fields, "month_minutes")
    return NewTerms(
        staff_class=staff_class,
        week_minutes=_minutes(fields, "week_minutes"),
        month_minutes=_minutes(fields, "month_minutes") if month else None,
        standby_phone=plain(fields, "standby_phone"),
        **{name: fields.get(name) == "yes" for name in _SWITCHES},
    )


def _minutes(fields: Fields, name: str) -> int:
    try:
        return read_hours(plain(fields, name))
    except BadHours:
        raise BadTerms(name) from None


def _page(
    frame: PageFrame,
    store: Session,
    user: User,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    terms = terms_of(store, [user.id])[user.id]
    start = {
        "staff_class": terms.staff_class.value,
        "week_minutes": shown_hours(terms.week_minutes),
        "month_minutes": shown_hours(terms.month_minutes),
        "standby_phone": terms.standby_phone or "",
        **{name: "yes" for name in _SWITCHES if getattr(terms, name)},
    }
    return frame.page(
        "rotation/person.html",
        status=422 if errors else 200,
        person=user,
        classes=word_choices("staff_class", StaffClass),
        changed_by=display_names(store, {terms.changed_by}).get(terms.changed_by),
        changed_at=terms.changed_at,
        typed=typed or start,
        errors=errors or {},
    )
