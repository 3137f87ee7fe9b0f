"""Training: the register of a centre, sessions with results, practice calls to sign off, and one's own page."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.days import BadDay, read_day
from agent_console.dependencies import CurrentUser, Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.safe_paths import with_query
from agent_console.times import read_time
from case_store.clock import BANGKOK, now
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, may, require
from case_store.places.provinces import NATIONAL, Province, centres, province
from case_store.rotation.training.courses import LINE_COURSE, courses
from case_store.rotation.training.keeping import (
    BadTraining,
    NewSession,
    calls_to_sign_off,
    cancel_session,
    enrol,
    give_up_place,
    good_calls,
    hold_session,
    issue_certificate,
    record_result,
    revoke,
    sessions_for,
    sign_off,
)
from case_store.rotation.training.models import (
    Attendance,
    Certificate,
    Course,
    Enrolment,
    PracticeCall,
    TrainingResult,
    TrainingSession,
)
from case_store.rotation.training.register import (
    certificates_of,
    places_in,
    places_of,
    register,
)

router = APIRouter(include_in_schema=False, prefix="/rotation/training")
Id = Annotated[int, Path(ge=1, lt=10**18)]
PAST: Final = timedelta(days=60)
"""How long a session that is over stays in the list."""
SENTENCES: Final = {
    "course_code": N_("Please choose one from the list."),
    "user": N_("Please choose somebody of this centre."),
    "day": N_("Please write the day as 1/10/2026."),
    "begins_at": N_("Please write day and time, as 1/10/2026 and 09:00."),
    "ends_at": N_("The end must be after the beginning, two weeks at the most."),
    "place": N_("Please say where, at most 200 letters."),
    "trainer": N_("Please say who teaches."),
    "capacity": N_(
        "No place is left. Please write a number from 1 to 500, or choose another session."
    ),
    "session": N_(
        "That is not possible for this session: it has not begun, is over, or was cancelled."
    ),
    "result": N_("Only who came can have passed or failed."),
    "remark": N_("Please say what to practise once more."),
    "first_day": N_(
        "Please write the day of the training, as 1/10/2026; it must not be out of date."
    ),
    "note": N_("Please say what it stands on: the paper, its number, the older register."),
    "reason": N_("Please say why, at most 300 letters."),
}


@router.get("")
def training_page(
    frame: Frame, store: Reader, centre: Annotated[str, Query(max_length=2)] = ""
) -> Response:
    return _page(frame, store, _centre(frame.reader.actor, centre))


@router.post("/sessions")
def hold(frame: Frame, store: Store, fields: FormFields) -> Response:
    centre = _centre(frame.reader.actor, fields.get("centre", ""))
    try:
        held = hold_session(store, _session(fields, centre), by=frame.reader.actor, at=now())
    except BadTraining as bad:
        return _page(frame, store, centre, form="session", typed=fields, bad=bad)
    return RedirectResponse(_address(held), 303)


@router.get("/sessions/{session_id}")
def session_page(session_id: Id, frame: Frame, store: Reader) -> Response:
    return _session_page(frame, store, _held(store, session_id, frame.reader.actor))


@router.post("/sessions/{session_id}/cancel")
def cancel(session_id: Id, reader: CurrentUser, store: Store) -> Response:
    held = _held(store, session_id, reader.actor)
    cancel_session(store, held, by=reader.actor, at=now())
    return RedirectResponse(_address(held), 303)


@router.post("/sessions/{session_id}/places")
def give_place(session_id: Id, frame: Frame, store: Store, fields: FormFields) -> Response:
    held = _held(store, session_id, frame.reader.actor)
    user = store.get(User, whole_number(fields, "user") or 0)
    try:
        if user is None:
            raise BadTraining("user")
        enrol(store, held, user, by=frame.reader.actor, at=now())
    except BadTraining as bad:
        return _session_page(frame, store, held, bad=bad)
    return RedirectResponse(_address(held), 303)


@router.post("/sessions/{session_id}/results")
def results(session_id: Id, frame: Frame, store: Store, fields: FormFields) -> Response:
    """The whole list at once: `result_7` is came-and-passed, came-and-failed, came, absent, or nothing yet."""
    held = _held(store, session_id, frame.reader.actor)
    try:
        for place in _places(store, held, frame.reader.actor):
            outcome = _OUTCOMES.get(fields.get(f"result_{place.id}", ""))
            if outcome and outcome != (place.attendance, place.result):
                record_result(store, place, *outcome, by=frame.reader.actor, at=now())
    except BadTraining as bad:
        return _session_page(frame, store, held, bad=bad)  # the first one fails, or none does
    return RedirectResponse(_address(held), 303)


_OUTCOMES: Final[dict[str, tuple[Attendance, TrainingResult | None]]] = {
    "passed": (Attendance.ATTENDED, TrainingResult.PASSED),
    "failed": (Attendance.ATTENDED, TrainingResult.FAILED),
    "attended": (Attendance.ATTENDED, None),
    "absent": (Attendance.ABSENT, None),
}


@router.post("/practice/{call_id}")
def practice(call_id: Id, frame: Frame, store: Store, fields: FormFields) -> Response:
    require(frame.reader.actor, Action.KEEP_TRAINING)
    call = store.get(PracticeCall, call_id)
    if call is None:
        raise HTTPException(404)
    good, remark = fields.get("good") == "yes", plain(fields, "remark")
    try:
        sign_off(store, call, good=good, remark=remark, by=frame.reader.actor, at=now())
    except BadTraining as bad:
        centre = call.user.centre_code
        return _page(frame, store, centre, form=f"practice-{call.id}", typed=fields, bad=bad)
    return RedirectResponse(_page_address(call.user.centre_code), 303)


@router.post("/certificates")
def record_paper(frame: Frame, store: Store, fields: FormFields) -> Response:
    centre = _centre(frame.reader.actor, fields.get("centre", ""))
    user = store.get(User, whole_number(fields, "user") or 0)
    course = store.get(Course, plain(fields, "course"))
    try:
        if user is None or user.centre_code != centre:
            raise BadTraining("user")
        if course is None:
            raise BadTraining("course_code")
        first_day = _day(fields, "first_day")
        issue_certificate(
            store, user, course, first_day=first_day, note=plain(fields, "note"),
            by=frame.reader.actor, at=now(),
        )  # fmt: skip
    except BadTraining as bad:
        return _page(frame, store, centre, form="paper", typed=fields, bad=bad)
    return RedirectResponse(_page_address(centre), 303)


@router.post("/certificates/{certificate_id}/revoke")
def withdraw(certificate_id: Id, frame: Frame, store: Store, fields: FormFields) -> Response:
    require(frame.reader.actor, Action.KEEP_TRAINING)
    certificate = store.get(Certificate, certificate_id)
    if certificate is None:
        raise HTTPException(404)
    centre = certificate.user.centre_code
    try:
        revoke(store, certificate, plain(fields, "reason"), by=frame.reader.actor, at=now())
    except BadTraining as bad:
        form = f"revoke-{certificate.id}"
        return _page(frame, store, centre, form=form, typed=fields, bad=bad)
    return RedirectResponse(_page_address(centre), 303)


# ── One's own page ────────────────────────────────────────────────────────────────────────────


@router.get("/mine")
def my_training(frame: Frame, store: Reader) -> Response:
    return _my_page(frame, store)


@router.post("/mine/places/{session_id}")
def take_place(session_id: Id, frame: Frame, store: Store) -> Response:
    require(frame.reader.actor, Action.SEE_ROTA)
    held = store.get(TrainingSession, session_id)
    if held is None:
        raise HTTPException(404)
    try:
        enrol(store, held, frame.reader.user(store), by=frame.reader.actor, at=now())
    except BadTraining as bad:
        return _my_page(frame, store, bad=bad)
    return RedirectResponse("/rotation/training/mine", 303)


@router.post("/mine/places/{place_id}/give-up")
def leave_place(place_id: Id, frame: Frame, store: Store) -> Response:
    place = store.get(Enrolment, place_id)
    if place is None or place.user_id != frame.reader.user_id:
        raise HTTPException(404)
    try:
        give_up_place(store, place, by=frame.reader.actor, at=now())
    except BadTraining as bad:
        return _my_page(frame, store, bad=bad)
    return RedirectResponse("/rotation/training/mine", 303)


def _my_page(frame: PageFrame, store: Session, bad: BadTraining | None = None) -> Response:
    require(frame.reader.actor, Action.SEE_ROTA)
    user, at = frame.reader.user(store), now()
    places = places_of(store, user.id)
    taken = {place.session_id for place in places}
    coming = [
        one
        for one in sessions_for(store, [user.centre_code], since=at)
        if one.id not in taken and one.cancelled_at is None
    ]
    line = store.get(Course, LINE_COURSE)
    return frame.page(
        "rotation/my_training.html",
        status=422 if bad else 200,
        problem=gettext(SENTENCES[bad.field]) if bad else "",
        certificates=certificates_of(store, user.id),
        places=places,
        coming=coming,
        today=at.astimezone(BANGKOK).date(),
        at=at,
        practice_line=frame.console.settings.demo and frame.reader.takes_calls,
        practised=good_calls(store, user, line) if line else 0,
        practice_calls=line.practice_calls if line else 0,
    )


# ── The pages of those who keep the training ──────────────────────────────────────────────────


def _page(
    frame: PageFrame,
    store: Session,
    centre: str,
    *,
    form: str = "",
    typed: Fields | None = None,
    bad: BadTraining | None = None,
) -> Response:
    """The centre's page; `form` is the one in which `bad` is wrong, with what was typed in it."""
    actor, at = frame.reader.actor, now()
    require(actor, Action.KEEP_TRAINING, centre)
    waiting = [
        call for call in calls_to_sign_off(store, by=actor) if call.user.centre_code == centre
    ]
    return frame.page(
        "rotation/training.html",
        status=422 if bad else 200,
        centre=centre,
        centres=_choices(actor),
        standings=register(store, centre, at=at),
        sessions=sessions_for(store, [centre], since=at - PAST),
        calls=waiting,
        courses=[course for course in courses(store) if course.active],
        at=at,
        today=at.astimezone(BANGKOK).date(),
        national=centre == NATIONAL,
        form=form,
        typed=typed or {},
        errors={bad.field: gettext(SENTENCES[bad.field])} if bad else {},
    )


