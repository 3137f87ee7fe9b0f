"""The courses: what must be learned for each channel, and how long its certificate holds."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext, language
from case_store.cases.word_models import Channel
from case_store.cases.words import active_words, every_word
from case_store.clock import now
from case_store.people.permissions import Action, require
from case_store.rotation.training.courses import courses
from case_store.rotation.training.keep_courses import (
    BadCourse,
    CourseTerms,
    add_course,
    change_course,
    holders,
)
from case_store.rotation.training.models import Course

router = APIRouter(include_in_schema=False, prefix="/rotation/courses")
ADDRESS: Final = "/rotation/courses"
Code = Annotated[str, Path(max_length=32)]
_SENTENCES: Final = {
    "code": N_("Please write a code of small English letters, digits and _ that no other has."),
    "channel": N_("Please choose one from the list."),
    "name_th": N_("Please write the Thai name, at most 120 letters."),
    "name_en": N_("Please write the English name, at most 120 letters."),
    "valid_months": N_("Please write a number of months from 1 to 120."),
    "practice_calls": N_("Please write a number of calls from 0 to 50."),
    "active": N_(
        "This is the only course of its channel: closed, nobody could get a certificate any more. "
        "Add another course of the channel first."
    ),
}


@router.get("")
def courses_page(frame: Frame, store: Reader) -> Response:
    return _list(frame, store)


@router.post("")
def add(frame: Frame, store: Store, fields: FormFields) -> Response:
    try:
        add_course(
            store, plain(fields, "code"), plain(fields, "channel"), _terms(fields, active=True),
            by=frame.reader.actor, at=now(),
        )  # fmt: skip
    except BadCourse as bad:
        return _list(frame, store, fields, {bad.field: gettext(_SENTENCES[bad.field])})
    return RedirectResponse(ADDRESS, 303)


@router.get("/{code}")
def course_page(code: Code, frame: Frame, store: Reader) -> Response:
    return _course(frame, store, code)


@router.post("/{code}")
def change(code: Code, frame: Frame, store: Store, fields: FormFields) -> Response:
    require(frame.reader.actor, Action.MANAGE_WORDS)
    course = _found(store, code)
    terms = _terms(fields, active=plain(fields, "active") == "1")
    try:
        change_course(store, course, terms, by=frame.reader.actor, at=now())
    except BadCourse as bad:
        return _course(frame, store, code, fields, {bad.field: gettext(_SENTENCES[bad.field])})
    return RedirectResponse(ADDRESS, 303)


def _terms(fields: Fields, *, active: bool) -> CourseTerms:
    """What is no number is out of bounds, and the store says so."""

    def number(name: str) -> int:
        found = whole_number(fields, name)
        return -1 if found is None else found

    return CourseTerms(
        name_th=plain(fields, "name_th"),
        name_en=plain(fields, "name_en"),
        valid_months=number("valid_months"),
        practice_calls=number("practice_calls"),
        active=active,
    )


def _found(store: Session, code: str) -> Course:
    course = store.get(Course, code)
    if course is None:
        raise HTTPException(404)
    return course


def _channel_names(store: Session) -> dict[str, str]:
    return {one.code: one.name(language()) for one in every_word(store, Channel)}


def _list(
    frame: PageFrame,
    store: Session,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    require(frame.reader.actor, Action.MANAGE_WORDS)
    return frame.page(
        "rotation/courses.html",
        status=422 if errors else 200,
        courses=courses(store),
        channel_names=_channel_names(store),
        channels=active_words(store, Channel),
        holders=holders(store, at=now()),
        typed=typed or {"valid_months": "24", "practice_calls": "0"},
        errors=errors or {},
    )


def _course(
    frame: PageFrame,
    store: Session,
    code: str,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    require(frame.reader.actor, Action.MANAGE_WORDS)
    course = _found(store, code)
    shown = {
        "name_th": course.name_th,
        "name_en": course.name_en,
        "valid_months": course.valid_months,
        "practice_calls": course.practice_calls,
    }
    return frame.page(
        "rotation/course.html",
        status=422 if errors else 200,
        course=course,
        channel_names=_channel_names(store),
        held_by=holders(store, at=now()).get(code, 0),
        fields=shown | (typed or {"active": "1" if course.active else ""}),
        errors=errors or {},
    )
