"""Keeping the members of staff from the console: each change is allowed, checked and written into the audit trail."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypedDict

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from case_store.agencies.models import Agency
from case_store.audit.trail import SYSTEM, record
from case_store.calls.models import Call, CallOutcome
from case_store.calls.record_call import record_finish_wish
from case_store.cases.handover import tell_of_cases_left
from case_store.people.models import Role, User
from case_store.people.permissions import Action, Actor, require
from case_store.people.presence import TAKES_CALLS
from case_store.people.sign_in import end_sign_ins_of
from case_store.people.staff import (
    USERNAME,
    add_person,
    change_password,
    find_person,
    retire_person,
)
from case_store.places.inspection_regions import inspection_regions
from case_store.places.provinces import province
from case_store.rotation.channels.answering import APPOINTABLE
from case_store.rotation.channels.leaving import leave_channels
from case_store.rotation.rota.leaving import leave_rota

_PASSWORD_BYTES: Final = 12
"""Sixteen letters, which nobody has to remember: they are changed by whoever gets them."""
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, kw_only=True)
class Post:
    """As what somebody works, and where. Agency and region count for the roles that have them."""

    role: str
    centre_code: str
    agency_id: int | None = None
    is_agency_head: bool = False
    inspection_region: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewPerson(Post):
    """What is known of somebody who is to be added."""

    username: str
    display_name: str


class BadStaff(ValueError):
    """Something about a person is not right; `field` says what."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


def list_staff(
    session: Session, *, by: Actor, q: str = "", limit: int, after: int | None = None
) -> Sequence[User]:
    """Everybody, those who left too, in the order in which they came; narrowed by a part of a name."""
    require(by, Action.MANAGE_PEOPLE)
    query = select(User)
    if q:
        names = (User.display_name, User.username)
        query = query.where(or_(*(name.icontains(q, autoescape=True) for name in names)))
    if after is not None:
        query = query.where(User.id > after)
    return session.scalars(query.order_by(User.id).limit(limit)).all()


def agencies_by_id(session: Session, ids: Collection[int | None]) -> dict[int, Agency]:
    """The agencies that people of a list belong to."""
    wanted = [one for one in ids if one is not None]
    found = session.scalars(select(Agency).where(Agency.id.in_(wanted)))
    return {agency.id: agency for agency in found}


def add_staff(session: Session, new: NewPerson, *, by: Actor, at: datetime) -> tuple[User, str]:
    """A new member of staff and the first password, which is shown once. Raises `NotAllowed`, `BadStaff`."""
    require(by, Action.MANAGE_PEOPLE)
    _check_names(session, new)
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    user = add_person(
        session,
        username=new.username,
        display_name=new.display_name,
        password=password,
        at=at,
        **_belonging(session, new),
    )
    _record(session, "added", user, by, at)
    return user, password


def change_post(session: Session, user: User, post: Post, *, by: Actor, at: datetime) -> bool:
    """Another role, centre, agency or region; False when it is the one that they have.

    They are signed out, take no more calls, and the talk that they are in goes on; the supervisors of the cases that
    they can no longer have are told, duties that they can no longer work are free, and they answer for no channel.

    Raises `NotAllowed`, `BadStaff`: also for the last administrator.
    """
    require(by, Action.MANAGE_PEOPLE)
    if not user.active:
        raise BadStaff("username")
    new, old = _belonging(session, post), _belonging_of(user)
    if new == old:
        return False
    if new["role"] is not Role.ADMINISTRATOR:
        _keep_an_administrator(session, user)
    end_sign_ins_of(session, user, at=at)
    _let_talk_end(session, user, at=at)
    for name, value in new.items():
        setattr(user, name, value)
    session.flush()
    tell_of_cases_left(session, user, at=at)
    if new["centre_code"] != old["centre_code"] or new["role"] not in TAKES_CALLS:
        leave_rota(session, user, old["centre_code"], by=by, at=at)
    if new["centre_code"] != old["centre_code"] or new["role"] not in APPOINTABLE:
        leave_channels(session, user, by=by, at=at)
    _record(session, "moved", user, by, at, before=_facts(old))
    return True