def _session_page(
    frame: PageFrame, store: Session, held: TrainingSession, bad: BadTraining | None = None
) -> Response:
    actor, at = frame.reader.actor, now()
    places = _places(store, held, actor)
    taken = {place.user_id for place in places}
    centre = held.centre_code or actor.centre_code
    people = [one.user for one in register(store, centre, at=at) if one.user.id not in taken]
    return frame.page(
        "rotation/training_session.html",
        status=422 if bad else 200,
        held=held,
        places=places,
        people=people,
        begun=held.begins_at <= at,
        problem=gettext(SENTENCES[bad.field]) if bad else "",
        at=at,
        outcomes=_outcomes(places),
    )


def _places(store: Session, held: TrainingSession, actor: Actor) -> list[Enrolment]:
    """Of a session of the ministry, only the people of one's own centre."""
    found = places_in(store, held.id)
    return [one for one in found if may(actor, Action.KEEP_TRAINING, one.user.centre_code)]


def _outcomes(places: list[Enrolment]) -> dict[int, str]:
    names = {outcome: name for name, outcome in _OUTCOMES.items()}
    return {place.id: names.get((place.attendance, place.result), "") for place in places}


def _centre(actor: Actor, chosen: str) -> str:
    require(actor, Action.KEEP_TRAINING)
    code = chosen if province(chosen) is not None else actor.centre_code
    require(actor, Action.KEEP_TRAINING, code)
    return code


