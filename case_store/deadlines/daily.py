"""What is done once a day: whoever claims the day in the store first does it, whichever worker that is."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from case_store.cases.models import Counter
from case_store.deadlines.calendar import day_of


def claim_day(session: Session, job: str, *, at: datetime) -> bool:
    """Takes today's turn (in Bangkok) of a job; False when somebody had it. A rollback gives it back."""
    name, today = f"daily:{job}", day_of(at).toordinal()
    taken = update(Counter).where(Counter.name == name, Counter.value < today).values(value=today)
    result: Any = session.execute(taken)
    if result.rowcount:
        return True
    if session.scalar(select(Counter.name).where(Counter.name == name)) is not None:
        return False
    try:
        with session.begin_nested():
            session.execute(insert(Counter).values(name=name, value=today))
    except IntegrityError:  # another worker was first, on the very first day
        return False
    return True
