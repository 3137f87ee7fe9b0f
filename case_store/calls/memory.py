"""What is known of a number from earlier calls."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.calls.models import Call
from case_store.places.provinces import NATIONAL


def remembered_province(session: Session, e164: str | None) -> str | None:
    """The province of the number's latest call that had one; None for a number that never called."""
    if e164 is None:
        return None
    return session.scalar(
        select(Call.province_code)
        .where(Call.caller == e164, Call.province_code.is_not(None), Call.province_code != NATIONAL)
        .order_by(Call.started_at.desc())
        .limit(1)
    )


def earlier_calls(session: Session, call: Call, *, limit: int = 10) -> list[Call]:
    """The same number's calls before this one, newest first; none for a withheld number."""
    if call.caller is None:
        return []
    found = session.scalars(
        select(Call)
        .where(Call.caller == call.caller, Call.id != call.id, Call.started_at <= call.started_at)
        .order_by(Call.started_at.desc())
        .limit(limit)
    )
    return list(found)
