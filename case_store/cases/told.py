"""Who must know of a step: the officer of the case, the centre's supervisors, the agency's officers."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.cases.referral_models import Referral
from case_store.outbox.notices import tell
from case_store.people.models import Role, User
from case_store.people.permissions import Actor


def tell_officer(session: Session, case: Case, kind: str, *, by: Actor, at: datetime) -> None:
    """The case's officer, unless they did it themselves; without an officer, the centre's supervisors."""
    if case.officer_id is None:
        tell_centre(session, case, kind, by=by, at=at)
    elif case.officer_id != by.user_id:
        tell(session, [case.officer_id], kind, at=at, case_ref=case.ref)


def tell_centre(session: Session, case: Case, kind: str, *, by: Actor, at: datetime) -> None:
    """The case's officer, or the supervisors of the centre when it has none; never whoever did it."""
    if case.officer_id is not None and case.officer_id != by.user_id:
        people = [case.officer_id]
    elif case.officer_id is not None:
        people = []
    else:
        people = supervisors_of(session, case.centre_code)
    tell(session, [one for one in people if one != by.user_id], kind, at=at, case_ref=case.ref)


def tell_agency(
    session: Session, case: Case, referral: Referral, kind: str, *, at: datetime
) -> None:
    """All officers of the agency."""
    query = select(User.id).where(User.agency_id == referral.agency_id, User.active)
    tell(session, session.scalars(query.limit(200)), kind, at=at, case_ref=case.ref)


def supervisors_of(session: Session, centre_code: str) -> list[int]:
    """The ids of those who run a centre's floor."""
    query = select(User.id).where(
        User.centre_code == centre_code, User.role == Role.SUPERVISOR, User.active
    )
    return list(session.scalars(query.limit(50)))
