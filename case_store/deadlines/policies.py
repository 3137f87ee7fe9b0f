"""Policies: rules that are data. A change makes a new version; what was reckoned by an older one stays as it is."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.trail import SYSTEM, record
from case_store.cases.word_models import Category
from case_store.deadlines.models import Policy, PolicyKind
from case_store.people.permissions import Action, Actor, require
from case_store.privacy.models import RetentionAction

START: Final = datetime(2007, 1, 29, tzinfo=UTC)
"""From when the start values hold: the day of the letter that asks for all this, before any case."""
START_MADE_BY: Final = "start values"
_MOST: Final = 2_000

Days = Annotated[int, Field(ge=1, le=730)]


class DeadlineValues(BaseModel):
    """`days` None: as many as the list of categories says. All of them are working days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: Days | None = None
    screening_days: Annotated[int, Field(ge=1, le=30)] = 1
    warn_days: Annotated[int, Field(ge=0, le=60)] = 3


class ReminderValues(BaseModel):
    """Days without progress until the first reminder, and from each reminder to the next."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_days: Days = 30
    second_days: Days = 15
    third_days: Days = 7

    @property
    def gaps(self) -> tuple[int, int, int]:
        return self.first_days, self.second_days, self.third_days


class RetentionValues(BaseModel):
    """Years after its end until a case loses what identifies people, or everything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    years: Annotated[int, Field(ge=1, le=100)] = 10
    action: RetentionAction = RetentionAction.ANONYMISE


class RecordingValues(BaseModel):
    """Months after a call until its sound is destroyed: the talk, and a message that the caller left."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    months: Annotated[int, Field(ge=1, le=240)] = 12


class CallValues(BaseModel):
    """Years after a call until what identifies the caller is erased; what is counted stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    years: Annotated[int, Field(ge=1, le=100)] = 5


class StaffingValues(BaseModel):
    """What callers are promised, and the fewest people: by day, at night, and where nobody could keep the promise.

    `shrinkage_percent`: of paid time, breaks, leave and training. `night_begins` and `night_ends` are hours. A centre
    of no more than `small_team` people has a minimum cover in office hours and somebody on standby otherwise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    answered_percent: Annotated[int, Field(ge=1, le=99)] = 80
    within_seconds: Annotated[int, Field(ge=1, le=600)] = 20
    wait_seconds: Annotated[int, Field(ge=1, le=1800)] = 60
    abandoned_percent: Annotated[int, Field(ge=1, le=50)] = 5
    patience_seconds: Annotated[int, Field(ge=10, le=3600)] = 120
    shrinkage_percent: Annotated[int, Field(ge=0, le=60)] = 30
    day_floor: Annotated[int, Field(ge=0, le=100)] = 1
    night_floor: Annotated[int, Field(ge=0, le=100)] = 2
    night_begins: Annotated[int, Field(ge=0, le=23)] = 20
    night_ends: Annotated[int, Field(ge=0, le=23)] = 6
    small_team: Annotated[int, Field(ge=0, le=20)] = 2
    small_cover: Annotated[int, Field(ge=0, le=20)] = 1
    small_standby: Annotated[int, Field(ge=0, le=20)] = 1


VALUES: Final[Mapping[PolicyKind, type[BaseModel]]] = {
    PolicyKind.DEADLINE: DeadlineValues,
    PolicyKind.REMINDER: ReminderValues,
    PolicyKind.RETENTION: RetentionValues,
    PolicyKind.RECORDINGS: RecordingValues,
    PolicyKind.CALLS: CallValues,
    PolicyKind.STAFFING: StaffingValues,
}


class BadPolicy(ValueError):
    """A policy that cannot be; `field` says what is wrong: a value, or the category."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


def current_policy(
    session: Session, kind: PolicyKind, category: str | None, *, at: datetime
) -> Policy | None:
    """The version in force at a moment: the category's own, else its parent's, else that of all categories."""
    with session.no_autoflush:
        parent = category and session.scalar(
            select(Category.parent_code).where(Category.code == category)
        )
        for one in dict.fromkeys((category, parent, None)):
            if found := _newest(session, kind, one, at):
                return found
    return None


def policies_in_force(
    session: Session, kind: PolicyKind, *, at: datetime
) -> dict[str, Policy | None]:
    """The same for every category at once, also for those that can no longer be chosen."""
    query = select(Policy).where(Policy.kind == kind, Policy.valid_from <= at)
    newest = {one.category: one for one in session.scalars(query.order_by(Policy.version))}
    parents = session.execute(select(Category.code, Category.parent_code))
    return {
        code: newest.get(code) or newest.get(parent or code) or newest.get(None)
        for code, parent in parents
    }


