"""One call's conversation with Asterisk: pyst2's `AGI`, made safe for threads and broken peers.

Every method of pyst2 keeps its name; where a return value hid something that matters (`get_data`,
`record_file`), it says more. tests/ivr/agi/test_pyst2_defects.py shows what is different and why.
"""

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final
from urllib.parse import unquote

from asterisk.agi import AGI, DEFAULT_RECORD, DEFAULT_TIMEOUT

from ivr.agi.errors import AppFailed, Hangup, NotOffered, ProtocolError, UnsafeArgument
from ivr.agi.reply import Reply, read_reply
from ivr.agi.wire import Wire

MOST_REQUEST_LINES: Final = 128
LONGEST_REQUEST_LINE: Final = 2048
OPENING_SECONDS: Final = 2.0
QUICK_SECONDS: Final = 2.0
GRACE_SECONDS: Final = 2.0
"""How long after a command's expected end a stuck server keeps its caller."""
DEFAULT_LASTING_SECONDS: Final = 60.0

_LASTING: Final = frozenset(
    {
        "CONTROL STREAM FILE", "EXEC", "GET DATA", "GET OPTION", "GOSUB", "RECEIVE CHAR", "RECEIVE TEXT",
        "RECORD FILE", "SAY ALPHA", "SAY DATE", "SAY DATETIME", "SAY DIGITS", "SAY NUMBER",
        "SAY PHONETIC", "SAY TIME", "STREAM FILE", "WAIT FOR DIGIT",
    }
)  # fmt: skip
"""Commands that take as long as the caller listens or speaks."""
_SET_THE_SWITCH: Final = frozenset({"GOSUB"})
"""Steps of the dialplan, which set the dead man's switch by themselves, and again at their end."""
_ALLOWED_WHEN_DEAD: Final = frozenset(
    {"GET FULL VARIABLE", "GET VARIABLE", "NOOP", "SET VARIABLE", "VERBOSE"}
)
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\([A-Za-z0-9_,/:-]*\))?")
_SOUND: Final = re.compile(r"[A-Za-z0-9_/-]+")
_RESTRICTED: Final = 0x60  # the bits of agi_callingpres that mean withheld or unavailable
_KEYS: Final = "DAMRONG_KEYS"


class _Quoted(str):
    """An argument that stands in its quotation marks already."""

    __slots__ = ()


def _quote(value: object) -> _Quoted:
    text = str(value)
    if any(character in text for character in "\r\n\0"):
        raise UnsafeArgument("an argument holds a line break")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return _Quoted(f'"{escaped}"')


class _Nowhere:
    """pyst2 writes every line, and so callers' numbers, to its `stderr`: to here."""

    def write(self, _text: str) -> None:
        """Forgets it."""


@dataclass(frozen=True)
class Recording:
    """What RECORD FILE says: ended by dtmf, timeout, hangup or an error; how long it is."""

    ended_by: str
    samples: int

    @property
    def hung_up(self) -> bool:
        return self.ended_by in {"hangup", "waitfor"}


