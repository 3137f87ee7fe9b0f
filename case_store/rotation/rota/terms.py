"""How people work: staff class, hours, nights, their own phone. Who is asked for a rota: those who take calls."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import phonenumbers
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.trail import record
from case_store.deadlines.calendar import day_of
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require
from case_store.people.presence import TAKES_CALLS
from case_store.rotation.rota.models import StaffClass, WorkingTerms
from case_store.rotation.rota.rules import rules_of, start_terms

SHORTEST_WEEK: Final = 60
LONGEST_MONTH: Final = 31 * 24 * 60
_MOST_PEOPLE: Final = 1_000


class BadTerms(ValueError):
    """`field` says what is wrong: user, week_minutes, month_minutes or standby_phone."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True)
class NewTerms:
    """What is to hold; the fields are those of `WorkingTerms`. The phone as it was typed."""

    staff_class: StaffClass
    week_minutes: int
    month_minutes: int | None = None
    no_nights: bool = False
    experienced: bool = True
    overtime_consent: bool = False
    in_rota: bool = True
    standby_phone: str = ""


def rota_people(session: Session, centre_code: str) -> list[User]:
    """Everybody of a centre who takes calls, by name; whether they are in the rota, their terms say."""
    query = select(User).where(
        User.centre_code == centre_code, User.active, User.role.in_(TAKES_CALLS)
    )
    return list(session.scalars(query.order_by(User.display_name, User.id).limit(_MOST_PEOPLE)))


def terms_of(session: Session, user_ids: Collection[int]) -> dict[int, WorkingTerms]:
    """The terms of each of these people; start terms, which the session does not know, for who has none."""
    query = select(WorkingTerms).where(WorkingTerms.user_id.in_(user_ids))
    kept = {one.user_id: one for one in session.scalars(query)} if user_ids else {}
    return {user_id: kept.get(user_id) or start_terms(user_id) for user_id in user_ids}


def set_terms(
    session: Session, user: User, new: NewTerms, *, by: Actor, at: datetime
) -> WorkingTerms:
    """Says how somebody works from now on. Raises `NotAllowed`, `BadTerms`."""
    require(by, Action.PLAN_ROTA, user.centre_code)
    if not user.active or user.role not in TAKES_CALLS:
        raise BadTerms("user")
    phone = _checked(session, new, at)
    # Two at once wait here for each other, and the second sees what the first one did.
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    terms = session.get(WorkingTerms, user.id)
    if terms is None:
        terms = start_terms(user.id)
        session.add(terms)
    changed_phone = terms.standby_phone != phone
    terms.staff_class = new.staff_class
    terms.week_minutes, terms.month_minutes = new.week_minutes, new.month_minutes
    terms.no_nights, terms.experienced = new.no_nights, new.experienced
    terms.overtime_consent, terms.in_rota = new.overtime_consent, new.in_rota
    terms.standby_phone = phone
    terms.changed_by, terms.changed_at = by.name, at
    session.flush()
    record(
        session,
        chain=user.centre_code,
        action="terms.changed",
        subject=f"user:{user.username}",
        by=by.name,
        at=at,
        facts={
            "staff_class": new.staff_class.value,
            "week_minutes": new.week_minutes,
            "month_minutes": new.month_minutes,
            "no_nights": new.no_nights,
            "experienced": new.experienced,
            "overtime_consent": new.overtime_consent,
            "in_rota": new.in_rota,
            "phone_changed": changed_phone,
        },
    )
    return terms


def own_phone(typed: str) -> str | None:
    """A phone that can be rung from Thailand, in E.164; None when nothing was typed. Raises `BadTerms`."""
    if not typed.strip():
        return None
    try:
        number = phonenumbers.parse(typed, "TH")
    except phonenumbers.NumberParseException:
        raise BadTerms("standby_phone") from None
    if not phonenumbers.is_valid_number(number) or number.country_code != 66:
        raise BadTerms("standby_phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _checked(session: Session, new: NewTerms, at: datetime) -> str | None:
    most = rules_of(session, new.staff_class, on=day_of(at)).most_week_minutes
    if not SHORTEST_WEEK <= new.week_minutes <= min(most, 48 * 60):
        raise BadTerms("week_minutes")
    if new.month_minutes is not None and not SHORTEST_WEEK <= new.month_minutes <= LONGEST_MONTH:
        raise BadTerms("month_minutes")
    return own_phone(new.standby_phone)
