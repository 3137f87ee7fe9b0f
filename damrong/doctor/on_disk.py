"""Checks of what lies on the disk: it can be made without anything running."""

import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from case_store import migrations
from case_store.database import Database
from case_store.settings import Settings
from damrong import installation
from damrong.doctor.check import Check, Finding, finding
from damrong.provision import asterisk, fonts
from damrong.provision.paths import CHECKOUT

_SCARCE_GIGABYTES = 1.0
_REQUIRED_MODULE = re.compile(r"^require\s*=\s*(\S+)", re.MULTILINE)
_RUN = "run `make run` (or `damrong up`)"


def state_folder(settings: Settings) -> Iterator[Finding]:
    """The state folder and its disk."""
    home = settings.home
    there = home.is_dir()
    yield finding(f"state folder {home}", there, f"it does not exist: {_RUN}, or set DAMRONG_HOME")
    if there:
        free = shutil.disk_usage(home).free / 1e9
        enough = free >= _SCARCE_GIGABYTES
        yield finding(f"disk ({free:.1f} GB free)", enough, "free some space on the disk")


def secrets(settings: Settings) -> Iterator[Finding]:
    """The secrets and who may read them."""
    for name in installation.SECRETS:
        path = settings.home / "secrets" / name
        if not path.exists():
            yield Finding(f"secret {name}", f"it is missing: {_RUN}")
            continue
        private = not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        yield finding(f"secret {name}", private, f"others can read it: chmod 600 {path}")


def database(settings: Settings) -> Iterator[Finding]:
    """The database and its schema."""
    if settings.database_url.startswith("sqlite") and not settings.home.exists():
        yield Finding("database", f"there is none yet: {_RUN}")
        return
    store = Database.of(settings)
    try:
        at, newest = migrations.current(store.engine), migrations.head()
    except Exception as error:  # noqa: BLE001 - each driver has its own
        what = (
            f"it does not answer ({type(error).__name__}): start it, or mend DAMRONG_DATABASE_URL"
        )
        yield Finding("database", what)
        return
    finally:
        store.close()
    yield Finding("database answers")
    mend = f"it is at {at or 'nothing'} instead of {newest}: say `damrong db upgrade`"
    yield finding(f"database schema {newest}", at == newest, mend)


def asterisk_program(_settings: Settings) -> Iterator[Finding]:
    """Asterisk and its modules."""
    from ivr.pbx.config import SOURCE

    found = asterisk.installed()
    if found is None:
        yield Finding("Asterisk", f"it is not set up: {_RUN}")
        return
    version = ".".join(str(part) for part in found.version)
    oldest = ".".join(str(part) for part in asterisk.OLDEST)
    mend = f"it is older than {oldest}: remove .tools/ and {_RUN}"
    yield finding(f"Asterisk {version}", found.version >= asterisk.OLDEST, mend)
    required = _REQUIRED_MODULE.findall((SOURCE / "modules.conf").read_text())
    absent = [name for name in required if not (found.modules / name).exists()]
    mend = f"these are missing: {', '.join(absent)}: install Asterisk's modules"
    yield finding(f"Asterisk's modules ({len(required)} needed)", not absent, mend)


def prompts(settings: Settings) -> Iterator[Finding]:
    """The prompts in Thai and English."""
    from ivr.prompts.missing import missing

    absent = missing(settings)
    few = ", ".join(absent[:5]) + (f" and {len(absent) - 5} more" if len(absent) > 5 else "")
    mend = f"missing: {few}: say `damrong prompts build`"
    yield finding("prompts in Thai and English", not absent, mend)


def font(settings: Settings) -> Iterator[Finding]:
    """The Thai font of printed documents."""
    absent = [name for name in fonts.FILES if not (settings.fonts / name).exists()]
    mend = f"{', '.join(absent)} missing in {settings.fonts}: {_RUN}, or install {fonts.PACKAGE}"
    yield finding("Thai font of documents", not absent, mend)


def front_end(_settings: Settings) -> Iterator[Finding]:
    """The console's scripts and styles."""
    manifest = CHECKOUT / "agent_console" / "static" / "dist" / "manifest.json"
    yield finding("front-end assets", manifest.exists(), f"they are not built: {_RUN}")


def configuration(settings: Settings) -> Iterator[Finding]:
    """Asterisk's configuration files."""
    folder: Path = settings.home / "asterisk" / "etc"
    needed = ("asterisk.conf", "extensions.conf", "pjsip.conf", "queues.conf")
    absent = [name for name in needed if not (folder / name).exists()]
    yield finding("Asterisk's configuration", not absent, f"not written yet: {_RUN}")


CHECKS: tuple[Check, ...] = (
    state_folder,
    secrets,
    database,
    asterisk_program,
    configuration,
    prompts,
    font,
    front_end,
)
