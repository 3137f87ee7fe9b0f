"""Finding referrals, and what a reader sees of a case's referrals and history: an agency nothing of other agencies."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from case_store.cases.models import Case, CaseEvent
from case_store.cases.referral_models import Referral, ReferralState
from case_store.cases.scope import visible_to
from case_store.people.models import Role
from case_store.people.permissions import Action, Actor, NotAllowed, require


def find_referral(session: Session, referral_id: int, *, by: Actor) -> Referral | None:
    """A referral of a case that `by` may see; of agencies, their own. Raises `NotAllowed`."""
    require(by, Action.SEE_CASES)
    referral = session.get(Referral, referral_id)
    if referral is not None:
        require(by, Action.SEE_CASES, referral.case)
        if not sees_referral(referral, by):
            raise NotAllowed(by, Action.SEE_CASES)
    return referral


def list_referrals(
    session: Session,
    *,
    by: Actor,
    limit: int,
    before: int | None = None,
    state: ReferralState | None = None,
) -> list[Referral]:
    """Newest first; `before` is the id of the last one on the page before. An agency's list holds its own alone."""
    query = select(Referral).join(Referral.case).where(visible_to(by))
    if by.role is Role.AGENCY_OFFICER:
        query = query.where(Referral.agency_id == by.agency_id)
    if state is not None:
        query = query.where(Referral.state == state)
    if before is not None:
        query = query.where(Referral.id < before)
    query = query.options(joinedload(Referral.case)).order_by(Referral.id.desc()).limit(limit)
    return list(session.scalars(query))


def referrals_for(case: Case, reader: Actor) -> list[Referral]:
    """The referrals of a case that this reader may see, oldest first."""
    return [referral for referral in case.referrals if sees_referral(referral, reader)]


def history_for(case: Case, reader: Actor) -> list[CaseEvent]:
    """The history that this reader may see, oldest first: an agency's is that of its own referrals."""
    if reader.role is not Role.AGENCY_OFFICER:
        return list(case.events)
    return [one for one in case.events if one.referral and sees_referral(one.referral, reader)]


def sees_referral(referral: Referral, reader: Actor) -> bool:
    """For whoever may see the case: whether the referral is theirs to see too."""
    return reader.role is not Role.AGENCY_OFFICER or referral.agency_id == reader.agency_id
