"""Changing a rota: every change of a duty, whoever makes it, goes through `put_duties`.

It checks the hard rules, writes a new entry (nothing is overwritten), the rota's history and the audit trail, and tells
the people whose duties moved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.trail import record
from case_store.clock import BANGKOK
from case_store.events.event import Event, EventKind, announce
from case_store.outbox.notices import tell
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.rota.breaches import Breach, breaches_of_all
from case_store.rotation.rota.models import (
    Duty,
    DutyCause,
    Layer,
    Rota,
    RotaChange,
    RotaState,
    ShiftType,
)
from case_store.rotation.rota.schedule import COUNTS, rota_schedule

LONGEST_REASON: Final = 300


class RuleBroken(Exception):
    """The change would break hard rules: whose and which."""

    def __init__(self, found: Mapping[int, Sequence[Breach]]) -> None:
        super().__init__("a hard rule would be broken")
        self.found = found

    @property
    def breaches(self) -> list[Breach]:
        return [breach for several in self.found.values() for breach in several]

    @property
    def may_insist(self) -> bool:
        """Whether a written reason is enough: only rules of the house are in the way."""
        return all(breach.may_insist for breach in self.breaches)


class RotaLocked(Exception):
    """The rota is locked, dropped, or the day is over: only an override, with a reason, changes it."""


class RotaChanged(Exception):
    """Somebody else changed the rota since it was looked at."""


MOST_TOLD: Final = 14
"""So many days stand in a notice with what they were and are; how many there are it says anyway."""


class BadChange(ValueError):
    """Something about a change is not right; `field` says what."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True)
class Change:
    """One person's day as it is to be: a shift, or off."""

    user: User
    day: date
    shift_type: ShiftType | None


def put_duty(
    session: Session,
    rota: Rota,
    user: User,
    day: date,
    shift_type: ShiftType | None,
    *,
    by: Actor,
    at: datetime,
    layer: Layer = Layer.EDITED,
    cause: DutyCause = DutyCause.EDIT,
    reason: str = "",
    expected_version: int | None = None,
    insist: bool = False,
) -> Duty:
    """One change by a planner. Raises as `put_duties`."""
    (made,) = put_duties(
        session, rota, [Change(user, day, shift_type)], by=by, at=at, layer=layer, cause=cause,
        reason=reason, expected_version=expected_version, insist=insist,
    )  # fmt: skip
    return made


def put_duties(
    session: Session,
    rota: Rota,
    changes: Sequence[Change],
    *,
    by: Actor,
    at: datetime,
    layer: Layer = Layer.EDITED,
    cause: DutyCause = DutyCause.EDIT,
    reason: str = "",
    expected_version: int | None = None,
    insist: bool = False,
) -> list[Duty]:
    """Several changes by a planner, all or none of them.

    `insist`: a rule of the house may be broken for the written reason. Raises `NotAllowed`, `RuleBroken`, `RotaLocked`,
    `RotaChanged` (when `expected_version` is not the rota's), `BadChange`.
    """
    require(by, Action.PLAN_ROTA, rota.centre_code)
    return write_duties(
        session, rota, changes, by=by, at=at, layer=layer, cause=cause, reason=reason,
        expected_version=expected_version, insist=insist,
    )  # fmt: skip


def write_duties(
    session: Session,
    rota: Rota,
    changes: Sequence[Change],
    *,
    by: Actor,
    at: datetime,
    layer: Layer,
    cause: DutyCause,
    reason: str = "",
    expected_version: int | None = None,
    insist: bool = False,
    swap_id: int | None = None,
    checked: bool = False,
    more: Mapping[str, Any] | None = None,
) -> list[Duty]:
    """The same for domain functions that have decided who may: swaps, sick calls, leaving.

    `checked`: they have kept the hard rules, too, over more than this rota. `more` goes into the history's facts.
    """
    reason = reason.strip()
    _lock(session, rota, expected_version)
    _check(rota, changes, layer=layer, reason=reason, insist=insist, at=at)
    if not checked:
        check_rules(session, rota, changes, insist=insist)
    layers = _layers_that_show(session, rota, changes, layer)
    before = _before(session, rota, changes) if rota.state in COUNTS else {}
    made = [
        Duty(
            rota_id=rota.id,
            user_id=change.user.id,
            day=change.day,
            shift_type_id=change.shift_type.id if change.shift_type else None,
            layer=int(layers[change.user.id, change.day]),
            cause=cause,
            swap_id=swap_id,
            reason=reason,
            made_by=by.name,
            made_at=at,
        )
        for change in changes
    ]
    session.add_all(made)
    rota.version += 1
    facts = _facts(changes) | dict(more or {})
    note_change(session, rota, cause.value, facts, reason=reason, by=by, at=at)
    if rota.state in COUNTS:
        _tell(session, changes, before, cause, by=by, at=at)
    return made


def _layers_that_show(
    session: Session, rota: Rota, changes: Sequence[Change], layer: Layer
) -> dict[tuple[int, date], Layer]:
    """An edit of a day that was overridden is an override itself: below it, it would change nothing."""
    days = {change.day for change in changes}
    overridden: set[tuple[int, date]] = set()
    if layer is Layer.EDITED:
        query = select(Duty.user_id, Duty.day).where(
            Duty.rota_id == rota.id,
            Duty.user_id.in_({change.user.id for change in changes}),
            Duty.day.between(min(days), max(days)),
            Duty.layer == int(Layer.OVERRIDDEN),
            Duty.withdrawn_at.is_(None),
        )
        overridden = {(user_id, day) for user_id, day in session.execute(query)}
    return {
        (change.user.id, change.day): Layer.OVERRIDDEN
        if (change.user.id, change.day) in overridden
        else layer
        for change in changes
    }


