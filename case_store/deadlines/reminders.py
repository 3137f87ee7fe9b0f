"""Reminding those who must act: when nothing moves, and when a date comes near or has passed.

Nothing moves: first whoever works on it is told, then whoever answers for them too, at last the deputy governor as
well. Each level is sent once, counted from the same moment of progress, and the next only so many days after it; each
warning once for the same due date. While the centre waits for the complainant, nobody is told.

A case in the centre's own hands is counted as a whole; of a case at agencies each referral (`ladder`), never both.
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from case_store.cases.history import write_history
from case_store.cases.models import Case, CaseEventKind
from case_store.cases.referral_models import Referral
from case_store.deadlines.calendar import day_of
from case_store.deadlines.circles import (
    answering_for,
    deputy_governors_of,
    officer_of,
    working_on,
)
from case_store.deadlines.due import (
    near_condition,
    overdue_condition,
    unscreened_condition,
)
from case_store.deadlines.ladder import LADDER, cases_due, referrals_due
from case_store.deadlines.models import (
    Policy,
    PolicyKind,
    ReferralReminder,
    Reminder,
    ReminderLevel,
)
from case_store.deadlines.policies import deadline_values, policies_in_force, reminder_values
from case_store.outbox.notices import tell
from case_store.people.models import Role
from case_store.people.permissions import Actor
from case_store.places.provinces import NATIONAL

CLOCK: Final = Actor("system", Role.ADMINISTRATOR, NATIONAL)
"""Who writes in the history that somebody was reminded."""

Rule = TypeVar("Rule", bound=Hashable)


def send_reminders(session: Session, *, at: datetime, limit: int = 50) -> int:
    """Sends the reminders whose day has come, and says how many; fewer than `limit`: no more are due."""
    policies = policies_in_force(session, PolicyKind.REMINDER, at=at)
    rules = _grouped(policies, lambda policy: reminder_values(policy).gaps)
    sent = 0
    for level in LADDER:
        for case in _locked(session, cases_due(level, rules, at), limit - sent):
            _remind(session, case, None, level, policies.get(case.category), at)
            sent += 1
        for one in _locked_referrals(session, referrals_due(level, rules, at), limit - sent):
            _remind(session, one.case, one, level, policies.get(one.case.category), at)
            sent += 1
    session.flush()
    return sent


def warn_of_deadlines(session: Session, *, at: datetime, limit: int = 50) -> int:
    """Warns of cases that are nearly due, overdue, or not screened in time; how many."""
    policies = policies_in_force(session, PolicyKind.DEADLINE, at=at)
    groups = _grouped(policies, lambda policy: deadline_values(policy).warn_days)
    near = or_(
        false(),
        *(and_(Case.category.in_(n), near_condition(at, warn_days=days)) for days, n in groups),
    )
    warned = 0
    for level, date, condition in (
        (ReminderLevel.UNSCREENED, Case.screening_due_at, unscreened_condition(at)),
        (ReminderLevel.OVERDUE, Case.due_at, overdue_condition(at)),
        (ReminderLevel.NEAR_DUE, Case.due_at, near),
    ):
        unsent = and_(condition, ~_was_sent(level, date))
        for case in _locked(session, unsent, limit - warned):
            _warn(session, case, level, at)
            warned += 1
    session.flush()
    return warned


def _remind(
    session: Session,
    case: Case,
    referral: Referral | None,
    level: ReminderLevel,
    policy: Policy | None,
    at: datetime,
) -> None:
    """Of a case in the centre's own hands; or of one referral, which names its agency."""
    people = working_on(session, case, referral)
    if level >= ReminderLevel.SECOND:
        people += answering_for(session, case, referral)
    if level >= ReminderLevel.THIRD:
        people += deputy_governors_of(session, case.centre_code)
    moved = referral.progress_at if referral else case.progress_at
    said: dict[str, Any] = {"level": int(level), "days": (day_of(at) - day_of(moved)).days}
    if referral is None:
        _note(session, case, level, moved, at, policy)
        tell(session, people, "no_progress", at=at, case_ref=case.ref, **said)
    else:
        _note_referral(session, referral, level, at, policy)
        names = {"agency_th": referral.agency.name_th, "agency_en": referral.agency.name_en}
        tell(session, people, "referral_no_progress", at=at, case_ref=case.ref, **said, **names)
    write_history(
        session, case, CaseEventKind.REMINDED, by=CLOCK, at=at, referral=referral,
        told=len(set(people)), **said,
    )  # fmt: skip


def _warn(session: Session, case: Case, level: ReminderLevel, at: datetime) -> None:
    unscreened = level is ReminderLevel.UNSCREENED
    date = case.screening_due_at if unscreened else case.due_at
    if date is None:
        return
    people = officer_of(session, case)
    if not unscreened:
        people += working_on(session, case)
    if level is not ReminderLevel.NEAR_DUE:
        people += answering_for(session, case)
    _note(session, case, level, date, at)
    kind = level.name.lower()
    tell(session, people, kind, at=at, case_ref=case.ref, due=day_of(date).isoformat())


def _note(
    session: Session,
    case: Case,
    level: ReminderLevel,
    counted_from: datetime,
    at: datetime,
    policy: Policy | None = None,
) -> None:
    session.add(
        Reminder(
            case_id=case.id,
            counted_from=counted_from,
            level=level,
            policy_id=policy.id if policy else None,
            sent_at=at,
        )
    )


def _note_referral(
    session: Session, referral: Referral, level: ReminderLevel, at: datetime, policy: Policy | None
) -> None:
    session.add(
        ReferralReminder(
            referral_id=referral.id,
            counted_from=referral.progress_at,
            level=level,
            policy_id=policy.id if policy else None,
            sent_at=at,
        )
    )


def _was_sent(
    level: ReminderLevel, counted_from: InstrumentedAttribute[Any]
) -> ColumnElement[bool]:
    return exists().where(
        Reminder.case_id == Case.id,
        Reminder.counted_from == counted_from,
        Reminder.level == int(level),
    )


def _locked(session: Session, condition: ColumnElement[bool], limit: int) -> Sequence[Case]:
    """Such cases, centre by centre, so that two workers take the locks of the audit trail in the same order."""
    if limit <= 0:
        return []
    query = select(Case.id).where(condition).order_by(Case.centre_code, Case.id).limit(limit)
    ids = session.scalars(query.with_for_update(of=Case, skip_locked=True)).all()
    if not ids:
        return []
    # Loaded apart: most of the time there is none, and the search for them need not carry whole rows.
    whole = select(Case).where(Case.id.in_(ids)).order_by(Case.centre_code, Case.id)
    return session.scalars(whole).all()


def _locked_referrals(
    session: Session, condition: ColumnElement[bool], limit: int
) -> Sequence[Referral]:
    """Such referrals with their cases, in the same order and for the same reasons."""
    if limit <= 0:
        return []
    order = (Case.centre_code, Case.id, Referral.id)
    query = select(Referral.id).join(Referral.case).where(condition).order_by(*order).limit(limit)
    ids = session.scalars(query.with_for_update(of=(Case, Referral), skip_locked=True)).all()
    if not ids:
        return []
    whole = select(Referral).join(Referral.case).where(Referral.id.in_(ids)).order_by(*order)
    return session.scalars(whole).all()


def _grouped(
    policies: dict[str, Policy | None], rule_of: Callable[[Policy | None], Rule]
) -> list[tuple[Rule, list[str]]]:
    """The categories that go by the same rule, together."""
    groups: dict[Rule, list[str]] = {}
    for category, policy in policies.items():
        groups.setdefault(rule_of(policy), []).append(category)
    return list(groups.items())
