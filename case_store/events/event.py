"""What can be announced: which thing changed, never what it holds; readers fetch that with their rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, cast

from sqlalchemy.orm import Session


class EventKind(StrEnum):
    CALL_CHANGED = "call-changed"
    """A call moved on: subject is the call's id."""
    CASE_CHANGED = "case-changed"
    """A case was opened or has new history: subject is its reference."""
    CALLBACK_CHANGED = "callback-changed"
    """A call-back request was made, taken or settled: subject is its id."""
    AGENT_CHANGED = "agent-changed"
    """An agent's presence changed: subject is the user's id."""
    ROTA_CHANGED = "rota-changed"
    """A rota was published or changed: subject is its id."""
    NOTICES_CHANGED = "notices-changed"
    """Somebody was told something, or has read it: subject is the user's id, and nobody else hears of it."""


@dataclass(frozen=True)
class Event:
    """`centre_code`: only people who may see that centre are told; `user_id`: this person is told in any case."""

    kind: EventKind
    subject: str
    centre_code: str | None = None
    user_id: int | None = None


class Publisher(Protocol):
    def publish(self, events: Sequence[Event]) -> None:
        """Sends the events. Must not raise and must not hold the caller: live news may be lost, facts not."""


def announce(session: Session, event: Event) -> None:
    """Sends `event` when the session's transaction is committed; drops it on rollback."""
    session.info.setdefault("announced", []).append(event)


def announced(session: Session) -> list[Event]:
    """Takes what was announced in the session's finished transaction, each thing once."""
    return list(dict.fromkeys(cast("list[Event]", session.info.pop("announced", []))))
