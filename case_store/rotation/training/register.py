"""Who holds what until when: the register of a centre, the soonest end first."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.people.models import User
from case_store.people.presence import TAKES_CALLS
from case_store.rotation.rota.models import WorkingTerms
from case_store.rotation.training.gate import certificates_in_force
from case_store.rotation.training.models import PHONE, Certificate, Enrolment
from case_store.rotation.training.warnings import DAYS_AHEAD

MOST_PEOPLE = 500


@dataclass(frozen=True)
class Standing:
    """One person's line certificate: the last day on which they may take calls, or None."""

    user: User
    certificate: Certificate | None
    last_day: date | None
    days_left: int | None

    @property
    def level(self) -> str:
        if self.days_left is None:
            return "bad"
        return "warn" if self.days_left <= DAYS_AHEAD[0] else "good"


def register(session: Session, centre_code: str, *, at: datetime) -> list[Standing]:
    """Everybody of a centre who would take calls; who may not comes first, then whose certificate ends soonest."""
    today = at.astimezone(BANGKOK).date()
    people = session.scalars(
        select(User)
        .where(User.centre_code == centre_code, User.active, User.role.in_(TAKES_CALLS))
        .order_by(User.display_name, User.id)
        .limit(MOST_PEOPLE)
    ).all()
    ids = [user.id for user in people]
    held = certificates_in_force(session, ids, first=today, last=date.max, channel=PHONE)
    rows = session.scalars(
        select(Certificate)
        .where(
            Certificate.user_id.in_(ids),
            Certificate.channel == PHONE,
            Certificate.revoked_at.is_(None),
            Certificate.last_day >= today,
        )
        .order_by(Certificate.last_day)
    )
    newest = {row.user_id: row for row in rows}
    standings = []
    for user in people:
        spans = [(one.first_day, one.last_day) for one in held if one.user_id == user.id]
        last = _unbroken(spans, today)
        left = (last - today).days if last else None
        standings.append(Standing(user, newest.get(user.id), last, left))
    return sorted(standings, key=lambda one: -1 if one.days_left is None else one.days_left)


def _unbroken(spans: list[tuple[date, date]], today: date) -> date | None:
    """The last day until which some certificate holds without a gap from today on."""
    last: date | None = None
    for first_day, last_day in sorted(spans):
        if last is None and first_day <= today <= last_day:
            last = last_day
        elif last is not None and first_day.toordinal() <= last.toordinal() + 1:
            last = max(last, last_day)
    return last


def certificates_of(session: Session, user_id: int) -> list[Certificate]:
    """All that somebody ever had, the newest first."""
    query = select(Certificate).where(Certificate.user_id == user_id)
    return list(session.scalars(query.order_by(Certificate.last_day.desc()).limit(100)))


def places_of(session: Session, user_id: int) -> list[Enrolment]:
    """The sessions in which somebody has or had a place, the newest first."""
    query = select(Enrolment).where(Enrolment.user_id == user_id)
    return list(session.scalars(query.order_by(Enrolment.id.desc()).limit(100)))


def places_in(session: Session, session_id: int) -> list[Enrolment]:
    """Who has a place in a session, by name."""
    query = select(Enrolment).join(User, User.id == Enrolment.user_id)
    query = query.where(Enrolment.session_id == session_id)
    return list(session.scalars(query.order_by(User.display_name, User.id)))


def certificates_at(
    session: Session,
    centre_code: str,
    *,
    channel: str | None = None,
    valid_on: date | None = None,
    limit: int = 1000,
) -> list[Certificate]:
    """Certificates of the people who work at a centre now, the soonest end first; `valid_on` leaves out the revoked."""
    query = (
        select(Certificate)
        .join(User, User.id == Certificate.user_id)
        .where(User.centre_code == centre_code, User.active)
        .order_by(Certificate.last_day, Certificate.id)
        .limit(limit)
    )
    if channel is not None:
        query = query.where(Certificate.channel == channel)
    if valid_on is not None:
        query = query.where(
            Certificate.revoked_at.is_(None),
            Certificate.first_day <= valid_on,
            Certificate.last_day >= valid_on,
        )
    return list(session.scalars(query))


def untrained(session: Session, *, at: datetime) -> list[User]:
    """Everybody who would take calls and may not today, by centre and name.

    Whom the working terms leave out of the rota, such as a trainee, nobody counts on.
    """
    today = at.astimezone(BANGKOK).date()
    holds = select(Certificate.user_id).where(
        Certificate.channel == PHONE,
        Certificate.revoked_at.is_(None),
        Certificate.first_day <= today,
        Certificate.last_day >= today,
    )
    left_out = select(WorkingTerms.user_id).where(WorkingTerms.in_rota.is_(False))
    query = select(User).where(
        User.active,
        User.role.in_(TAKES_CALLS),
        User.id.not_in(holds),
        User.id.not_in(left_out),
    )
    return list(session.scalars(query.order_by(User.centre_code, User.username)))
