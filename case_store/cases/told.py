"""Who must know of a step: the officer of the case, the centre's supervisors, the agency's officers."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.cases.officers import can_be_officer
from case_store.cases.referral_models import Referral
from case_store.outbox.notices import tell
from case_store.people.models import Role, User
from case_store.people.permissions import Actor


def tell_officer(session: Session, case: Case, kind: str, *, by: Actor, at: datetime) -> None:
    """The case's officer, unless they did it themselves; without one who can work on it, those who run the floor."""
    officer = session.get(User, case.officer_id) if case.officer_id is not None else None
    if officer is None or not can_be_officer(officer, case.centre_code):
        tell_supervisors(session, case, kind, by=by, at=at)
    elif officer.id != by.user_id:
        tell(session, [officer.id], kind, at=at, case_ref=case.ref)


def tell_supervisors(session: Session, case: Case, kind: str, *, by: Actor, at: datetime) -> None:
    """Those who run the centre's floor, but for whoever did it."""
    people = [one for one in supervisors_of(session, case.centre_code) if one != by.user_id]
    tell(session, people, kind, at=at, case_ref=case.ref)


def tell_agency(
    session: Session, case: Case, referral: Referral, kind: str, *, at: datetime
) -> None:
    """All officers of the agency."""
    query = select(User.id).where(User.agency_id == referral.agency_id, User.active)
    tell(session, session.scalars(query.limit(200)), kind, at=at, case_ref=case.ref)


def supervisors_of(session: Session, centre_code: str) -> list[int]:
    """The ids of those who run a centre's floor; at the national centre that are its officers."""
    query = select(User.id).where(
        User.centre_code == centre_code,
        User.role.in_((Role.SUPERVISOR, Role.NATIONAL_OFFICER)),
        User.active,
    )
    return list(session.scalars(query.limit(50)))
