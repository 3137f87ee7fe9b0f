"""Training: courses, sessions with results, practice to sign off, and certificates."""

from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, HTTPException, Query, Security
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from agent_console.api.access import Program, actor_of_request
from agent_console.api.addressed import Id
from agent_console.api.schemas import ListOf
from agent_console.api.texts import Body, CentreCode, Code, Name, Text
from agent_console.dependencies import Reader, Store
from case_store.clock import now
from case_store.people.models import User
from case_store.people.permissions import Action, require
from case_store.people.staff import find_person
from case_store.rotation.training.courses import courses
from case_store.rotation.training.keeping import (
    BadTraining,
    NewSession,
    calls_to_sign_off,
    enrol,
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
    PracticeCall,
    TrainingResult,
    TrainingSession,
)
from case_store.rotation.training.register import certificates_at

router = APIRouter(tags=["training"])
Username = Annotated[str, Field(min_length=1, max_length=64)]
Centre = Annotated[CentreCode, Query(description="The centre whose training it is.")]


class CourseItem(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    code: str
    channel: Annotated[str, Field(description="What its certificate lets somebody work.")]
    name_th: str
    name_en: str
    valid_months: int
    practice_calls: Annotated[
        int, Field(description="Simulated calls that a trainer must have signed off before.")
    ]
    active: bool


class SessionItem(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    course_code: str
    centre_code: Annotated[str | None, Field(description="null: for people of all centres.")]
    begins_at: datetime
    ends_at: datetime
    place: str
    trainer: str
    capacity: int
    cancelled_at: datetime | None


class NewSessionBody(Body):
    course_code: Code
    centre_code: Annotated[
        CentreCode | None, Field(description="null: for all; the ministry's alone.")
    ]
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    place: Name
    trainer: Name
    capacity: Annotated[int, Field(ge=1, le=500)]


class ResultBody(Body):
    """Whether somebody came, and passed; who had no place in the session gets one."""

    username: Username
    attendance: Attendance
    result: TrainingResult | None = None


class CertificateItem(BaseModel):
    """`issued_by` is `migration` for the 60 days that call-takers were given when certificates began."""

    id: int
    username: str
    channel: str
    course_code: str
    first_day: date
    last_day: date
    issued_by: str
    issued_at: datetime
    revoked_at: datetime | None

    @classmethod
    def of(cls, one: Certificate) -> Self:
        return cls(
            id=one.id,
            username=one.user.username,
            channel=one.channel,
            course_code=one.course_code,
            first_day=one.first_day,
            last_day=one.last_day,
            issued_by=one.issued_by,
            issued_at=one.issued_at,
            revoked_at=one.revoked_at,
        )


class ResultItem(BaseModel):
    """`certificate`: the one that this result brought; null when more is wanted, such as practice calls."""

    certificate: CertificateItem | None


class NewCertificate(Body):
    username: Username
    course_code: Code
    first_day: date
    note: Annotated[
        Text, Field(max_length=300, description="Where the training was, or which paper says so.")
    ]


class Reason(Body):
    reason: Annotated[Text, Field(max_length=300)]


class PracticeItem(BaseModel):
    id: int
    username: str
    began_at: datetime
    seconds: int


class SignOff(Body):
    good: bool
    remark: Annotated[str, Field(max_length=300)] = ""


@router.get(
    "/training/courses",
    summary="The courses; one page holds all",
    dependencies=[Security(actor_of_request)],
)
def get_courses(store: Reader) -> ListOf[CourseItem]:
    return ListOf(items=[CourseItem.model_validate(one) for one in courses(store)], next=None)


@router.get("/training/sessions", summary="Coming sessions for people of a centre, the next first")
def get_sessions(
    program: Program,
    store: Reader,
    centre_code: Centre,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> ListOf[SessionItem]:
    require(program, Action.SEE_ROTA, centre_code)
    found = sessions_for(store, [centre_code], since=now(), limit=limit)
    return ListOf(items=[SessionItem.model_validate(one) for one in found], next=None)


@router.post("/training/sessions", status_code=201, summary="Announce a session")
def post_session(new: NewSessionBody, program: Program, store: Store) -> SessionItem:
    held = hold_session(store, NewSession(**new.model_dump()), by=program, at=now())
    return SessionItem.model_validate(held)


@router.post("/training/sessions/{session_id}/results", summary="Record who came and passed")
def post_result(session_id: Id, body: ResultBody, program: Program, store: Store) -> ResultItem:
    require(program, Action.KEEP_TRAINING)
    held = store.get(TrainingSession, session_id)
    if held is None:
        raise HTTPException(404)
    user = _person(store, body.username)
    require(program, Action.KEEP_TRAINING, user.centre_code)
    place = enrol(store, held, user, by=program, at=now())
    issued = record_result(store, place, body.attendance, body.result, by=program, at=now())
    return ResultItem(certificate=CertificateItem.of(issued) if issued else None)


@router.get("/training/practice-calls", summary="Practice calls that wait for a trainer")
def get_practice_calls(program: Program, store: Reader) -> ListOf[PracticeItem]:
    require(program, Action.KEEP_TRAINING)
    items = [
        PracticeItem(
            id=one.id, username=one.user.username, began_at=one.began_at, seconds=one.seconds
        )
        for one in calls_to_sign_off(store, by=program)
    ]
    return ListOf(items=items, next=None)


@router.post("/training/practice-calls/{practice_id}/sign-off", summary="Sign a practice call off")
def post_sign_off(practice_id: Id, body: SignOff, program: Program, store: Store) -> ResultItem:
    require(program, Action.KEEP_TRAINING)
    call = store.get(PracticeCall, practice_id)
    if call is None:
        raise HTTPException(404)
    issued = sign_off(store, call, good=body.good, remark=body.remark, by=program, at=now())
    return ResultItem(certificate=CertificateItem.of(issued) if issued else None)


@router.get("/certificates", summary="Certificates of a centre's people, the soonest end first")
def get_certificates(
    program: Program,
    store: Reader,
    centre_code: Centre,
    channel: Annotated[Code | None, Query()] = None,
    valid_on: Annotated[date | None, Query(description="Only those that hold on this day.")] = None,
) -> ListOf[CertificateItem]:
    require(program, Action.KEEP_TRAINING, centre_code)
    found = certificates_at(store, centre_code, channel=channel, valid_on=valid_on)
    return ListOf(items=[CertificateItem.of(one) for one in found], next=None)


@router.post("/certificates", status_code=201, summary="Record a certificate earned elsewhere")
def post_certificate(new: NewCertificate, program: Program, store: Store) -> CertificateItem:
    require(program, Action.KEEP_TRAINING)
    course = store.get(Course, new.course_code)
    if course is None:
        raise BadTraining("course_code")
    issued = issue_certificate(
        store, _person(store, new.username), course, first_day=new.first_day, note=new.note,
        by=program, at=now(),
    )  # fmt: skip
    return CertificateItem.of(issued)


@router.post("/certificates/{certificate_id}/revoke", summary="Withdraw a certificate at once")
def post_revoke(
    certificate_id: Id, body: Reason, program: Program, store: Store
) -> CertificateItem:
    require(program, Action.KEEP_TRAINING)
    certificate = store.get(Certificate, certificate_id)
    if certificate is None:
        raise HTTPException(404)
    revoke(store, certificate, body.reason, by=program, at=now())
    return CertificateItem.of(certificate)


def _person(store: Session, username: str) -> User:
    user = find_person(store, username)
    if user is None:
        raise BadTraining("username")
    return user
