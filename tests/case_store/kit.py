"""Short ways to make the people, calls and cases that the store's tests need."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from case_store.calls.models import Call
from case_store.calls.record_call import open_call
from case_store.cases.intake import NewCase, open_case
from case_store.cases.models import Case
from case_store.events.event import Event
from case_store.identity.keyring import Keyring
from case_store.people.models import PresenceState, Role, User
from case_store.people.permissions import Actor
from case_store.people.presence import set_presence
from case_store.people.sign_in import NewSignIn, begin_sign_in
from case_store.places.numbering import read_caller
from tests.trained import trained

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
"""Noon in Bangkok."""
IDLE = timedelta(hours=1)
KEYS = Keyring.new()
NATIONAL = Actor("nok", Role.NATIONAL_OFFICER, "00")


class Recorder:
    """A publisher that keeps what it was given."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, events: Sequence[Event]) -> None:
        self.events.extend(events)


def person(session: Session, username: str, role: Role = Role.AGENT, centre: str = "50") -> User:
    user = User(
        username=username, display_name=username.title(), role=role, centre_code=centre,
        password_hash="unused", language="th", active=True, failed_sign_ins=0, created_at=NOON,
    )  # fmt: skip
    session.add(user)
    session.flush()
    return trained(session, user)


def signed_in(session: Session, user: User, at: datetime = NOON) -> NewSignIn:
    return begin_sign_in(session, user, at=at, lasts=timedelta(hours=12))


def ready(session: Session, user: User, at: datetime = NOON) -> User:
    signed_in(session, user, at)
    set_presence(session, user, PresenceState.READY, at=at)
    session.flush()
    return user


def call(
    session: Session, pbx_id: str = "pbx-1", number: str = "0812345678", at: datetime = NOON
) -> Call:
    return open_call(session, pbx_id, caller=read_caller(number), at=at)


def case(
    session: Session,
    by: Actor = NATIONAL,
    at: datetime = NOON,
    key: str | None = None,
    **fields: Any,
) -> Case:
    return open_case(session, new_case(**fields), by=by, at=at, intake_key=key)


def new_case(**fields: Any) -> NewCase:
    plain = {
        "channel": "phone_1567", "category": "utilities", "province_code": "50",
        "subject": "ไฟถนนดับ", "description": "ไฟถนนหน้าวัดดับมาสามคืนแล้ว",
    }  # fmt: skip
    return NewCase.model_validate(plain | fields)
