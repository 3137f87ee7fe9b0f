"""Nobody answered, not even at the national centre: shall we call back, or will the caller leave a message?"""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from case_store import clock
from case_store.calls.callbacks import request_callback
from case_store.calls.models import CallbackKind
from case_store.calls.record_call import open_call
from case_store.places.numbering import CallerNumber, NumberKind, read_caller
from ivr.flows.call import Call, GiveUp, WantsNationalCentre
from ivr.flows.dialplan_variables import END, MESSAGE, NEXT, WAIT
from ivr.flows.sentences import Sentence
from ivr.flows.store import Store
from ivr.prompts.speech import say_phone_number

LONGEST_MESSAGE_SECONDS: Final = 120
SILENCE_SECONDS: Final = 5
SHORTEST_MESSAGE_SAMPLES: Final = 8_000
"""One second: less than that is a click, not a message."""
LONGEST_NUMBER: Final = 12
_ATTEMPTS: Final = 2
_WE_CALL: Final = frozenset({NumberKind.LANDLINE, NumberKind.MOBILE})


@dataclass(frozen=True)
class Unanswered:
    """A call that nobody answered, and what can be done for it."""

    call: Call
    store: Store
    recordings: Path

    def offer(self) -> None:
        """1: call me back. 2: leave a message. 3, 0, or no understanding: wait on."""
        try:
            self.call.say(Sentence.ALL_BUSY)
            wish = self.call.choose(
                Sentence.CALLBACK_OR_MESSAGE,
                choices={"1": self.promise_callback, "2": self.take_message, "3": None},
            )
            done = wish() if wish else False
        except (GiveUp, WantsNationalCentre):
            done = False
        if done:
            self.call.announce(Sentence.GOODBYE)
        self.call.tell_dialplan(NEXT, END if done else WAIT)

    def promise_callback(self) -> bool:
        """At the number of the call when we can call it, else at one that is keyed; each is read back."""
        own = read_caller(self.call.presented_number)
        number = own if own and own.kind in _WE_CALL and self._is_right(own) else self._ask_number()
        if number is None:
            return self.take_message()
        self._write(CallbackKind.CALLBACK, number.e164)
        self.call.announce(Sentence.CALLBACK_TAKEN)
        return True

    def _is_right(self, number: CallerNumber) -> bool:
        return self.call.choose(
            Sentence.CALLBACK_NUMBER_BEFORE,
            *say_phone_number(number.national),
            Sentence.CALLBACK_CONFIRM,
            choices={"1": True, "2": False},
        )

    def _ask_number(self) -> CallerNumber | None:
        apology: tuple[str, ...] = ()
        for _ in range(_ATTEMPTS):
            keyed = self.call.ask_number(
                *apology, Sentence.ASK_CALLBACK_NUMBER, longest=LONGEST_NUMBER
            )
            number = read_caller(keyed)
            if number is None or number.kind not in _WE_CALL:
                apology = (Sentence.CALLBACK_NUMBER_WRONG,) if keyed else self.call.apology(keyed)
            elif self._is_right(number):
                return number
            else:
                apology = ()
        return None

    def take_message(self) -> bool:
        """What was said is kept also when the caller hangs up instead of pressing #."""
        for _ in range(_ATTEMPTS):
            self.call.say(Sentence.LEAVE_MESSAGE)
            file = self.recordings / f"{re.sub(r'[^0-9A-Za-z.-]', '_', self.call.pbx_id)}.wav"
            self.call.tell_dialplan(MESSAGE, file.name)
            recording = self.call.record(
                file, longest=LONGEST_MESSAGE_SECONDS, silence=SILENCE_SECONDS
            )
            if recording.samples >= SHORTEST_MESSAGE_SAMPLES:
                own = read_caller(self.call.presented_number)
                self._write(CallbackKind.MESSAGE, own.e164 if own else None, file.name)
                self.call.announce(Sentence.MESSAGE_TAKEN)
                return True
            with suppress(OSError):  # Asterisk's file, and nobody's message
                file.unlink()
            self.call.say(Sentence.MESSAGE_EMPTY)
        return False

    def _write(self, kind: CallbackKind, number: str | None, recording: str | None = None) -> None:
        at, pbx_id = clock.now(), self.call.pbx_id
        caller = read_caller(self.call.presented_number)

        def note(session: Session) -> None:
            row = open_call(session, pbx_id, caller=caller, at=at)
            request_callback(session, row, kind=kind, number=number, recording=recording, at=at)

        self.store.write_down(note)
