"""What an agency's officer must do today: the referrals to their agency, the most pressing first."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, defer, joinedload

from case_store.cases.models import Case
from case_store.cases.referral_models import Referral, ReferralState
from case_store.cases.scope import visible_to
from case_store.people.permissions import Action, Actor, require


class ReferralKind(StrEnum):
    OVERDUE = "overdue"
    TO_ACCEPT = "to_accept"
    WORKING = "working"
    REPORTED = "reported"
    """The newest ones, to look up what was answered."""


@dataclass(frozen=True)
class ReferralGroup:
    """`more`: there are others that the list has no room for."""

    kind: ReferralKind
    referrals: list[Referral]
    more: bool


def referral_list(
    session: Session, *, by: Actor, at: datetime, limit: int = 50
) -> list[ReferralGroup]:
    """The groups that are not empty. Raises `NotAllowed` for whoever is in no agency."""
    require(by, Action.REPORT_REFERRALS)
    late = and_(Referral.state.in_(ReferralState.running()), Referral.due_at < at)
    on_time = or_(Referral.due_at.is_(None), Referral.due_at >= at)
    working = Referral.state.in_((ReferralState.ACCEPTED, ReferralState.IN_PROGRESS))
    conditions = {
        ReferralKind.OVERDUE: late,
        ReferralKind.TO_ACCEPT: and_(Referral.state == ReferralState.SENT, on_time),
        ReferralKind.WORKING: and_(working, on_time),
        ReferralKind.REPORTED: Referral.state == ReferralState.REPORTED,
    }
    groups = []
    for kind, condition in conditions.items():
        found = _first(session, by, condition, newest=kind is ReferralKind.REPORTED, most=limit + 1)
        if found:
            groups.append(ReferralGroup(kind, found[:limit], len(found) > limit))
    return groups


def _first(
    session: Session, by: Actor, condition: ColumnElement[bool], *, newest: bool, most: int
) -> list[Referral]:
    query = (
        select(Referral)
        .join(Referral.case)
        .where(Referral.agency_id == by.agency_id, condition, visible_to(by))
        .options(joinedload(Referral.case).options(defer(Case.description)))
        .order_by(Referral.id.desc() if newest else Referral.id)
        .limit(most)
    )
    return list(session.scalars(query))