def reset_password(session: Session, user: User, *, by: Actor, at: datetime) -> str:
    """A new password, shown once; whoever is signed in with the old one is signed out."""
    require(by, Action.MANAGE_PEOPLE)
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    change_password(session, user, password, at=at)
    _let_talk_end(session, user, at=at)
    _record(session, "password_reset", user, by, at)
    return password


def retire_staff(session: Session, user: User, *, by: Actor, at: datetime) -> None:
    """Somebody who left. Nobody can retire themselves: the last administrator would lock everybody out."""
    require(by, Action.MANAGE_PEOPLE)
    if user.id == by.user_id:
        raise BadStaff("username")
    if user.active:
        _keep_an_administrator(session, user)
        retire_person(session, user, at=at)
        _let_talk_end(session, user, at=at)
        session.flush()
        tell_of_cases_left(session, user, at=at)
        leave_rota(session, user, user.centre_code, by=by, at=at)
        leave_channels(session, user, by=by, at=at)
        _record(session, "retired", user, by, at)


def _keep_an_administrator(session: Session, user: User) -> None:
    """Two administrators who remove each other at the same moment wait here for one another. Raises `BadStaff`."""
    if user.role is not Role.ADMINISTRATOR:
        return
    query = select(User.id).where(User.role == Role.ADMINISTRATOR, User.active)
    if not set(session.scalars(query.order_by(User.id).with_for_update())) - {user.id}:
        raise BadStaff("last_administrator")


def _let_talk_end(session: Session, user: User, *, at: datetime) -> None:
    """Who is signed out in mid-call talks on, and their browser can no longer say that the talk is to end with them."""
    talks = select(Call).where(Call.outcome == CallOutcome.CONNECTED, Call.agent_id == user.id)
    for call in session.scalars(talks):
        record_finish_wish(session, call, at=at)


def _check_names(session: Session, new: NewPerson) -> None:
    if not USERNAME.fullmatch(new.username) or find_person(session, new.username) is not None:
        raise BadStaff("username")
    if not 0 < len(new.display_name) <= _LONGEST_NAME:
        raise BadStaff("display_name")


class _Belonging(TypedDict):
    role: Role
    centre_code: str
    agency_id: int | None
    is_agency_head: bool
    inspection_region: str | None


def _belonging(session: Session, post: Post) -> _Belonging:
    """The post as it is kept. Raises `BadStaff`."""
    if post.role not in set(Role):
        raise BadStaff("role")
    if province(post.centre_code) is None:
        raise BadStaff("centre_code")
    role = Role(post.role)
    if role is Role.AGENCY_OFFICER and not _is_agency(session, post.agency_id):
        raise BadStaff("agency_id")
    if role is Role.INSPECTOR and post.inspection_region not in inspection_regions():
        raise BadStaff("inspection_region")
    return {
        "role": role,
        "centre_code": post.centre_code,
        "agency_id": post.agency_id if role is Role.AGENCY_OFFICER else None,
        "is_agency_head": post.is_agency_head and role is Role.AGENCY_OFFICER,
        "inspection_region": post.inspection_region if role is Role.INSPECTOR else None,
    }


def _belonging_of(user: User) -> _Belonging:
    return {
        "role": user.role,
        "centre_code": user.centre_code,
        "agency_id": user.agency_id,
        "is_agency_head": user.is_agency_head,
        "inspection_region": user.inspection_region,
    }


def _facts(belonging: _Belonging) -> dict[str, Any]:
    return dict(belonging) | {"role": belonging["role"].value}


def _is_agency(session: Session, agency_id: int | None) -> bool:
    return agency_id is not None and session.get(Agency, agency_id) is not None


def _record(session: Session, what: str, user: User, by: Actor, at: datetime, **more: Any) -> None:
    record(
        session, chain=SYSTEM, action=f"person.{what}", subject=f"person:{user.username}",
        by=by.name, at=at, facts=_facts(_belonging_of(user)) | more,
    )  # fmt: skip