def _choices(actor: Actor) -> list[Province]:
    return [one for one in centres() if may(actor, Action.KEEP_TRAINING, one.code)]


def _held(store: Session, session_id: int, actor: Actor) -> TrainingSession:
    """A session that the reader keeps. Who keeps their centre's training also sends people to the ministry's."""
    require(actor, Action.KEEP_TRAINING)
    held = store.get(TrainingSession, session_id)
    if held is None:
        raise HTTPException(404)
    if held.centre_code is not None:
        require(actor, Action.KEEP_TRAINING, held.centre_code)
    return held


def _session(fields: Fields, centre: str) -> NewSession:
    for_all = centre == NATIONAL and fields.get("for_all") == "yes"
    return NewSession(
        course_code=plain(fields, "course"),
        centre_code=None if for_all else centre,
        begins_at=_moment(fields, "day", "from", "begins_at"),
        ends_at=_moment(fields, "day", "to", "ends_at"),
        place=plain(fields, "place"),
        trainer=plain(fields, "trainer"),
        capacity=whole_number(fields, "capacity") or 0,
    )


def _moment(fields: Fields, day: str, time: str, wrong: str) -> datetime:
    try:
        typed_day, typed_time = read_day(plain(fields, day)), read_time(plain(fields, time))
    except BadDay:
        raise BadTraining(wrong) from None
    if typed_day is None or typed_time is None:
        raise BadTraining(wrong)
    return datetime.combine(typed_day, typed_time, BANGKOK).astimezone(UTC)


def _day(fields: Fields, name: str) -> date:
    try:
        day = read_day(plain(fields, name))
    except BadDay:
        day = None
    if day is None:
        raise BadTraining(name)
    return day


def _address(held: TrainingSession) -> str:
    return f"/rotation/training/sessions/{held.id}"


def _page_address(centre: str) -> str:
    return with_query("/rotation/training", centre=centre)
