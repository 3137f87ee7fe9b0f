"""What each event of the ledger means for a call. The dialplan's own events are explained in docs/telephony.md."""

import wave
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from case_store.calls.callbacks import record_attempt, request_callback
from case_store.calls.models import Call, CallbackKind, CallbackRequest, CallOutcome, ProvinceSource
from case_store.calls.record_call import (
    find_call,
    open_call,
    record_agent_done,
    record_answered,
    record_ended,
    record_queued,
    set_province,
)
from case_store.people.presence import PRACTICE_QUEUE, user_of_extension
from case_store.places.numbering import read_caller
from case_store.places.provinces import NATIONAL, province, queue_of
from case_store.rotation.training.keeping import take_practice_call

SHORTEST_MESSAGE_SECONDS: Final = 1.0
_A_FRESH_LINE: Final = timedelta(seconds=1.2)


@dataclass(frozen=True)
class Entry:
    """One line: when, which call, in which queue, with which agent (ag0007), what, and its data."""

    at: datetime
    call: str
    queue: str
    agent: str
    event: str
    data: tuple[str, ...]

    def datum(self, position: int) -> str:
        return self.data[position] if position < len(self.data) else ""


def read_entry(line: str, *, now: datetime) -> Entry | None:
    """Reads a line; None when it is none of the ledger's."""
    fields = line.split("|")
    if len(fields) < 5 or not (fields[0].isascii() and fields[0].isdigit()):
        return None
    at = _moment(int(fields[0]), now)
    return Entry(at, fields[1], fields[2], fields[3], fields[4], tuple(fields[5:]))


def _moment(second: int, now: datetime) -> datetime:
    """Asterisk writes whole seconds; a line that is read at once happened just now."""
    at = datetime.fromtimestamp(second, UTC)
    return now if at <= now < at + _A_FRESH_LINE else at


class Ledger:
    """Writes entries into the store. Remembers only whose part in which call is over."""

    def __init__(self, *, wrap_up: timedelta, recordings: Path) -> None:
        self._wrap_up = wrap_up
        self._recordings = recordings
        self._parted: set[str] = set()

    def remembered(self) -> frozenset[str]:
        """What it remembers, for `remember` when a transaction was rolled back."""
        return frozenset(self._parted)

    def remember(self, remembered: frozenset[str]) -> None:
        self._parted = set(remembered)

    def write(self, session: Session, entry: Entry) -> None:
        """Writes an entry down; one of no known event changes nothing."""
        if (write := EVENTS.get(entry.event)) is not None:
            write(self, session, entry)

    # ── The caller's side ─────────────────────────────────────────────────────────────────────

    def call_starts(self, session: Session, entry: Entry) -> None:
        open_call(session, entry.call, caller=read_caller(entry.datum(0)), at=entry.at)

    def waits(self, session: Session, entry: Entry) -> None:
        if (call := find_call(session, entry.call)) is not None:
            record_queued(session, call, queue=entry.queue, at=entry.at)

    def leaves_message(self, session: Session, entry: Entry) -> None:
        """The dialplan recorded a message by itself. A click is no message, and is not kept."""
        call, file = find_call(session, entry.call), self._recordings / Path(entry.datum(0)).name
        if call is None or not file.is_file():
            return
        if _seconds(file) < SHORTEST_MESSAGE_SECONDS:
            file.unlink()
            return
        request_callback(
            session,
            call,
            kind=CallbackKind.MESSAGE,
            number=call.caller,
            recording=file.name,
            at=entry.at,
        )

    def call_ends(self, session: Session, entry: Entry) -> None:
        call = find_call(session, entry.call)
        if call is None:
            return
        if call.outcome is CallOutcome.CONNECTED and entry.call not in self._parted:
            self._part(session, call, call.agent.extension if call.agent else "", entry.at)
        self._parted.discard(entry.call)
        record_ended(session, call, at=entry.at)

    # ── The agents' side ──────────────────────────────────────────────────────────────────────

    def agent_answers(self, session: Session, entry: Entry) -> None:
        """From a queue (CONNECT), or after a transfer to this very agent (AGENTANSWER)."""
        call = find_call(session, entry.call)
        if call is None:
            return
        agent = user_of_extension(session, entry.agent)
        if entry.event == AGENT_ANSWER and agent is not None:
            _move(session, call, queue_of(agent.centre_code))
        self._parted.discard(entry.call)
        record_answered(session, call, agent=agent, at=entry.at)

    def agent_parts(self, session: Session, entry: Entry) -> None:
        if entry.queue == PRACTICE_QUEUE:
            _practised(session, entry)
        elif (call := find_call(session, entry.call)) is not None:
            self._part(session, call, entry.agent, entry.at)

    def moves(self, session: Session, entry: Entry) -> None:
        """An agent transfers the caller: to a queue, or to an agent whose telephone rings now."""
        call = find_call(session, entry.call)
        if call is None or call.ended_at is not None:
            return
        if province(entry.queue[1:]) is not None:
            _move(session, call, entry.queue)
        record_queued(session, call, queue=call.queue or entry.queue, at=entry.at)

    def callback_ends(self, session: Session, entry: Entry) -> None:
        """An agent rang a citizen back: was it answered?"""
        request = session.get(CallbackRequest, int(entry.datum(0)))
        if request is not None and request.attempts and request.attempts[-1].answered is None:
            record_attempt(session, request, answered=entry.datum(1) == "ANSWER")

    def _part(self, session: Session, call: Call, extension: str, at: datetime) -> None:
        agent = user_of_extension(session, extension)
        if agent == call.agent:  # a colleague may have answered a moment before this one parts
            self._parted.add(call.pbx_id)
        record_agent_done(session, call, agent=agent, at=at, wrap_up=self._wrap_up)


