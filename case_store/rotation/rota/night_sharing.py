"""Nights that are answered by another centre of the inspection region, when both governors agree.

A province that gives its nights away names who answers them (`NightSharing.by_centre_code`). Nobody is made to answer
for others: the answering province's own governor first says that it does, which is a row that names the province
itself. A sharing is in force while both rows are. Which hours are night, the staffing policy says.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from case_store.audit.trail import lock_chains, record
from case_store.clock import BANGKOK
from case_store.deadlines.calendar import day_of
from case_store.deadlines.models import PolicyKind
from case_store.deadlines.policies import StaffingValues, current_policy, staffing_values
from case_store.events.event import Event, EventKind, announce
from case_store.people.permissions import Action, Actor, require
from case_store.places.inspection_regions import inspection_regions, provinces_of_region
from case_store.rotation.rota.models import NightSharing

FURTHEST: Final = timedelta(days=366)
_DAY: Final = timedelta(days=1)


class BadSharing(ValueError):
    """`field` says what is wrong.

    by_centre_code (not of the region), offer (that province does not answer for others), chain (it gives its own nights
    away, or this one answers for others), first_day, or state (there is one already, or it has ended).
    """

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


def region_of(centre_code: str) -> frozenset[str]:
    """The provinces of its inspection region, itself with them; empty for the ministry's centre."""
    for region in inspection_regions():
        if centre_code in (found := provinces_of_region(region)):
            return found
    return frozenset()


def agree_sharing(
    session: Session,
    centre_code: str,
    by_centre_code: str,
    *,
    first_day: date,
    by: Actor,
    at: datetime,
) -> NightSharing:
    """The governor's word: who answers the nights of their province; the province itself: that it answers for others.

    From the night that begins on `first_day`. Raises `NotAllowed`, `BadSharing`.
    """
    require(by, Action.AGREE_NIGHT_SHARING, centre_code)
    today = day_of(at)
    region = region_of(centre_code)
    if by_centre_code not in region or len(region) < 2:
        raise BadSharing("by_centre_code")
    if not today <= first_day <= today + FURTHEST:
        raise BadSharing("first_day")
    # Two at once wait here for each other, and the second sees what the first one did.
    lock_chains(session, {centre_code, by_centre_code})
    standing = standing_sharings(session, region, today)
    if any(one.centre_code == centre_code for one in standing):
        raise BadSharing("state")
    if by_centre_code != centre_code:
        givers = {one.centre_code for one in standing if not _is_offer(one)}
        offers = {one.centre_code for one in standing if _is_offer(one)}
        if by_centre_code in givers:
            raise BadSharing("chain")
        if by_centre_code not in offers:
            raise BadSharing("offer")
    sharing = NightSharing(
        centre_code=centre_code,
        by_centre_code=by_centre_code,
        first_day=first_day,
        agreed_by=by.name,
        agreed_at=at,
    )
    session.add(sharing)
    session.flush()
    _note(session, sharing, "night_sharing.agreed", by, at)
    return sharing


def end_sharing(session: Session, sharing: NightSharing, *, by: Actor, at: datetime) -> None:
    """From the coming night on, in the evening at once, each answers its own again.

    Raises `NotAllowed`, `BadSharing` (it has ended).
    """
    require(by, Action.AGREE_NIGHT_SHARING, sharing.centre_code)
    session.refresh(sharing, with_for_update=True)
    if sharing.ended_by is not None:
        raise BadSharing("state")
    sharing.last_day = day_of(at) - _DAY
    sharing.ended_by = by.name
    session.flush()
    _note(session, sharing, "night_sharing.ended", by, at)


def standing_sharings(
    session: Session, centre_codes: Iterable[str], day: date
) -> list[NightSharing]:
    """Those of these centres that hold on a day or will; offers with them."""
    query = select(NightSharing).where(
        NightSharing.centre_code.in_(list(centre_codes)),
        or_(NightSharing.last_day.is_(None), NightSharing.last_day >= day),
    )
    return list(session.scalars(query.order_by(NightSharing.centre_code, NightSharing.id)))


def nights_answered_by(session: Session, at: datetime) -> dict[str, str]:
    """Whose calls are answered by which other centre at a moment; empty by day. Two small queries."""
    night = night_of(staffing_values(current_policy(session, PolicyKind.STAFFING, None, at=at)), at)
    if night is None:
        return {}
    rows = session.execute(
        select(NightSharing.centre_code, NightSharing.by_centre_code)
        .where(
            NightSharing.first_day <= night,
            or_(NightSharing.last_day.is_(None), NightSharing.last_day >= night),
        )
        .order_by(NightSharing.id)
    ).all()
    offers = {centre for centre, by_centre in rows if centre == by_centre}
    return {
        centre: by_centre
        for centre, by_centre in rows
        if by_centre != centre and by_centre in offers
    }


def centres_answered_at(session: Session, by_centre_code: str, at: datetime) -> list[str]:
    """The other centres whose calls this one answers at a moment."""
    answered = nights_answered_by(session, at)
    return sorted(centre for centre, by_centre in answered.items() if by_centre == by_centre_code)


def night_of(values: StaffingValues, at: datetime) -> date | None:
    """The day on whose evening the night that `at` falls into begins; None when it is no night."""
    local = at.astimezone(BANGKOK)
    begins, ends = values.night_begins, values.night_ends
    if begins <= ends:
        return local.date() if begins <= local.hour < ends else None
    if local.hour >= begins:
        return local.date()
    return local.date() - _DAY if local.hour < ends else None


def _is_offer(sharing: NightSharing) -> bool:
    return sharing.centre_code == sharing.by_centre_code


def _note(session: Session, sharing: NightSharing, action: str, by: Actor, at: datetime) -> None:
    record(
        session,
        chain=sharing.centre_code,
        action=action,
        subject=f"night_sharing:{sharing.id}",
        by=by.name,
        at=at,
        facts={
            "by_centre": sharing.by_centre_code,
            "first_day": sharing.first_day.isoformat(),
            "last_day": sharing.last_day.isoformat() if sharing.last_day else None,
        },
    )
    announce(session, Event(EventKind.ROTA_CHANGED, f"night:{sharing.id}", sharing.centre_code))
