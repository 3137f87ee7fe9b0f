"""Versions of the limits within which a staff class works: each from a day on, with its source; none is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.trail import SYSTEM, lock_chains, record
from case_store.deadlines.calendar import day_of
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.rota.models import RuleSet, StaffClass
from case_store.rotation.rota.rules import START_MADE_BY, START_RULES, WorkRules

_YEARS: Final = range(2000, 2101)
LONGEST_SOURCE: Final = 300
_MOST: Final = 200


class BadRules(ValueError):
    """`field` says what is wrong: one of `WorkRules`, valid_from, source or source_date."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True)
class Source:
    """Where a rule or a holiday comes from, and the day of that source."""

    text: str
    day: date


def load_rules(session: Session) -> None:
    """Adds the start values of each class that has none; what an administrator decided stays as it is."""
    there = set(session.scalars(select(RuleSet.staff_class).distinct()))
    session.add_all(
        RuleSet(
            staff_class=staff_class,
            valid_from=day,
            values=rules.model_dump(mode="json"),
            source=source,
            source_date=day,
            made_by=START_MADE_BY,
            made_at=datetime(day.year, day.month, day.day, tzinfo=UTC),
        )
        for staff_class, (rules, source, day) in START_RULES.items()
        if staff_class not in there
    )
    session.flush()


def versions_of_rules(session: Session, staff_class: StaffClass) -> list[RuleSet]:
    """All versions, the newest first; also those that begin later."""
    query = select(RuleSet).where(RuleSet.staff_class == staff_class)
    return list(session.scalars(query.order_by(RuleSet.valid_from.desc()).limit(_MOST)))


def change_rules(
    session: Session,
    staff_class: StaffClass,
    values: Mapping[str, Any],
    *,
    valid_from: date,
    source: Source,
    by: Actor,
    at: datetime,
) -> RuleSet:
    """A new version from a day on, today at the earliest. Raises `NotAllowed`, `BadRules`."""
    require(by, Action.MANAGE_WORDS)
    rules = _checked(values)
    check_source(source, today=day_of(at))
    if valid_from < day_of(at) or valid_from.year not in _YEARS:
        raise BadRules("valid_from")
    # Two at once wait here for each other, and the second sees what the first one did.
    lock_chains(session, [SYSTEM])
    same = (RuleSet.staff_class == staff_class, RuleSet.valid_from == valid_from)
    if session.scalar(select(RuleSet.id).where(*same)) is not None:
        raise BadRules("valid_from")
    version = RuleSet(
        staff_class=staff_class,
        valid_from=valid_from,
        values=rules.model_dump(mode="json"),
        source=source.text.strip(),
        source_date=source.day,
        made_by=by.name,
        made_at=at,
    )
    session.add(version)
    session.flush()
    record(
        session,
        chain=SYSTEM,
        action="rules.changed",
        subject=f"rules:{staff_class.value}",
        by=by.name,
        at=at,
        facts={"valid_from": valid_from.isoformat(), **version.values},
        detail=version.source,
    )
    return version


def check_source(source: Source, *, today: date) -> None:
    """A source has a text, and its day is not to come. Raises `BadRules`."""
    if not 0 < len(source.text.strip()) <= LONGEST_SOURCE:
        raise BadRules("source")
    if source.day > today or source.day.year < 1900:
        raise BadRules("source_date")


def _checked(values: Mapping[str, Any]) -> WorkRules:
    try:
        rules = WorkRules.model_validate(dict(values))
    except ValidationError as error:
        raise BadRules(str(error.errors()[0]["loc"][0])) from None
    if rules.most_week_minutes < rules.most_day_minutes:
        raise BadRules("most_week_minutes")
    return rules
