"""`damrong up` as a whole: a call can be taken, what is killed comes back, nothing stays behind."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from case_store.settings import Settings
from damrong import probes
from damrong.lifeline import FAMILY, family_members
from tests.services.installation import Installation, running_installation

pytestmark = pytest.mark.telephony
_RECOVERY_SECONDS = 10


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with running_installation() as running:
        yield running


@pytest.fixture
def settings(installation: Installation) -> Settings:
    ports = {
        f"{name}_port": installation.port(name) for name in ("sip", "ws", "agi", "ami", "console")
    }
    return Settings(_env_file=None, home=installation.home).model_copy(update=ports)


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def _family(installation: Installation) -> str:
    pid = installation.service_pid("damrong console")
    words = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return next(word.partition("=")[2] for word in words if word.startswith(f"{FAMILY}="))


def test_ready_is_the_last_line_and_the_console_answers_there(installation: Installation) -> None:
    assert installation.printed[-1].startswith("READY http://")
    assert httpx.get(f"{installation.url}/readyz").status_code == httpx.codes.OK


def test_a_newcomer_is_told_who_to_be_and_how_to_call(installation: Installation) -> None:
    text = "\n".join(installation.printed)
    assert "kanya" in text
    assert f"{installation.port('sip')} (UDP)" in text
    assert f"{installation.url}/demo" in text


def test_the_doctor_finds_nothing_to_mend(installation: Installation) -> None:
    done = installation.run("doctor")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "All is well."


@pytest.mark.parametrize(
    ("service", "answers"),
    [
        ("redis-server", probes.redis_answers),
        ("damrong ivr", probes.agi_answers),
        ("damrong console", probes.console_is_ready),
        ("damrong worker", probes.worker_lives),
        ("asterisk.conf", probes.asterisk_is_ready),
    ],
)
def test_what_is_killed_is_back_within_ten_seconds(
    installation: Installation,
    settings: Settings,
    service: str,
    answers: Callable[[Settings], bool],
) -> None:
    killed = installation.service_pid(service)
    os.kill(killed, signal.SIGKILL)
    assert _within(20, lambda: not Path(f"/proc/{killed}").exists())
    assert _within(_RECOVERY_SECONDS, lambda: answers(settings))
    assert _within(_RECOVERY_SECONDS, lambda: probes.console_is_ready(settings))


def test_a_second_copy_runs_beside_the_first(installation: Installation) -> None:
    with running_installation(sounds=installation.home / "sounds") as second:
        assert second.url != installation.url
        assert httpx.get(f"{installation.url}/readyz").status_code == httpx.codes.OK
        family = _family(second)
        assert second.stop(signal.SIGINT) == 0
        assert list(family_members(family)) == []
    assert httpx.get(f"{installation.url}/readyz").status_code == httpx.codes.OK
