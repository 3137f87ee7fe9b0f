"""Ends the leg of an agent whose browser is gone: refreshed, closed or crashed in mid-call.

Asterisk would notice only when its session timer ends, and the caller would sit on a dead line.
A browser that only lost its network for a moment comes back with the same contact, and keeps its call.
"""

import logging
import re
import time
from collections.abc import Callable
from typing import Final

from ivr.pbx.ami import Ami, AmiError, Message

GRACE_SECONDS: Final = 4.0
_AGENT: Final = re.compile(r"ag\d{4,}")
_CONTACT_USER: Final = re.compile(r"sips?:([^@;>]+)@")
_NORMAL_CLEARING: Final = 16

log = logging.getLogger(__name__)


class DroppedTelephones:
    """Told of every registration that comes or goes; ends dead legs in `end_due`. For one thread."""

    def __init__(self, ami: Ami, clock: Callable[[], float] = time.monotonic) -> None:
        self._ami, self._clock = ami, clock
        self._latest: dict[str, str] = {}
        self._gone: dict[str, tuple[str, float]] = {}
        self._forgiven: dict[str, str] = {}

    def hear(self, event: Message) -> None:
        """Takes note of a ContactStatus event."""
        extension, uri = event.get("AOR", ""), event.get("URI", "")
        if not _AGENT.fullmatch(extension):
            return
        if event.get("ContactStatus") == "Removed":
            self._leaves(extension, uri)
        elif uri != self._latest.get(extension):
            self._comes(extension, uri)

    def forgive(self, extension: str) -> None:
        """The registration ended because the sign-in did: who still speaks may finish, until they come back."""
        uri = self._latest.pop(extension, "")
        browser, _ = self._gone.pop(extension, (_browser(uri), 0))
        if browser:
            self._forgiven[extension] = browser

    def _leaves(self, extension: str, uri: str) -> None:
        latest = self._latest.get(extension)
        if latest == uri:
            del self._latest[extension]
            self._gone[extension] = (_browser(uri), self._clock() + GRACE_SECONDS)
        elif latest is not None and _browser(latest) != _browser(uri):
            self._gone[extension] = (_browser(uri), self._clock())

    def _comes(self, extension: str, uri: str) -> None:
        self._latest[extension] = uri
        forgiven = self._forgiven.pop(extension, None)
        browser, _ = self._gone.get(extension, (forgiven, 0))
        if browser == _browser(uri):
            self._gone.pop(extension, None)  # the same page, on a new connection
        elif browser is not None:
            self._gone[extension] = (browser, self._clock())  # a new page: the old one is no more

    def end_due(self) -> int:
        """Ends the legs of telephones that did not come back in time. Says how many."""
        now = self._clock()
        due = [extension for extension, (_, until) in self._gone.items() if until <= now]
        for extension in due:
            del self._gone[extension]
        return sum(self._end_legs(extension) for extension in due)

    def _end_legs(self, extension: str) -> int:
        prefix = f"PJSIP/{extension}-"
        channels = [m.get("Channel", "") for m in self._ami.ask_list("CoreShowChannels")]
        dead = [name for name in channels if name.startswith(prefix)]
        for channel in dead:
            try:
                self._ami.act("Hangup", Channel=channel, Cause=_NORMAL_CLEARING)
            except AmiError as error:
                log.info("a dead leg was gone already: %s", error)
        if dead:
            log.warning("an agent's browser vanished in mid-call: the caller goes on")
        return len(dead)


def _browser(uri: str) -> str:
    found = _CONTACT_USER.search(uri)
    return found[1] if found else ""
