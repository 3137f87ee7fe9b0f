"""Keeping the members of staff from the console: each change is allowed, checked and written into the audit trail."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from case_store.agencies.models import Agency
from case_store.audit.trail import SYSTEM, record
from case_store.people.models import Role, User
from case_store.people.permissions import Action, Actor, require
from case_store.people.staff import (
    USERNAME,
    add_person,
    change_password,
    find_person,
    retire_person,
)
from case_store.places.inspection_regions import inspection_regions
from case_store.places.provinces import province

_PASSWORD_BYTES: Final = 12
"""Sixteen letters, which nobody has to remember: they are changed by whoever gets them."""
_LONGEST_NAME: Final = 120


@dataclass(frozen=True)
class NewPerson:
    """What is known of somebody who is to be added. Agency and region count for the roles that have them."""

    username: str
    display_name: str
    role: str
    centre_code: str
    agency_id: int | None = None
    is_agency_head: bool = False
    inspection_region: str | None = None


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
    role = _check(session, new)
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    user = add_person(
        session,
        username=new.username,
        display_name=new.display_name,
        role=role,
        centre_code=new.centre_code,
        password=password,
        at=at,
        agency_id=new.agency_id if role is Role.AGENCY_OFFICER else None,
        is_agency_head=new.is_agency_head and role is Role.AGENCY_OFFICER,
        inspection_region=new.inspection_region if role is Role.INSPECTOR else None,
    )
    _record(session, "added", user, by, at)
    return user, password


def reset_password(session: Session, user: User, *, by: Actor, at: datetime) -> str:
    """A new password, shown once; whoever is signed in with the old one is signed out."""
    require(by, Action.MANAGE_PEOPLE)
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    change_password(session, user, password, at=at)
    _record(session, "password_reset", user, by, at)
    return password


def retire_staff(session: Session, user: User, *, by: Actor, at: datetime) -> None:
    """Somebody who left. Nobody can retire themselves: the last administrator would lock everybody out."""
    require(by, Action.MANAGE_PEOPLE)
    if user.id == by.user_id:
        raise BadStaff("username")
    if user.active:
        retire_person(session, user, at=at)
        _record(session, "retired", user, by, at)


def _check(session: Session, new: NewPerson) -> Role:
    if not USERNAME.fullmatch(new.username) or find_person(session, new.username) is not None:
        raise BadStaff("username")
    if not 0 < len(new.display_name) <= _LONGEST_NAME:
        raise BadStaff("display_name")
    if new.role not in set(Role):
        raise BadStaff("role")
    if province(new.centre_code) is None:
        raise BadStaff("centre_code")
    role = Role(new.role)
    if role is Role.AGENCY_OFFICER and not _is_agency(session, new.agency_id):
        raise BadStaff("agency_id")
    if role is Role.INSPECTOR and new.inspection_region not in inspection_regions():
        raise BadStaff("inspection_region")
    return role


def _is_agency(session: Session, agency_id: int | None) -> bool:
    return agency_id is not None and session.get(Agency, agency_id) is not None


def _record(session: Session, what: str, user: User, by: Actor, at: datetime) -> None:
    facts = {"role": user.role.value, "centre_code": user.centre_code, "agency_id": user.agency_id}
    record(
        session, chain=SYSTEM, action=f"person.{what}", subject=f"person:{user.username}",
        by=by.name, at=at, facts=facts,
    )  # fmt: skip
