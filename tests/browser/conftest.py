"""The whole system, started once through `damrong up`, and windows of a real Chromium on it."""

import itertools
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser
from sqlalchemy import select, update

from case_store.clock import now
from case_store.database import Database
from case_store.people.models import SignIn, User
from case_store.people.sign_in import end_sign_in
from case_store.settings import Settings
from damrong.provision.paths import CHECKOUT
from damrong.provision.tools import launcher
from ivr.prompts.build import build_all
from tests.browser.desk import Desk
from tests.browser.handset import Handset
from tests.browser.windows import Windows, chromium
from tests.services.installation import Installation, running_installation
from tests.telephony.line import SOUNDS_HOME, eventually

WRAP_UP_SECONDS = 4

FAILURES = CHECKOUT / "build" / "browser-failures"
"""What the windows of a test that failed looked like, and what the processes wrote."""

_numbers = itertools.count(812_340_001)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def system() -> Iterator[Installation]:
    """Everything, on ports and in a folder of its own."""
    sounds = Settings(home=SOUNDS_HOME, _env_file=None)
    build_all(sounds, lambda *_: None, launcher("espeak-ng"))
    with running_installation(
        sounds=SOUNDS_HOME / "sounds",
        DAMRONG_QUEUE_WAIT_SECONDS="20",
        DAMRONG_NATIONAL_WAIT_SECONDS="20",
        DAMRONG_RING_SECONDS="10",
        DAMRONG_WRAP_UP_SECONDS=str(WRAP_UP_SECONDS),
    ) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def windows(
    request: pytest.FixtureRequest, system: Installation, browser: Browser
) -> Iterator[Windows]:
    """No window is open, nobody signed in and no call going on when the next test begins."""
    windows = Windows(browser, system.url)
    failed_before = request.session.testsfailed
    yield windows
    if request.session.testsfailed > failed_before:
        windows.photograph(FAILURES / request.node.name)
        for log in (*system.home.glob("log/*.log"), *system.home.glob("asterisk/log/*")):
            shutil.copy(log, FAILURES / request.node.name)
    windows.close()
    _everybody_leaves(system)
    _end_all_calls(system)
    windows.expect_no_surprises()


@pytest.fixture
def desks(windows: Windows, system: Installation) -> Callable[[str], Desk]:
    """Puts an agent at a desk, ready for calls."""
    return lambda username: Desk(windows.open()).take_calls(username, system.password)


@pytest.fixture
def handset(windows: Windows) -> Handset:
    """The demo phone in a window of its own."""
    return Handset(windows.open()).open()


@pytest.fixture
def mobile() -> str:
    """A calling number that nobody has called from before."""
    return f"0{next(_numbers)}"


@pytest.fixture(scope="session")
def api(system: Installation) -> Iterator[httpx.Client]:
    """The JSON API, for a program with the national centre's rights."""
    made = system.run("token", "create", "--name", "browser tests", "--role", "national_officer")
    assert made.returncode == 0, made.stderr
    token = made.stdout.split()[-1]
    with httpx.Client(
        base_url=f"{system.url}/api/v1", headers={"Authorization": f"Bearer {token}"}
    ) as client:
        yield client


def _everybody_leaves(system: Installation) -> None:
    """Signed out, and a reader of Thai again, whatever was chosen in the person's menu."""
    database = Database.of(Settings(home=system.home, _env_file=None))
    with database.transaction() as session:
        session.execute(update(User).values(language="th"))
        for sign_in in session.scalars(select(SignIn)):
            end_sign_in(session, sign_in, at=now())
    database.close()


def _end_all_calls(system: Installation) -> None:
    config = system.home / "asterisk" / "etc" / "asterisk.conf"

    def asterisk(command: str) -> str:
        words = [str(launcher("rasterisk")), "-C", str(config), "-rx", command]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        return done.stdout

    asterisk("channel request hangup all")
    assert eventually(lambda: asterisk("core show channels count").startswith("0 "))
