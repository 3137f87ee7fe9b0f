"""Who is reminded of a case: who works on it, who answers for them, and who supervises the centre.

When it is about one referral, the agency is that referral's alone.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.cases.officers import can_be_officer
from case_store.cases.referral_models import Referral
from case_store.cases.told import supervisors_of
from case_store.people.models import Role, User

_MOST = 200


def officer_of(session: Session, case: Case) -> list[int]:
    """The case's officer; without one who can work on it, those who run the centre's floor."""
    officer = session.get(User, case.officer_id) if case.officer_id is not None else None
    if officer is not None and can_be_officer(officer, case.centre_code):
        return [officer.id]
    return supervisors_of(session, case.centre_code)


def working_on(session: Session, case: Case, referral: Referral | None = None) -> list[int]:
    """The officers of the agencies that it is referred to; else the centre's own officer."""
    agencies = _agencies(case, referral)
    officers = _people(session, agencies, heads=False) or _people(session, agencies, heads=True)
    return officers or officer_of(session, case)


def answering_for(session: Session, case: Case, referral: Referral | None = None) -> list[int]:
    """The heads of those agencies; when the centre handles it, those who run its floor."""
    agencies = _agencies(case, referral)
    if agencies:
        return _people(session, agencies, heads=True)
    return supervisors_of(session, case.centre_code)


def deputy_governors_of(session: Session, centre_code: str) -> list[int]:
    query = select(User.id).where(
        User.centre_code == centre_code, User.role == Role.DEPUTY_GOVERNOR, User.active
    )
    return list(session.scalars(query.limit(_MOST)))


def _agencies(case: Case, referral: Referral | None) -> frozenset[int]:
    among = case.referrals if referral is None else [referral]
    return frozenset(one.agency_id for one in among if one.is_running)


def _people(session: Session, agencies: Collection[int], *, heads: bool) -> list[int]:
    query = select(User.id).where(
        User.agency_id.in_(agencies),
        User.role == Role.AGENCY_OFFICER,
        User.is_agency_head.is_(heads),
        User.active,
    )
    return list(session.scalars(query.order_by(User.id).limit(_MOST))) if agencies else []