def note_change(
    session: Session,
    rota: Rota,
    kind: str,
    facts: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> None:
    """Writes what happened into the rota's history and the audit trail, and announces it."""
    session.add(
        RotaChange(
            rota_id=rota.id,
            centre_code=rota.centre_code,
            at=at,
            made_by=by.name,
            kind=kind,
            facts=dict(facts),
            reason=reason,
        )
    )
    record(
        session,
        chain=rota.centre_code,
        action=f"rota.{kind}",
        subject=f"rota:{rota.id}",
        by=by.name,
        at=at,
        facts={"version": rota.version, **facts},
        detail=reason,
    )
    session.flush()
    announce(session, Event(EventKind.ROTA_CHANGED, str(rota.id), rota.centre_code))


def rota_of_day(session: Session, centre_code: str, day: date) -> Rota | None:
    """The rota that counts on a day of a centre."""
    return session.scalar(
        select(Rota)
        .where(
            Rota.centre_code == centre_code,
            Rota.state.in_(COUNTS),
            Rota.first_day <= day,
            Rota.last_day >= day,
        )
        .order_by(Rota.id.desc())
        .limit(1)
    )


def _lock(session: Session, rota: Rota, expected_version: int | None) -> None:
    """Two editors at once wait here for each other; the second sees what the first one did."""
    session.refresh(rota, with_for_update=True)
    if expected_version is not None and rota.version != expected_version:
        raise RotaChanged


def _check(
    rota: Rota,
    changes: Sequence[Change],
    *,
    layer: Layer,
    reason: str,
    insist: bool,
    at: datetime,
) -> None:
    if len({(change.user.id, change.day) for change in changes}) != len(changes) or not changes:
        raise BadChange("changes")
    if len(reason) > LONGEST_REASON or (insist and not reason):
        raise BadChange("reason")
    for change in changes:
        if not rota.first_day <= change.day <= rota.last_day:
            raise BadChange("day")
        if change.shift_type and change.shift_type.centre_code != rota.centre_code:
            raise BadChange("shift_type")
    past = min(change.day for change in changes) < at.astimezone(BANGKOK).date()
    overriding = layer is Layer.OVERRIDDEN
    if rota.state is RotaState.DROPPED or (rota.state is RotaState.LOCKED and not overriding):
        raise RotaLocked
    if past and rota.state in COUNTS and not (overriding and reason):
        raise RotaLocked


def check_rules(
    session: Session, rota: Rota, changes: Sequence[Change], *, insist: bool = False
) -> None:
    """Raises `RuleBroken` when these changes, made together, break hard rules; they may reach into the next rota."""
    by_person: dict[int, dict[date, ShiftType | None]] = {}
    people = {change.user.id: change.user for change in changes}
    for change in changes:
        by_person.setdefault(change.user.id, {})[change.day] = change.shift_type
    wanted = [(people[user_id], days) for user_id, days in by_person.items()]
    found = {
        user_id: kept
        for user_id, several in breaches_of_all(session, rota, wanted).items()
        if (kept := [one for one in several if not (insist and one.may_insist)])
    }
    if found:
        raise RuleBroken(found)


def _facts(changes: Sequence[Change]) -> dict[str, Any]:
    return {
        "changes": [
            {
                "user": change.user.id,
                "day": change.day.isoformat(),
                "shift": change.shift_type.code if change.shift_type else None,
            }
            for change in changes
        ]
    }


Before = Mapping[tuple[int, date], ShiftType]
"""What stood there, by person and day; off duty where nothing did."""


def _before(session: Session, rota: Rota, changes: Sequence[Change]) -> Before:
    people = {change.user.id for change in changes}
    return {
        (duty.user_id, duty.day): duty.shift_type
        for duty in rota_schedule(session, rota, user_ids=people)
    }


def _tell(
    session: Session,
    changes: Sequence[Change],
    before: Before,
    cause: DutyCause,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Everybody whose days moved, but not who moved them."""
    moved: dict[int, list[Change]] = {}
    for change in changes:
        if change.user.id != by.user_id:
            moved.setdefault(change.user.id, []).append(change)
    for user_id, several in moved.items():
        first = min(several, key=lambda change: change.day)
        tell(
            session,
            [user_id],
            "duty_changed",
            at=at,
            cause=cause.value,
            day=first.day.isoformat(),
            shift_th=first.shift_type.name_th if first.shift_type else None,
            shift_en=first.shift_type.name_en if first.shift_type else None,
            days=len(several),
            changes=[
                _told_change(change, before.get((user_id, change.day)))
                for change in sorted(several, key=lambda change: change.day)[:MOST_TOLD]
            ],
        )


def _told_change(change: Change, before: ShiftType | None) -> dict[str, str | None]:
    """A day with what it was and what it is, in both languages; None: off duty."""
    after = change.shift_type
    return {
        "day": change.day.isoformat(),
        "before_th": before.name_th if before else None,
        "before_en": before.name_en if before else None,
        "after_th": after.name_th if after else None,
        "after_en": after.name_en if after else None,
    }
