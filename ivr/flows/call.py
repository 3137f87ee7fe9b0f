"""A call as a conversation: say, ask, choose. The flows know these verbs and nothing of AGI.

GiveUp               two silences or mistakes at one question
WantsNationalCentre  the caller pressed 0
WantsOtherLanguage   the caller pressed 9 on the first menu
WantsTracking        the caller pressed 8 on the first menu
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from ivr.agi.session import Recording, Session
from ivr.flows.sentences import Sentence
from ivr.flows.sound_lengths import SoundLengths
from ivr.prompts.speech import say_key

Choice = TypeVar("Choice")

ANSWER_SECONDS: Final = 5.0
"""How long a caller may think after a question."""
NEXT_KEY_SECONDS: Final = 3.0
NEXT_KEY_AT_ONCE: Final = 0.8
"""How soon another key must follow one that is an answer by itself, to make the two a number."""
_AT_ONCE: Final = 0.1
_BETWEEN_SOUNDS: Final = 0.06
_ATTEMPTS: Final = 2
_MOST_REPEATS: Final = 5
_MOST_LANGUAGE_CHANGES: Final = 3

OPERATOR: Final = "0"
TRACK: Final = "8"
OTHER_LANGUAGE: Final = "9"
STAR: Final = "*"
POUND: Final = "#"


class Digits(str):
    """Several digits, where one key was asked for."""

    __slots__ = ()


class GiveUp(Exception):
    """The caller and the machine do not understand each other: a person must help."""


class WantsNationalCentre(Exception):
    """The caller pressed 0."""


class WantsOtherLanguage(Exception):
    """The caller pressed 9 on the first menu."""


class WantsTracking(Exception):
    """The caller pressed 8 on the first menu."""


class Call:
    """The caller on the line, in words of a conversation.

    Sounds are given by name (a `Sentence`, or what `ivr.prompts.speech` returns) and played in the
    order given. A key interrupts them.
    """

    def __init__(self, session: Session, lengths: SoundLengths) -> None:
        self._session = session
        self._lengths = lengths
        self._key_ahead = ""
        self._language_changes = 0
        self._shortcuts: dict[str, type[Exception]] = {}
        self.language = session.language

    @property
    def pbx_id(self) -> str:
        return self._session.uniqueid

    @property
    def presented_number(self) -> str | None:
        """The calling number as the network presents it; None when withheld."""
        return self._session.caller_number

    @property
    def channel(self) -> str:
        return self._session.env.get("agi_channel", "")

    def argument(self, position: int) -> str:
        return self._session.argument(position)

    # ── Speaking ──────────────────────────────────────────────────────────────────────────────

    def say(self, *sounds: str) -> None:
        """Says something. A key stops it, and is taken as the answer to the next question."""
        if self._key_ahead:
            return
        key = self._read(sounds, count=1, wait=_AT_ONCE)
        if (
            key == POUND
        ):  # it ended the number before, and answers nothing: what it cut is said again
            key = self._read(sounds, count=1, wait=_AT_ONCE)
        self._key_ahead = self._operator_or(key)

    def announce(self, *sounds: str) -> None:
        """Says something to the end, whatever is pressed."""
        with self._session.lasting(self._seconds(sounds)):
            self._session.appexec("Playback", "&".join(sounds))

    def speak(self, language: str) -> None:
        """From now on in this language (th or en)."""
        if language != self.language:
            self._session.set_variable("CHANNEL(language)", language)
            self.language = language

    def change_language(self) -> None:
        self._language_changes += 1
        self.speak("th" if self.language == "en" else "en")

    # ── Asking ────────────────────────────────────────────────────────────────────────────────

    def offer_shortcuts(self, *, tracking: bool) -> None:
        """From now to the first answered question, 9 is “the other language” and 8 “my case”, where they are no answer.

        Pressed before that question they mean what was announced, whatever they would answer there.
        """
        self._shortcuts = {TRACK: WantsTracking} if tracking else {}
        if self._language_changes < _MOST_LANGUAGE_CHANGES:
            self._shortcuts[OTHER_LANGUAGE] = WantsOtherLanguage

    def _take_shortcut(self, key: str) -> None:
        if key in self._shortcuts:
            raise self._shortcuts[key]

    def choose(
        self, *question: str, choices: Mapping[str, Choice], again: str | None = None
    ) -> Choice:
        """Asks until one of the keys of `choices` is pressed; `again` is a key that repeats the question."""
        apology: tuple[str, ...] = ()
        mistakes = repeats = 0
        while mistakes < _ATTEMPTS:
            self._take_shortcut(self._key_ahead)
            key = self._key((*apology, *question))
            if key in choices:
                self._shortcuts = {}
                return choices[key]
            self._take_shortcut(key)
            if key and key == again and repeats < _MOST_REPEATS:
                apology, repeats = (), repeats + 1
                continue
            mistakes += 1
            apology = self.apology(key)
        raise GiveUp

    def choose_or_digits(
        self, *question: str, choices: Mapping[str, Choice], count: int
    ) -> Choice | Digits:
        """Like `choose`, and also takes up to `count` digits that a caller keys unasked, as one who called before."""
        apology: tuple[str, ...] = ()
        for _ in range(_ATTEMPTS):
            key = self._key((*apology, *question))
            patience = NEXT_KEY_AT_ONCE if key in choices else NEXT_KEY_SECONDS
            rest = self._read((), count=count - 1, wait=patience) if key.isdigit() else ""
            if rest:
                self._shortcuts = {}
                return Digits(key + rest)
            if key in choices:
                self._shortcuts = {}
                return choices[key]
            self._take_shortcut(key)
            apology = self.apology(key)
        raise GiveUp

    def ask_digits(self, *question: str, count: int) -> str:
        """Asks for `count` digits; fewer when silence ended them; * alone when it was the first key."""
        first = self._key(question)
        if first == STAR:
            self._shortcuts = {}
        if first in {"", STAR, POUND}:
            return first
        rest = self._read((), count=count - 1, wait=NEXT_KEY_SECONDS)
        if not rest:  # a 9 or 8 alone; postcodes of the south begin with them too
            self._take_shortcut(first)
        return first + rest

    def ask_code(self, *question: str, count: int, longest: int = 0) -> str:
        """Asks for `count` digits, or up to `longest` that # or silence ends; empty for silence, * when it came first.

        0 may be one of the digits: only when nothing follows it, it is the operator.
        """
        self._key_ahead = ""
        first = POUND
        for _ in range(_ATTEMPTS):
            if first == POUND:  # it still belongs to the number before
                first = self._read(question, count=1, wait=ANSWER_SECONDS)
        if first in {"", STAR, POUND}:
            return first.strip(POUND)
        keyed = first + self._read((), count=count - 1, wait=NEXT_KEY_SECONDS, end=POUND)
        if len(keyed) == count:  # the # may follow, though it need not
            more = max(longest - count, 1)
            keyed += self._read((), count=more, wait=NEXT_KEY_AT_ONCE, end=POUND)
        self._operator_or(keyed)
        return keyed

    def ask_number(self, *question: str, longest: int) -> str:
        """Asks for a telephone number that # ends. 0 is its first digit, and so not the operator here."""
        self._key_ahead = ""
        return self._read(question, count=longest, wait=ANSWER_SECONDS, end=POUND)

    def apology(self, keyed: str) -> tuple[str, ...]:
        """What to say before a question that was not answered (`keyed` empty), or wrongly."""
        return (Sentence.NOT_UNDERSTOOD if keyed else Sentence.NOTHING_HEARD, Sentence.TRY_AGAIN)

    def _key(self, sounds: Sequence[str]) -> str:
        key, self._key_ahead = self._key_ahead, ""
        return key or self._operator_or(self._read(sounds, count=1, wait=ANSWER_SECONDS))

    def _operator_or(self, key: str) -> str:
        if key == OPERATOR:
            raise WantsNationalCentre
        return key

    def _read(self, sounds: Sequence[str], *, count: int, wait: float, end: str = "") -> str:
        with self._session.lasting(self._seconds(sounds) + wait * count):
            return self._session.read_digits(sounds, count=count, wait=wait, end=end)

    def _seconds(self, sounds: Iterable[str]) -> float:
        return sum(self._lengths.seconds(s, self.language) + _BETWEEN_SOUNDS for s in sounds)

    # ── Listening, and handing back ───────────────────────────────────────────────────────────

    def record(self, path: Path, *, longest: int, silence: int) -> Recording:
        """Records after a beep until #, silence or the longest time (seconds), or the hangup."""
        self._key_ahead = ""  # it only cut the invitation short
        self.announce("beep")  # not RECORD FILE's own: without its sound file that records nothing
        with self._session.lasting(longest + silence + 2):
            return self._session.record_file(
                str(path.with_suffix("")),
                path.suffix[1:],
                escape_digits="#",
                timeout=longest * 1000,
                beep="",
                silence=silence,
            )

    def tell_dialplan(self, variable: str, value: str) -> None:
        """Leaves a channel variable for the dialplan, which decides by it where the call goes."""
        self._session.set_variable(variable, value)


def menu_of(names: Iterable[tuple[Sequence[str], str]]) -> list[str]:
    """“Chiang Mai, press one. Lamphun, press two.”, from pairs of a name and its key."""
    return [sound for name, key in names for sound in (*name, Sentence.MENU_PRESS, *say_key(key))]
