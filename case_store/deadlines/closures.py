"""Days on which a centre does not work, beside weekends and holidays. They count for what is reckoned from now on."""

from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from case_store.audit.trail import SYSTEM, record
from case_store.deadlines.models import Closure
from case_store.people.permissions import (
    Action,
    Actor,
    NotAllowed,
    require,
    visible_centres,
)
from case_store.places.provinces import province

_MOST = 1_000
_YEARS = range(2000, 2101)


class BadClosure(ValueError):
    """`field` says what is wrong: centre_code, day (already closed, or out of any calendar) or name."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


def list_closures(session: Session, *, by: Actor, year: int) -> list[Closure]:
    """The closures of a year at the centres that `by` keeps, and those of every centre."""
    centres = visible_centres(by, Action.MANAGE_CLOSURES)
    if year not in _YEARS:
        return []
    query = select(Closure).where(Closure.day.between(date(year, 1, 1), date(year, 12, 31)))
    if centres is not None:
        query = query.where(or_(Closure.centre_code.in_(centres), Closure.centre_code.is_(None)))
    return list(session.scalars(query.order_by(Closure.day, Closure.id).limit(_MOST)))


def add_closure(
    session: Session, centre_code: str | None, day: date, name: str, *, by: Actor, at: datetime
) -> Closure:
    """Closes a centre, or all of them (None), for a day. Due dates that stand already stay as they are."""
    _require(by, centre_code)
    if centre_code is not None and province(centre_code) is None:
        raise BadClosure("centre_code")
    if not name.strip():
        raise BadClosure("name")
    same = Closure.centre_code == centre_code if centre_code else Closure.centre_code.is_(None)
    taken = session.scalar(select(Closure.id).where(same, Closure.day == day).limit(1))
    if taken is not None or day.year not in _YEARS:
        raise BadClosure("day")
    closure = Closure(centre_code=centre_code, day=day, name=name.strip()[:120], made_by=by.name)
    session.add(closure)
    session.flush()
    _record(session, closure, "closure.added", by, at)
    return closure


def drop_closure(session: Session, closure_id: int, *, by: Actor, at: datetime) -> bool:
    """The centre works on that day after all; False when there is no such closure."""
    require(by, Action.MANAGE_CLOSURES)
    closure = session.get(Closure, closure_id)
    if closure is None:
        return False
    _require(by, closure.centre_code)
    _record(session, closure, "closure.dropped", by, at)
    session.delete(closure)
    session.flush()
    return True


def _require(by: Actor, centre_code: str | None) -> None:
    centres = visible_centres(by, Action.MANAGE_CLOSURES)
    if centres is not None and centre_code not in centres:
        raise NotAllowed(by, Action.MANAGE_CLOSURES)


def _record(session: Session, closure: Closure, action: str, by: Actor, at: datetime) -> None:
    record(
        session,
        chain=closure.centre_code or SYSTEM,
        action=action,
        subject=f"closure:{closure.centre_code or 'all'}:{closure.day.isoformat()}",
        by=by.name,
        at=at,
        detail=closure.name,
    )
