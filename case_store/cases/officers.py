"""Who can be responsible for a case: the people of its centre who may handle cases."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.people.models import Role, User
from case_store.people.permissions import REACH, Action

OFFICERS: Final = frozenset(role for role in Role if Action.HANDLE_CASES in REACH[role])


def can_be_officer(person: User, centre_code: str) -> bool:
    return person.active and person.role in OFFICERS and person.centre_code == centre_code


def officers_of(session: Session, centre_code: str) -> list[User]:
    """The people whom a case of the centre can be given to, by name."""
    query = select(User).where(
        User.centre_code == centre_code, User.role.in_(OFFICERS), User.active
    )
    return list(session.scalars(query.order_by(User.display_name, User.id).limit(500)))