def _move(session: Session, call: Call, queue: str) -> None:
    """A province that takes a call over is the call's province; the national centre helps out for one."""
    if call.ended_at is not None:
        return
    call.queue, code = queue, queue[1:]
    if call.province_code is None or code not in (NATIONAL, call.province_code):
        set_province(session, call, province_code=code, source=ProvinceSource.OPERATOR)


def _practised(session: Session, entry: Entry) -> None:
    """A simulated call is over. It is no row of `calls`: nothing that counts citizens' calls can count it."""
    trainee = user_of_extension(session, entry.agent)
    # Queue() writes: waited, talked, place in line; of a transfer, with which it ended, two fields more before them.
    talked = 3 if entry.event == "BLINDTRANSFER" else 1
    seconds = int(entry.datum(talked) or 0)
    if trainee is not None:
        began_at = entry.at - timedelta(seconds=seconds)
        take_practice_call(session, trainee, entry.call, began_at=began_at, seconds=seconds)


def _seconds(file: Path) -> float:
    try:
        with wave.open(str(file)) as recording:
            return float(recording.getnframes() / recording.getframerate())
    except (wave.Error, EOFError):
        return 0.0


AGENT_ANSWER: Final = "AGENTANSWER"

EVENTS: Final[dict[str, Callable[[Ledger, Session, Entry], None]]] = {
    # written by the dialplan (asterisk-config/extensions.conf) or, after an attended transfer, by ivr/pbx/transfers.py
    "CALLSTART": Ledger.call_starts,
    "CALLEND": Ledger.call_ends,
    "MESSAGE": Ledger.leaves_message,
    "MOVED": Ledger.moves,
    "NOBODY": Ledger.waits,  # the caller came to this queue, even if its emptiness sends them on
    AGENT_ANSWER: Ledger.agent_answers,
    "AGENTDONE": Ledger.agent_parts,
    "CALLBACKEND": Ledger.callback_ends,
    # written by Queue()
    "ENTERQUEUE": Ledger.waits,
    "CONNECT": Ledger.agent_answers,
    "COMPLETEAGENT": Ledger.agent_parts,
    "COMPLETECALLER": Ledger.agent_parts,
    "BLINDTRANSFER": Ledger.agent_parts,
    "ATTENDEDTRANSFER": Ledger.agent_parts,
}