class Session(AGI):  # type: ignore[misc]  # pyst2 has no types
    """A channel that Asterisk gave us. Not to be shared between threads."""

    def __init__(self, wire: Wire, *, opening_seconds: float = OPENING_SECONDS) -> None:
        # Not super().__init__(): it sets a signal handler, which only the main thread may do.
        self._wire = wire
        self.stdin = self.stdout = wire
        self.stderr = _Nowhere()
        self._got_sighup = False
        self._lasting_seconds = DEFAULT_LASTING_SECONDS
        self._opening_seconds = opening_seconds
        self._switch_set = False
        self.hung_up = False
        self.env: dict[str, str] = {}
        self._get_agi_env()

    # ── Who calls ─────────────────────────────────────────────────────────────────────────────

    @property
    def script(self) -> str:
        """The path of the agi:// address."""
        return self.env.get("agi_network_script", "")

    @property
    def uniqueid(self) -> str:
        return self.env.get("agi_uniqueid", "")

    @property
    def language(self) -> str:
        return self.env.get("agi_language", "")

    @property
    def caller_number(self) -> str | None:
        """The calling number as presented; None when it is withheld or unknown."""
        presentation = self.env.get("agi_callingpres", "0")
        if presentation.isdigit() and int(presentation) & _RESTRICTED:
            return None
        number = self.env.get("agi_callerid", "")
        return None if number in {"", "unknown"} else number

    def argument(self, position: int) -> str:
        """An argument of the AGI() application, counted from 1; empty when not given."""
        return self.env.get(f"agi_arg_{position}", "")

    # ── What the flows use ────────────────────────────────────────────────────────────────────

    def read_digits(self, sounds: Sequence[str], *, count: int, wait: float, end: str = "") -> str:
        """Plays sounds, then waits `wait` seconds for each of up to `count` keys, or for `end`.

        One step of the dialplan does it all: no key is lost between two sounds, round trips are few, and
        when a key ends it early, the dead man's switch does not wait for the rest of its time.
        """
        for sound in sounds:
            if not _SOUND.fullmatch(sound):
                raise UnsafeArgument("a sound's name holds letters, digits, / _ and - only")
        ending = f"t({end})" if end else "t"
        arguments = f"{self._switch_seconds},{'&'.join(sounds)},{count},{ending},{wait:g}"
        self._switch_set = True
        self._command("GOSUB", ("flow-question", "s", "1", arguments))
        return str(super().get_variable(_KEYS))  # keys only: it needs no encoding

    def get_variable(self, name: str) -> str:
        """A channel variable or function; encoded, as a line break would look like a reply."""
        if not _VARIABLE.fullmatch(name):
            raise UnsafeArgument("this is not the name of a variable")
        reply = self._command("GET FULL VARIABLE", (f"${{URIENCODE(${{{name}}})}}",))
        return unquote(reply.data, errors="replace") if reply.result == "1" else ""

    def get_full_variable(self, *_: object) -> str:
        raise NotOffered("get_variable() reads the same, and cannot lose its place")

    def get_data(
        self, filename: str, timeout: int = DEFAULT_TIMEOUT, max_digits: int = 255
    ) -> tuple[str, bool]:
        """Plays a sound, reads digits up to # : (digits, whether silence ended them)."""
        reply = self._command("GET DATA", (filename, timeout, max_digits))
        return reply.result, reply.data == "timeout"

    def record_file(  # the names are pyst2's
        self,
        filename: str,
        format: str = "gsm",  # noqa: A002
        escape_digits: str = "#",
        timeout: int = DEFAULT_RECORD,
        offset: int = 0,
        beep: str = "beep",
        silence: int = 0,
    ) -> Recording:
        """Records until a key, silence (s), time-out (ms) or hangup, which keeps the file."""
        digits = self._process_digit_list(escape_digits)
        beeps = (beep,) if beep else ()  # any word here, even an empty one, is a beep
        arguments = (filename, format, digits, timeout, offset, *beeps, f"s={silence}")
        reply = self._command("RECORD FILE", arguments)
        return Recording(reply.data, reply.endpos)

    # ── The dead man's switch ─────────────────────────────────────────────────────────────────

    @contextmanager
    def lasting(self, seconds: float) -> Iterator[None]:
        """Says how long a command inside may take; after that Asterisk takes the call back."""
        before, self._lasting_seconds = self._lasting_seconds, seconds
        try:
            yield
        finally:
            self._lasting_seconds = before

    def release(self) -> None:
        """Lets the switch go: from here the dialplan alone decides how long the call lives."""
        if self._switch_set:
            self._switch_set = False
            self.set_variable("TIMEOUT(absolute)", "0")

    @property
    def _switch_seconds(self) -> int:
        return math.ceil(self._lasting_seconds + GRACE_SECONDS)

    def _hold_switch(self) -> None:
        self._switch_set = True
        seconds = (_quote("TIMEOUT(absolute)"), self._switch_seconds)
        self._exchange("SET VARIABLE", seconds, QUICK_SECONDS)

    # ── Commands ──────────────────────────────────────────────────────────────────────────────

    def execute(self, command: str, *args: Any) -> dict[str, tuple[str, str]]:
        """Sends a command and waits for its answer, in the shape that pyst2's methods read."""
        reply = self._command(command.strip().upper(), args)
        return {"result": (reply.result, reply.data), "endpos": (str(reply.endpos), "")}

    def _command(self, command: str, args: Sequence[Any]) -> Reply:
        if command.startswith("DATABASE"):
            raise NotOffered("Asterisk's database is not ours to write from a call")
        if command not in _LASTING:
            reply = self._exchange(command, args, QUICK_SECONDS)
        else:
            if command not in _SET_THE_SWITCH:
                self._hold_switch()
            self.test_hangup()
            # The switch must act first: a socket that times out earlier would lose a healthy call.
            reply = self._exchange(command, args, self._lasting_seconds + 2 * GRACE_SECONDS)
        self._raise_when_gone(command, reply)
        if reply.result == "-1" and command in _LASTING:
            self._raise_failure(command)
        return reply

    def _exchange(self, command: str, args: Sequence[Any], seconds: float) -> Reply:
        self.send_command(command, *args)
        deadline = monotonic() + seconds  # of the whole answer, however many lines it has
        reply = read_reply(lambda: self._wire.read_line(deadline - monotonic()))
        self.hung_up = self.hung_up or reply.dead or reply.hangups > 0
        return reply

    def _raise_when_gone(self, command: str, reply: Reply) -> None:
        # A recording ends with the hangup, and is kept: record_file() tells its caller itself.
        still_useful = command in _ALLOWED_WHEN_DEAD or command == "RECORD FILE"
        if reply.dead or (self.hung_up and not still_useful):
            raise Hangup("the caller hung up")

    def _raise_failure(self, command: str) -> None:
        """-1 means “hung up” as well as “failed”: only the channel's state tells which."""
        if command == "RECORD FILE":
            return
        status = self._exchange("CHANNEL STATUS", (), QUICK_SECONDS)
        if self.hung_up or status.result == "-1":
            raise Hangup("the caller hung up")
        raise AppFailed(f"{command} failed")

    def send_command(self, command: str, *args: Any) -> None:
        """Writes one line, every argument quoted. One that could break out of it is refused."""
        words = [arg if isinstance(arg, str) else str(arg) for arg in args]
        while words and words[-1] == "":  # how pyst2 leaves an optional argument out
            words.pop()
        quoted = [word if isinstance(word, _Quoted) else _quote(word) for word in words]
        self._wire.write_line(" ".join([command, *quoted]), QUICK_SECONDS)

    def get_result(self, _stdin: object = None) -> dict[str, tuple[str, str]]:
        """pyst2's other half of `execute`, for code that calls it alone."""
        reply = read_reply(lambda: self._wire.read_line(QUICK_SECONDS))
        return {"result": (reply.result, reply.data)}

    def test_hangup(self) -> None:
        """Raises Hangup when Asterisk has said so. It says so in a HANGUP line, not by a signal."""
        if self.hung_up:
            raise Hangup("the caller hung up")

    def _quote(self, string: Any) -> str:
        return _quote(string)

    def _get_agi_env(self) -> None:
        """Reads the request. Its lines, their length and the time for all of them are bounded."""
        for line in self._request_lines():
            key, colon, value = line.partition(":")
            if not colon:
                raise ProtocolError("a request line without a colon")
            self.env[key.strip()] = value.strip()

    def _request_lines(self) -> Iterator[str]:
        deadline = monotonic() + self._opening_seconds
        for _ in range(MOST_REQUEST_LINES):
            line = self._wire.read_line(deadline - monotonic(), longest=LONGEST_REQUEST_LINE)
            if line == "":
                return
            yield line
        raise ProtocolError("a request without an end")
