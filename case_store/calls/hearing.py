"""That somebody hears what was recorded of a call: an audit entry, written before the sound is given."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.audit.trail import lock_chains, record
from case_store.calls.models import Call
from case_store.people.permissions import Actor

ONE_HEARING: Final = timedelta(minutes=15)
"""So long after its entry the same sign-in goes on hearing: a player asks again for every jump within a recording."""
ACTION: Final = "recording.heard"


class Sound(StrEnum):
    TALK = "talk"
    """What caller and agent said."""
    MESSAGE = "message"
    """What a caller left for nobody in particular."""


def is_noted(session: Session, call: Call, sound: Sound, *, sign_in: int, at: datetime) -> bool:
    """Whether an entry says already that this sign-in is hearing it."""
    query = select(AuditEntry.facts).where(
        AuditEntry.subject == call.subject,
        AuditEntry.action == ACTION,
        AuditEntry.at > at - ONE_HEARING,
    )
    mine = {"sign_in": sign_in, "sound": sound.value}
    return any(mine.items() <= facts.items() for facts in session.scalars(query))


def note_hearing(
    session: Session, call: Call, sound: Sound, *, sign_in: int, by: Actor, at: datetime
) -> None:
    """Writes down who hears which call, once for each hearing. The caller's number is a detail, and can be erased.

    `sign_in` is the id of the sign-in by which `by` asks; whether they may hear it is the caller's matter.
    """
    lock_chains(
        session, [call.centre_code]
    )  # a player's requests come at once, and only one of them is the first
    if is_noted(session, call, sound, sign_in=sign_in, at=at):
        return
    record(
        session,
        chain=call.centre_code,
        action=ACTION,
        subject=call.subject,
        by=by.name,
        at=at,
        facts={
            "sound": sound.value,
            "call_began": call.started_at.isoformat(timespec="seconds"),
            "sign_in": sign_in,
        },
        detail=call.caller or "",
    )
