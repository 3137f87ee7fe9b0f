"""What has become of my case? Its number and PIN are keyed in, and how far it is is said. Nothing keyed is logged."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from sqlalchemy.orm import Session

from case_store import clock
from case_store.cases.reference import grouped, parse_reference
from case_store.tracking.attempts import TooManyTries
from case_store.tracking.track import Progress, Tracked, track
from ivr.agi.errors import Hangup
from ivr.flows.call import STAR, Call, GiveUp
from ivr.flows.sentences import Sentence
from ivr.flows.store import Store
from ivr.prompts.speech import say_day, say_digits

REFERENCE_LENGTH: Final = 9
LONGEST_REFERENCE: Final = 12
PIN_LENGTH: Final = 4
_ATTEMPTS: Final = 2
_MOST_TOLD: Final = 10

SAID_OF: Final = {
    Progress.RECEIVED: Sentence.TRACK_RECEIVED,
    Progress.WITH_AGENCY: Sentence.TRACK_WITH_AGENCY,
    Progress.IN_PROGRESS: Sentence.TRACK_IN_PROGRESS,
    Progress.REVIEWED: Sentence.TRACK_REVIEWED,
    Progress.FINISHED: Sentence.TRACK_FINISHED,
    Progress.NOT_PURSUED: Sentence.TRACK_NOT_PURSUED,
    Progress.WITHDRAWN: Sentence.TRACK_WITHDRAWN,
}


class Unanswered(Enum):
    """Why nothing can be told."""

    NOT_FOUND = auto()
    TOO_MANY = auto()
    AWAY = auto()


class Wish(Enum):
    AGAIN = auto()
    ANOTHER = auto()
    OFFICER = auto()


@dataclass(frozen=True)
class Tracking:
    """A caller who follows their cases up. `source`: the calling number, or one word for all that are withheld."""

    call: Call
    store: Store
    source: str
    note_content: Callable[[], object]
    """Called when the caller hangs up after hearing what they called for."""

    def hold(self) -> None:
        """Returns when an officer is needed; whoever has heard enough hangs up."""
        heard = False
        try:
            tracked = self._find()
            for _ in range(_MOST_TOLD):
                if tracked is None:
                    return
                self.call.say(*self._summary(tracked))
                heard = True
                wish = self._ask_wish(tracked)
                if wish is Wish.OFFICER:
                    return
                tracked = self._find() if wish is Wish.ANOTHER else tracked
        except GiveUp:
            return
        except Hangup:
            if heard:
                self.note_content()
            raise

    # ── Which case ────────────────────────────────────────────────────────────────────────────

    def _find(self) -> Tracked | None:
        """None when an officer must help; the caller has heard why."""
        apology: tuple[str, ...] = ()
        for _ in range(_ATTEMPTS):
            keyed = self._ask_reference(apology)
            if keyed == STAR:
                return None
            if parse_reference(keyed) is None:
                apology = self._apology(keyed, Sentence.TRACK_REF_WRONG)
                continue
            pin = self.call.ask_code(Sentence.TRACK_ASK_PIN, count=PIN_LENGTH)
            if pin == STAR:
                return None
            answer = self._look_up(keyed, pin)
            if isinstance(answer, Tracked):
                return answer
            if answer is not Unanswered.NOT_FOUND:
                self._say_why(answer)
                return None
            apology = self._apology(pin, Sentence.TRACK_NOT_FOUND)
        self.call.say(Sentence.TRACK_OFFICER_HELPS)
        return None

    def _ask_reference(self, apology: tuple[str, ...]) -> str:
        return self.call.ask_code(
            *apology,
            Sentence.TRACK_ASK_REF,
            Sentence.TRACK_STAR_OFFICER,
            Sentence.PRESS_0_NATIONAL,
            count=REFERENCE_LENGTH,
            longest=LONGEST_REFERENCE,
        )

    def _apology(self, keyed: str, wrong: Sentence) -> tuple[str, ...]:
        return (wrong, Sentence.TRY_AGAIN) if keyed else self.call.apology(keyed)

    def _look_up(self, ref: str, pin: str) -> Tracked | Unanswered:
        if len(pin) != PIN_LENGTH:
            return Unanswered.NOT_FOUND
        at, source = clock.now(), self.source

        def ask(session: Session) -> Tracked | Unanswered:
            try:
                return track(session, ref, pin, source, at=at) or Unanswered.NOT_FOUND
            except TooManyTries:
                return Unanswered.TOO_MANY

        return self.store.change(ask).or_else(Unanswered.AWAY)

    def _say_why(self, why: Unanswered) -> None:
        too_many = why is Unanswered.TOO_MANY
        self.call.say(Sentence.TRACK_TOO_MANY if too_many else Sentence.TRACK_AWAY)

    # ── What is said of it ────────────────────────────────────────────────────────────────────

    def _summary(self, tracked: Tracked) -> list[str]:
        return [
            Sentence.TRACK_CASE,
            *say_digits(grouped(tracked.ref)),
            Sentence.TRACK_ON_DAY,
            *say_day(tracked.since, self.call.language),
            SAID_OF[tracked.progress],
        ]

    def _ask_wish(self, tracked: Tracked) -> Wish:
        return self.call.choose(
            *self._details(tracked),
            Sentence.TRACK_MENU,
            choices={"1": Wish.AGAIN, "2": Wish.ANOTHER, "3": Wish.OFFICER},
        )

    def _details(self, tracked: Tracked) -> list[str]:
        said: list[str] = []
        if tracked.waits_for_complainant:
            said.append(Sentence.TRACK_WAITS_FOR_YOU)
        if tracked.due_at is not None:
            late = tracked.due_at < clock.now()
            said.append(Sentence.TRACK_LATE if late else Sentence.TRACK_DUE)
            said += say_day(tracked.due_at, self.call.language)
        if tracked.has_result:
            said.append(Sentence.TRACK_RESULT)
        return said
