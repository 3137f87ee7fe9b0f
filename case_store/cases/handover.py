"""What a member of staff is responsible for, to be handed over when they leave or get another post."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.calls.models import CallbackRequest, CallbackState
from case_store.cases.models import Case, CaseState
from case_store.cases.officers import can_be_officer
from case_store.cases.referral_models import Referral, ReferralState
from case_store.cases.told import supervisors_of
from case_store.outbox.notices import tell
from case_store.people.models import Role, User


@dataclass(frozen=True)
class Duties:
    """Numbers only: whoever keeps the staff reads no case.

    `cases`: open cases whose officer they are, by centre; `left` of them those that they can no longer work on.
    `referrals`: running ones of the agency, when they are the last of its officers.
    """

    cases: Mapping[str, int]
    left: Mapping[str, int]
    callbacks: int
    referrals: int

    @property
    def any(self) -> bool:
        return bool(self.cases or self.callbacks or self.referrals)


def duties_of(session: Session, user: User) -> Duties:
    cases = _open_cases(session, user)
    return Duties(
        cases=cases,
        left=_left(user, cases),
        callbacks=session.scalar(
            select(func.count(CallbackRequest.id)).where(
                CallbackRequest.state == CallbackState.TAKEN, CallbackRequest.taken_by_id == user.id
            )
        )
        or 0,
        referrals=_of_agency(session, user),
    )


def tell_of_cases_left(session: Session, user: User, *, at: datetime) -> None:
    """Tells those who run a centre's floor that open cases of theirs are with somebody who can work on them no more."""
    for centre, number in _left(user, _open_cases(session, user)).items():
        people = [one for one in supervisors_of(session, centre) if one != user.id]
        tell(session, people, "to_hand_over", at=at, cases=number, officer_id=user.id)


def _open_cases(session: Session, user: User) -> dict[str, int]:
    query = (
        select(Case.centre_code, func.count(Case.id))
        .where(
            Case.officer_id == user.id,
            Case.closed_at.is_(None),  # as in the index, which leaves out what has ended
            Case.state.not_in(CaseState.ended()),
            Case.merged_into_id.is_(None),
        )
        .group_by(Case.centre_code)
        .order_by(Case.centre_code)
    )
    return dict(session.execute(query).all())


def _left(user: User, cases: Mapping[str, int]) -> dict[str, int]:
    return {code: number for code, number in cases.items() if not can_be_officer(user, code)}


def _of_agency(session: Session, user: User) -> int:
    if user.role is not Role.AGENCY_OFFICER or not user.active:
        return 0
    others = select(User.id).where(
        User.agency_id == user.agency_id, User.active, User.id != user.id
    )
    if session.scalar(others.limit(1)) is not None:
        return 0
    running = select(func.count(Referral.id)).where(
        Referral.agency_id == user.agency_id, Referral.state.in_(ReferralState.running())
    )
    return session.scalar(running) or 0
