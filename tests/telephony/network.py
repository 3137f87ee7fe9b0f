"""The telephone network, played by SIPp."""

import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from damrong.lifeline import die_with_parent
from damrong.provision.tools import launcher
from tests.telephony.line import free_port
from tests.telephony.scenario import document

_A_TONE = bytes((0x34, 0x21, 0xB4, 0xA1)) * 2000
"""One second of 2 kHz in A-law, loud enough not to count as silence."""
SCENARIOS = Path(__file__).parent / "scenarios"


@dataclass
class Played:
    """A scenario that runs; its exit code is SIPp's verdict on everything that was received."""

    process: subprocess.Popen[bytes]
    folder: Path

    def ends_well(self, seconds: float = 60) -> bool:
        """Waits for the end. False: something else was received than the scenario says."""
        return self.process.wait(seconds) == 0

    def why(self) -> str:
        """SIPp's own words, for a failed test."""
        return "".join(path.read_text()[-3000:] for path in self.folder.glob("*_errors.log"))

    def messages(self) -> str:
        """Every message that was sent and received."""
        return "".join(path.read_text() for path in self.folder.glob("*_messages.log"))

    def vanish(self) -> None:
        """The network is gone without a word."""
        self.process.kill()
        self.process.wait(10)


class Network:
    """Plays scenarios against one line."""

    def __init__(self, sip_port: int, folder: Path) -> None:
        self._sip_port, self._folder = sip_port, folder
        self._running: list[Played] = []

    def play(
        self,
        *steps: str,
        name: str = "citizen",
        address: str = "127.0.0.1",
        local_port: int | None = None,
    ) -> Played:
        """Begins one call and returns while it runs."""
        folder = self._folder / f"{name}-{len(self._running)}"
        folder.mkdir()
        (folder / "speech.alaw").write_bytes(_A_TONE)
        steps = tuple(step.replace("[rtp_file]", "speech.alaw") for step in steps)
        (folder / f"{name}.xml").write_text(document(name, *steps))
        return self._run(folder, folder / f"{name}.xml", address=address, local_port=local_port)

    def register(self, extension: str, secret: str, *, contact_port: int) -> Played:
        """SIPp as a telephone that registers by digest."""
        folder = self._folder / f"register-{len(self._running)}"
        folder.mkdir()
        keys = ("-key", "expires", "120", "-key", "contact_port", str(contact_port))
        file = Path(shutil.copy(SCENARIOS / "register.xml", folder))
        return self._run(folder, file, "-s", extension, "-au", extension, "-ap", secret, *keys)

    def end(self) -> None:
        for played in self._running:
            if played.process.poll() is None:
                played.vanish()

    def _run(
        self,
        folder: Path,
        file: Path,
        *options: str,
        address: str = "127.0.0.1",
        local_port: int | None = None,
    ) -> Played:
        process = subprocess.Popen(
            [
                launcher("sipp"),
                *(
                    "-sf",
                    file,
                    "-m",
                    "1",
                    "-l",
                    "1",
                    "-nostdin",
                    "-timeout",
                    "90",
                    "-timeout_error",
                ),
                *("-i", address, "-mi", address, "-trace_err", "-trace_msg"),
                *(
                    "-p",
                    str(local_port or free_port(socket.SOCK_DGRAM)),
                    "-mp",
                    str(free_port() & ~1),
                ),
                *options,
                f"127.0.0.1:{self._sip_port}",
            ],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )
        played = Played(process, folder)
        self._running.append(played)
        return played
