"""Asterisk, played over a real socket: the raw conversation, and a caller who hears prompts and presses keys.

What it says and when is that of res_agi.c and app_read.c of Asterisk 22.10.
"""

import re
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Self

PATIENCE = 20.0
GONE = "<gone>"


def request(script: str = "citizen", **facts: str) -> list[str]:
    """The lines that open a FastAGI request; `facts` without their agi_ replace or add to them."""
    known = {
        "network": "yes", "network_script": script, "request": f"agi://127.0.0.1/{script}",
        "channel": "PJSIP/trunk-00000001", "language": "th", "type": "PJSIP", "uniqueid": "1.1",
        "version": "22.10.1", "callerid": "0812345678", "calleridname": "unknown", "callingpres": "0",
        "dnid": "1567", "context": "citizen", "extension": "s", "priority": "1", "enhanced": "0.0",
    }  # fmt: skip
    return [f"agi_{name}: {value}" for name, value in (known | facts).items()]


class RawPeer:
    """Asterisk's end of the socket, a line at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.connection.settimeout(PATIENCE)
        self._reader = connection.makefile("rb")

    @classmethod
    def connect(cls, port: int) -> Self:
        return cls(socket.create_connection(("127.0.0.1", port), PATIENCE))

    def send(self, *lines: str) -> None:
        self.send_bytes("".join(f"{line}\n" for line in lines).encode())

    def send_bytes(self, data: bytes) -> None:
        self.connection.sendall(data)

    def asks(self, script: str = "citizen", **facts: str) -> Self:
        self.send(*request(script, **facts), "")
        return self

    def hears_line(self) -> str:
        """The next command; GONE when the other side closed."""
        try:
            line = self._reader.readline()
        except ConnectionError:
            return GONE
        return line.decode().rstrip("\n") if line else GONE

    def close(self) -> None:
        self._reader.close()
        self.connection.close()


def words_of(command: str) -> list[str]:
    """Splits a command as Asterisk does: by spaces outside quotation marks, with backslash escapes."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', command)
    return [re.sub(r"\\(.)", r"\1", quoted) if quoted else plain for quoted, plain in words]


@dataclass
class Media:
    """A command during which the caller listens and may press keys or speak."""

    kind: str
    sounds: list[str]
    count: int = 1
    variable: str = ""
    wait: float = 0.0
    end: str = ""


