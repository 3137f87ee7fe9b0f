"""The whole system, started by `damrong up`, as a line whose processes the tests kill: the parent revives them."""

import os
import shutil
import signal
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import httpx

from case_store.calls.models import Call
from case_store.database import Database
from case_store.people.models import Presence
from case_store.settings import Settings
from damrong import probes
from damrong.provision.tools import launcher
from ivr.prompts.build import build_all
from tests.services.installation import Installation, running_installation
from tests.telephony.caller import Caller
from tests.telephony.line import SOUNDS_HOME, Line, eventually, telephones_over_udp

_COMMANDS: Final = {
    "ivr": "damrong ivr",
    "redis": "redis-server",
    "console": "damrong console",
    "asterisk": "asterisk.conf",
}
_LONG_SOUNDS: Final = ("fallback-greeting", "fallback-message", "to-national", "connection-broke")
_NUMBERS = count(812_360_001)


@dataclass(kw_only=True)
class WholeSystem(Line):
    """A line with its parent process and its console."""

    installation: Installation

    # ── Harm ──────────────────────────────────────────────────────────────────────────────────

    def kill(self, name: str) -> None:
        os.kill(self._pid(name), signal.SIGKILL)

    def freeze(self, name: str) -> None:
        os.kill(self._pid(name), signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        os.kill(self._pid(name), signal.SIGCONT)

    @contextmanager
    def nobody_revives(self) -> Iterator[None]:
        """What is killed stays dead for a while."""
        self.installation.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.installation.process.send_signal(signal.SIGCONT)

    def _pid(self, name: str) -> int:
        return self.installation.service_pid(_COMMANDS[name])

    # ── Witnesses ─────────────────────────────────────────────────────────────────────────────

    def is_ready(self) -> bool:
        """Pages, live news, flows and PBX answer."""
        try:
            answer = httpx.get(f"{self.installation.url}/readyz", timeout=2)
        except httpx.HTTPError:
            return False
        return (
            answer.status_code == httpx.codes.OK
            and answer.json()["degraded"] == []
            and probes.agi_answers(self.settings)
            and probes.asterisk_is_ready(self.settings)
        )

    def doing(self, call: str) -> str:
        """What a caller's channel does: application and its data; empty when there is no such channel."""
        with self.manager() as ami:
            for channel in ami.ask_list("CoreShowChannels"):
                if channel.get("Uniqueid") == call:
                    return f"{channel.get('Application')} {channel.get('ApplicationData')}"
        return ""

    def call_of(self, caller: Caller) -> str:
        """Asterisk's name of a caller's call."""
        calls = eventually(lambda: self.calls_from(caller.number))
        assert calls, self.asterisk_log()
        return calls[-1]

    def comes_to(self, caller: Caller, *what: str, seconds: float = 15) -> bool:
        """Waits until a caller's channel does something whose name holds one of `what`."""
        call = self.call_of(caller)

        def look() -> bool:
            doing = self.doing(call)
            return any(one in doing for one in what)

        return eventually(look, seconds=seconds)

    def presences(self) -> dict[int, str]:
        with self.database.reading() as session:
            return {p.user_id: p.state.value for p in session.query(Presence)}

    def rows(self) -> dict[str, list[Call]]:
        """The rows of `calls`, by Asterisk's name."""
        found: dict[str, list[Call]] = {}
        with self.database.reading() as session:
            for call in session.query(Call):
                found.setdefault(call.pbx_id, []).append(call)
        return found

    def started_calls(self) -> list[str]:
        return [row[1] for row in self.queue_log() if row[4] == "CALLSTART"]

    # ── Callers ───────────────────────────────────────────────────────────────────────────────

    def new_caller(self) -> Caller:
        return Caller(f"0{next(_NUMBERS)}", self.settings.sip_port).call()

    def caller_for(self, postcode: str) -> Caller:
        """Keys a postcode and is on the way to its province."""
        caller = self.new_caller()
        for seen, keys in (
            ("greeting", postcode[0]),
            ("DAMRONG_KEYS,,4", postcode[1:]),
            ("confirm-province-before", "1"),
            ("connecting-to", "1"),
        ):
            assert self.comes_to(caller, seen), (seen, self.doing(self.call_of(caller)))
            caller.press(keys)
        return caller

    def caller_for_nobody(self) -> Caller:
        """Asks for the national centre; nobody is there."""
        caller = self.new_caller()
        assert self.comes_to(caller, "greeting")
        caller.press("0")
        return caller


@contextmanager
def whole_system(**settings: str) -> Iterator[WholeSystem]:
    """Short queues and sounds, and telephones that speak what our test telephone speaks."""
    sounds = Settings(home=SOUNDS_HOME, _env_file=None)
    build_all(sounds, lambda *_: None, launcher("espeak-ng"))
    wishes = {
        "DAMRONG_QUEUE_WAIT_SECONDS": "60",
        "DAMRONG_NATIONAL_WAIT_SECONDS": "60",
        "DAMRONG_RING_SECONDS": "60",
        "DAMRONG_WRAP_UP_SECONDS": "1",
    }
    with running_installation(SOUNDS_HOME / "sounds", **(wishes | settings)) as running:
        chosen = {
            name.removeprefix("DAMRONG_").lower(): value
            for name, value in running.environment.items()
            if name.startswith("DAMRONG_")
        }
        own = Settings(**chosen, _env_file=None)  # type: ignore[arg-type]
        _shorten_sounds(running.home / "sounds")
        telephones_over_udp(running.home / "asterisk" / "etc" / "agent-telephone.conf")
        system = WholeSystem(own, Database.of(own), installation=running)
        system.kill("ivr")  # it has read what a telephone is like
        assert eventually(system.is_ready, seconds=20)
        yield system
        system.database.close()


def _shorten_sounds(folder: Path) -> None:
    """What the dialplan says by itself is heard for a second: the tests wait for it often."""
    folder.unlink()
    shutil.copytree(SOUNDS_HOME / "sounds", folder)
    for name in _LONG_SOUNDS:
        path = folder / "th" / "damrong" / f"{name}.wav"
        with wave.open(str(path)) as long:
            parameters, frames = long.getparams(), long.readframes(long.getframerate())
        with wave.open(str(path), "wb") as short:
            short.setparams(parameters)
            short.writeframes(frames)
