"""Asterisk's configuration: the files of asterisk-config/ with their few placeholders filled in."""

import os
import resource
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from case_store.people.presence import SIP_REALM
from case_store.places.provinces import centres
from case_store.settings import Settings

SOURCE: Final = Path(__file__).parents[2] / "asterisk-config"
FLOW_PATIENCE_SECONDS: Final = 2
"""How long the dialplan waits for a call flow that says nothing."""
CALLBACK_RING_SECONDS: Final = 45
PORTS_OF_A_CALL: Final = 4  # speech and its control, on two legs
LONGEST_SOCKET_PATH: Final = 107
MOST_FILES: Final = 65_536

FOLDERS: Final = ("etc", "lib", "db", "keys", "agi", "spool", "run", "log")


class ConfigError(Exception):
    """Asterisk cannot be configured so; the message says which setting to change."""


def render(settings: Settings, target: Path) -> None:
    """Writes Asterisk's configuration into `target`, and makes the folders that it names.

    Every file appears whole or not at all. Those that hold a secret are for their owner only.
    """
    _check_socket_path(settings)
    _make_folders(settings, target)
    values = _values(settings)
    for source in sorted(SOURCE.glob("*.conf")):
        text, holds_secret = _fill(source.name, settings, values)
        _write(target / source.name, text, 0o600 if holds_secret else 0o644)


def make_secret(settings: Settings, name: str) -> str:
    """The secret of that name, made now if there is none yet."""
    path = settings.home / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, secrets.token_urlsafe(32) + "\n", 0o600)
    return settings.secret(name)


def _fill(name: str, settings: Settings, values: Mapping[str, Any]) -> tuple[str, bool]:
    used: list[str] = []

    def secret(which: str) -> str:
        used.append(which)
        return make_secret(settings, which)

    template = _environment().get_template(name)
    return template.render(**values, secret=secret), bool(used)


def _environment() -> Environment:
    return Environment(  # these are no web pages: nothing is escaped
        loader=FileSystemLoader(SOURCE),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701
    )


def _values(settings: Settings) -> dict[str, Any]:
    most_calls = max(1, (settings.rtp_end - settings.rtp_start + 1) // PORTS_OF_A_CALL)
    return {
        **settings.model_dump(include=_PLAIN_SETTINGS),
        "recordings": settings.recordings,
        "talks": settings.talks,
        "ws_bind": settings.console_bind,
        "trunk_address": settings.trunk_contact.partition(":")[2],
        "realm": SIP_REALM,
        "centres": centres(),
        "most_calls": most_calls,
        "most_files": _most_files(),
        "most_callbacks": max(1, most_calls // 4),
        "flow_patience": FLOW_PATIENCE_SECONDS,
        "callback_ring_seconds": CALLBACK_RING_SECONDS,
    }


def _most_files() -> int:
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_FILES if allowed == resource.RLIM_INFINITY else min(MOST_FILES, allowed)


_PLAIN_SETTINGS: Final = {
    "home",
    "demo",
    "record_calls",
    "sip_bind",
    "sip_port",
    "ws_port",
    "agi_port",
    "ami_port",
    "rtp_start",
    "rtp_end",
    "trunk_match",
    "queue_wait_seconds",
    "national_wait_seconds",
    "ring_seconds",
    "service_level_seconds",
}


def _make_folders(settings: Settings, target: Path) -> None:
    for folder in FOLDERS:
        (settings.home / "asterisk" / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    for private in (settings.recordings, settings.talks):  # one by one: `parents` are made readable
        private.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.mkdir(parents=True, exist_ok=True)


def _check_socket_path(settings: Settings) -> None:
    socket = settings.home / "asterisk" / "run" / "asterisk.ctl"
    if len(str(socket)) > LONGEST_SOCKET_PATH:
        raise ConfigError(
            "The path of DAMRONG_HOME is too long for Asterisk: choose a shorter one."
        )


def _write(path: Path, text: str, mode: int) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.chmod(mode)
    draft.replace(path)
