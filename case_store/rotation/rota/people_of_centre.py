"""Who of a centre is asked, told or put in when its rota changes."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.people.models import Role, User
from case_store.people.presence import TAKES_CALLS


def colleagues(session: Session, centre_code: str) -> Sequence[User]:
    """Everybody of a centre who may have duties, by name."""
    query = select(User).where(
        User.centre_code == centre_code, User.active, User.role.in_(TAKES_CALLS)
    )
    return session.scalars(query.order_by(User.display_name, User.id)).all()


def planners(session: Session, centre_code: str) -> list[int]:
    """The ids of who plans the rota of a centre; of the national officers none: they would hear of every province."""
    query = select(User.id).where(
        User.centre_code == centre_code, User.active, User.role == Role.SUPERVISOR
    )
    return list(session.scalars(query.order_by(User.id)))


def deputy_governors(session: Session, centre_code: str) -> list[int]:
    query = select(User.id).where(
        User.centre_code == centre_code, User.active, User.role == Role.DEPUTY_GOVERNOR
    )
    return list(session.scalars(query.order_by(User.id)))
