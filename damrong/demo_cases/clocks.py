"""The due dates of demo cases, by the same calendar and policies as those of real ones, each reckoned once."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.word_models import Category
from case_store.deadlines.calendar import WorkingCalendar, day_of, end_of_office
from case_store.deadlines.models import PolicyKind
from case_store.deadlines.policies import current_policy, deadline_values
from damrong.demo_cases.stories import Story


@dataclass(frozen=True, slots=True)
class Reckoned:
    screening_due_at: datetime
    due_at: datetime
    policy_id: int | None
    waiting_since: datetime | None
    waited_days: int


class Clocks:
    """The common calendar of offices: a centre's own closures of past years move no demo case."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now
        self._calendar = WorkingCalendar()
        self._rules: dict[str, tuple[int, int, int | None]] = {}
        self._days: dict[tuple[date, int], date] = {}
        for code in session.scalars(select(Category.code)).all():
            self._rule(code)  # all of them now: later the session is busy writing

    def reckon(self, category: str, story: Story) -> Reckoned:
        screening, days, policy_id = self._rule(category)
        start = day_of(story.clock_since or story.steps[0].at)
        due, waited, waiting_since = self._after(start, days), 0, None
        for begun, ended in story.waits:
            if ended is None:
                waiting_since = begun
                continue
            more = self._calendar.between(day_of(begun), day_of(ended))
            waited += more
            due = self._after(due, more)
        return Reckoned(
            end_of_office(self._after(start, screening)),
            end_of_office(due),
            policy_id,
            waiting_since,
            waited,
        )

    def _after(self, day: date, working_days: int) -> date:
        key = (day, working_days)
        if key not in self._days:
            self._days[key] = self._calendar.add(day, working_days)
        return self._days[key]

    def _rule(self, category: str) -> tuple[int, int, int | None]:
        if category not in self._rules:
            policy = current_policy(self._session, PolicyKind.DEADLINE, category, at=self._now)
            values = deadline_values(policy)
            days = values.days or self._session.get_one(Category, category).days_to_settle
            self._rules[category] = values.screening_days, days, policy.id if policy else None
        return self._rules[category]
