"""Which cases a reader may see, as a condition for queries: the same rule as `may(actor, SEE_CASES, case)`."""

from sqlalchemy import ColumnElement, and_, exists, or_, true
from sqlalchemy.orm import aliased

from case_store.cases.models import Case, Secrecy
from case_store.cases.referral_models import Referral, ReferralState
from case_store.people.permissions import Action, Actor, Reach, centres_within, reach, require


def visible_to(actor: Actor, action: Action = Action.SEE_CASES) -> ColumnElement[bool]:
    """The condition that limits a query to what `actor` may do `action` to. Raises `NotAllowed`."""
    require(actor, action)
    seen = _reached(actor, action)
    return and_(seen, or_(Case.secrecy != Secrecy.SECRET, _reached(actor, Action.SEE_SECRET_CASES)))


def _reached(actor: Actor, action: Action) -> ColumnElement[bool]:
    if reach(actor, action) is Reach.OWN_AGENCY:
        theirs = aliased(Referral)  # so that the query may join referrals of its own
        return exists().where(
            theirs.case_id == Case.id,
            theirs.agency_id == actor.agency_id,
            theirs.state.in_((*ReferralState.running(), ReferralState.REPORTED)),
        )
    centres = centres_within(actor, action)
    return true() if centres is None else Case.centre_code.in_(centres)