def deadline_values(policy: Policy | None) -> DeadlineValues:
    return DeadlineValues.model_validate(policy.values) if policy else DeadlineValues()


def reminder_values(policy: Policy | None) -> ReminderValues:
    return ReminderValues.model_validate(policy.values) if policy else ReminderValues()


def retention_values(policy: Policy | None) -> RetentionValues:
    return RetentionValues.model_validate(policy.values) if policy else RetentionValues()


def recording_values(policy: Policy | None) -> RecordingValues:
    return RecordingValues.model_validate(policy.values) if policy else RecordingValues()


def call_values(policy: Policy | None) -> CallValues:
    return CallValues.model_validate(policy.values) if policy else CallValues()


def staffing_values(policy: Policy | None) -> StaffingValues:
    return StaffingValues.model_validate(policy.values) if policy else StaffingValues()


def change_policy(
    session: Session,
    kind: PolicyKind,
    category: str | None,
    values: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    note: str = "",
) -> Policy:
    """Makes a new version that holds from now on. Raises `NotAllowed`, `BadPolicy`."""
    require(by, Action.MANAGE_WORDS)
    if category is not None and (not kind.by_category or session.get(Category, category) is None):
        raise BadPolicy("category")
    checked = _checked(kind, values)
    there = _versions(session, kind, category, lock=True)
    policy = Policy(
        kind=kind,
        category=category,
        version=max((one.version for one in there), default=0) + 1,
        values=checked,
        valid_from=at,
        made_by=by.name,
        note=note.strip()[:500],
    )
    session.add(policy)
    session.flush()
    record(
        session,
        chain=SYSTEM,
        action="policy.changed",
        subject=f"policy:{kind.value}:{category or 'all'}",
        by=by.name,
        at=at,
        facts={"version": policy.version, "values": checked},
        detail=policy.note,
    )
    return policy


def list_policies(
    session: Session, kind: PolicyKind | None = None, category: str | None = None
) -> list[Policy]:
    """Every version, the newest first within its kind and category; narrowed when asked."""
    query = select(Policy).order_by(Policy.kind, Policy.category, Policy.version.desc())
    if kind is not None:
        query = query.where(Policy.kind == kind)
    if category is not None:
        query = query.where(Policy.category == category)
    return list(session.scalars(query.limit(_MOST)))


def load_policies(session: Session) -> None:
    """Adds the start values where no version exists; what an administrator decided stays as it is."""
    there = {(kind, category) for kind, category in session.execute(_keys())}
    wanted: list[tuple[PolicyKind, str | None, BaseModel]] = [
        (kind, None, model()) for kind, model in VALUES.items()
    ]
    categories = session.scalars(select(Category).where(Category.parent_code.is_(None)))
    wanted += [
        (PolicyKind.DEADLINE, one.code, DeadlineValues(days=one.days_to_settle))
        for one in categories
    ]
    session.add_all(
        Policy(
            kind=kind,
            category=category,
            version=1,
            values=values.model_dump(mode="json"),
            valid_from=START,
            made_by=START_MADE_BY,
            note="",
        )
        for kind, category, values in wanted
        if (kind, category) not in there
    )
    session.flush()


def _keys() -> Any:
    return select(Policy.kind, Policy.category).distinct()


def _checked(kind: PolicyKind, values: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return VALUES[kind].model_validate(dict(values)).model_dump(mode="json")
    except ValidationError as error:
        raise BadPolicy(str(error.errors()[0]["loc"][0])) from None


def _newest(
    session: Session, kind: PolicyKind, category: str | None, at: datetime
) -> Policy | None:
    query = select(Policy).where(
        Policy.kind == kind,
        Policy.category == category if category else Policy.category.is_(None),
        Policy.valid_from <= at,
    )
    return session.scalar(query.order_by(Policy.version.desc()).limit(1))


def _versions(
    session: Session, kind: PolicyKind, category: str | None, *, lock: bool = False
) -> Sequence[Policy]:
    """The versions; with `lock` nobody else makes one until the transaction ends."""
    query = select(Policy).where(
        Policy.kind == kind,
        Policy.category == category if category else Policy.category.is_(None),
    )
    if lock:
        session.execute(query.with_for_update())  # read again: the first look may have waited
    return session.scalars(query).all()