@dataclass
class PhoneCall:
    """A caller on the line. Read a test from top to bottom: hears, presses, hears, hangs up."""

    peer: RawPeer
    variables: dict[str, str] = field(default_factory=dict)
    switch: list[int] = field(default_factory=list)
    """Every value that the dead man's switch was set to."""
    recordings: list[str] = field(default_factory=list)
    applications: list[str] = field(default_factory=list)
    commands: int = 0
    is_over: bool = False
    _playing: Media | None = None
    _ahead: str = ""

    @classmethod
    def dial(
        cls, port: int, script: str = "citizen", *, args: Sequence[str] = (), **facts: str
    ) -> "PhoneCall":
        numbered = {f"arg_{place}": value for place, value in enumerate(args, 1)}
        return cls(RawPeer.connect(port).asks(script, **facts, **numbered))

    # ── What the caller does ──────────────────────────────────────────────────────────────────

    def hears(self, *sounds: str) -> Self:
        """The next thing that is played holds these sounds, in this order."""
        self.stays_silent()
        self._listen()
        while self._playing is not None and not self._playing.sounds:
            self.stays_silent()._listen()  # it waits for more keys, without a word
        played = self._playing.sounds if self._playing else []
        rest = iter(played)
        assert all(any(sound == name for name in rest) for sound in sounds), (
            f"expected {sounds}, but heard {played}"
        )
        return self

    def hears_nothing_of(self, *sounds: str) -> Self:
        assert self._playing is not None
        assert not set(sounds) & set(self._playing.sounds)
        return self

    def presses(self, keys: str) -> Self:
        """Presses keys during or after what is played; those that are too many wait for the next question."""
        assert self._playing is not None, "nothing is played now"
        media, self._playing = self._playing, None
        if media.kind == "RECORD FILE":
            self.peer.send(f"200 result={ord(keys)} (dtmf) endpos=24000")
        elif media.kind == "Read":
            self.variables[media.variable] = self._take(keys, media)
            self.peer.send("200 result=0 Gosub complete")
        else:
            self.peer.send("200 result=0")  # Playback hears no keys
        return self

    def stays_silent(self) -> Self:
        """Lets what is played come to its end without pressing a key."""
        if self._playing is None:
            return self
        media, self._playing = self._playing, None
        if media.kind == "RECORD FILE":
            self.peer.send("200 result=0 (timeout) endpos=0")
        else:
            self.variables[media.variable or "-"] = ""
            ended = " Gosub complete" if media.kind == "Read" else ""
            self.peer.send(f"200 result=0{ended}")
        return self

    def hangs_up(self) -> None:
        """As with AGIEXITONHANGUP=yes: the command ends, HANGUP follows, and the socket closes."""
        if self._playing is not None and self._playing.kind == "RECORD FILE":
            self.peer.send("200 result=-1 (hangup) endpos=16000", "HANGUP")
        else:
            in_a_step = self._playing is not None and self._playing.kind == "Read"
            cut_off = " Gosub complete (abnormal exit)" if in_a_step else ""
            self.peer.send(f"200 result=0{cut_off}", "HANGUP")
        self.peer.close()
        self.is_over = True

    def goes_on(self) -> Self:
        """The script gives the call back to the dialplan; what it says before that is heard."""
        while True:
            self.stays_silent()
            self._listen()
            if self._playing is None:
                self.peer.close()
                return self
            assert self._playing.wait < 1, f"asked {self._playing.sounds}, should have gone on"

    @property
    def queue(self) -> str:
        return self.variables.get("DAMRONG_QUEUE", "")

    # ── What Asterisk does ────────────────────────────────────────────────────────────────────

    def _listen(self) -> None:
        """Obeys until something is played that the caller can react to."""
        while self._playing is None and (line := self.peer.hears_line()) != GONE:
            self.commands += 1
            self._obey(words_of(line))
        self.is_over = self._playing is None
        if self._playing is not None and self._ahead:
            keys, self._ahead = self._ahead, ""
            self.presses(keys)
            self._listen()

    def _obey(self, words: list[str]) -> None:
        match words:
            case ["FAILURE"]:
                self.variables["AGISTATUS"] = "FAILURE"
            case ["SET", "VARIABLE", "TIMEOUT(absolute)", seconds]:
                self.switch.append(int(seconds))
                self.peer.send("200 result=1")
            case ["SET", "VARIABLE", name, value]:
                self.variables[name] = value
                self.peer.send("200 result=1")
            case ["GET", "VARIABLE", name]:
                found = self.variables.get(name)
                self.peer.send("200 result=0" if found is None else f"200 result=1 ({found})")
            case ["GOSUB", "flow-question", "s", "1", arguments]:
                seconds, _, question = arguments.partition(",")
                self.switch.append(int(seconds))
                self.peer.send("100 result=0 Trying...")
                self._playing = _question(question)
            case ["RECORD", "FILE", path, *_]:
                self.recordings.append(path)
                self._playing = Media("RECORD FILE", ["<recording>"], wait=60)
            case ["EXEC", "Playback", sounds]:
                self._playing = Media("Playback", _names(sounds))
            case ["EXEC", application, *arguments]:
                self.applications.append(f"{application}({','.join(arguments)})")
                self.peer.send("200 result=0")
            case _:
                self.peer.send("510 Invalid or unknown command")

    def _take(self, keys: str, media: Media) -> str:
        if media.end and media.end in keys[: media.count]:
            taken, _, self._ahead = keys.partition(media.end)
        else:
            taken, self._ahead = keys[: media.count], keys[media.count :]
        return taken


def _question(arguments: str) -> Media:
    sounds, count, options, wait = arguments.split(",")
    return Media("Read", _names(sounds), int(count), "DAMRONG_KEYS", float(wait), options[2:-1])


def _names(sounds: str) -> list[str]:
    return [sound.removeprefix("damrong/") for sound in sounds.split("&") if sound]


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    until = monotonic() + seconds
    while monotonic() < until:
        if holds():
            return True
        sleep(0.01)
    return holds()


def refuses_calls(port: int, within: float = PATIENCE) -> bool:
    """Whether the port is closed, or becomes so in time."""
    until = monotonic() + within
    while monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
        except OSError:
            return True
        sleep(0.01)
    return False


def scripted(peer: RawPeer, answers: Mapping[str, str]) -> Callable[[], list[str]]:
    """A body for a thread: answers each command by its first words, as given, until the socket closes."""

    def play() -> list[str]:
        heard = []
        while (line := peer.hears_line()) != GONE:
            heard.append(line)
            known = [answer for start, answer in answers.items() if line.startswith(start)]
            with suppress(ConnectionError):  # who asked may be gone; what it said is still read
                peer.send_bytes((known[0] if known else "200 result=1\n").encode())
        return heard

    return play
