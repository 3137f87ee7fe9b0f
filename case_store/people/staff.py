"""Members of staff: adding them, new passwords, and those who leave."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.people.models import Role, User
from case_store.people.passwords import MINIMUM_LENGTH, hash_password
from case_store.people.sign_in import end_sign_ins_of
from case_store.places.inspection_regions import inspection_regions
from case_store.places.provinces import province

USERNAME: Final = re.compile(r"[a-z][a-z0-9._-]{2,62}")


class BadPerson(ValueError):
    """Something about a new member of staff is not right; the message says what."""


def add_person(
    session: Session,
    *,
    username: str,
    display_name: str,
    role: Role,
    centre_code: str,
    password: str,
    at: datetime,
    agency_id: int | None = None,
    is_agency_head: bool = False,
    inspection_region: str | None = None,
) -> User:
    """A new member of staff. Raises `BadPerson`."""
    if not USERNAME.fullmatch(username):
        raise BadPerson(
            "a user name is 3 to 63 small letters, digits, dots or dashes, and begins with a letter"
        )
    _check_password(password)
    if province(centre_code) is None:
        raise BadPerson("there is no centre of that code")
    if find_person(session, username) is not None:
        raise BadPerson("there is a person of that user name")
    check_belonging(role, agency_id, inspection_region, is_agency_head=is_agency_head)
    user = User(
        username=username,
        display_name=display_name,
        role=role,
        centre_code=centre_code,
        agency_id=agency_id,
        is_agency_head=is_agency_head,
        inspection_region=inspection_region,
        password_hash=hash_password(password),
        language="th",
        active=True,
        failed_sign_ins=0,
        created_at=at,
    )
    session.add(user)
    session.flush()
    return user


def check_belonging(
    role: Role,
    agency_id: int | None,
    inspection_region: str | None,
    *,
    is_agency_head: bool = False,
) -> None:
    """An agency's officer has an agency, an inspector a region, and nobody else has either. Raises `BadPerson`."""
    if (role is Role.AGENCY_OFFICER) != (agency_id is not None):
        raise BadPerson("an agency officer has an agency, and nobody else has one")
    if is_agency_head and role is not Role.AGENCY_OFFICER:
        raise BadPerson("only an agency officer can be the head of an agency")
    if (role is Role.INSPECTOR) != (inspection_region is not None):
        raise BadPerson("an inspector has an inspection region, and nobody else has one")
    if inspection_region is not None and inspection_region not in inspection_regions():
        raise BadPerson(f"there is no inspection region {inspection_region}")


def change_password(session: Session, user: User, password: str, *, at: datetime) -> None:
    """A new password; whoever is signed in with the old one is signed out. Raises `BadPerson`."""
    _check_password(password)
    user.password_hash = hash_password(password)
    user.failed_sign_ins, user.locked_until = 0, None
    end_sign_ins_of(session, user, at=at)


def retire_person(session: Session, user: User, *, at: datetime) -> None:
    """Somebody who left is signed out and comes in no more; what they did keeps their name."""
    user.active = False
    end_sign_ins_of(session, user, at=at)


def _check_password(password: str) -> None:
    if len(password) < MINIMUM_LENGTH:
        raise BadPerson(f"a password has at least {MINIMUM_LENGTH} characters")


def find_person(session: Session, username: str) -> User | None:
    return session.scalar(select(User).where(User.username == username))


def display_names(session: Session, usernames: Collection[str]) -> dict[str, str]:
    """User name → the name that colleagues know; programs and strangers are not in it."""
    rows = session.execute(
        select(User.username, User.display_name).where(User.username.in_(usernames))
    )
    return {row.username: row.display_name for row in rows}


def list_people(session: Session, *, limit: int = 50) -> list[User]:
    """The active members of staff, in the order in which they came."""
    return list(session.scalars(select(User).where(User.active).order_by(User.id).limit(limit)))
