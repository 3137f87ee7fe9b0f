"""What one console process has for its whole life, made at start and found by every request."""

import asyncio
from dataclasses import dataclass, field

from fastapi import FastAPI, Request

from agent_console.metrics import Metrics
from agent_console.rate_limit import FailureLimit
from case_store.database import Database
from case_store.settings import Settings


@dataclass
class Console:
    """The parts that requests share. `stopping` is set when the process is asked to end."""

    settings: Settings
    database: Database
    sign_in_failures: FailureLimit
    metrics: Metrics
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    streams: dict[int, int] = field(default_factory=dict)
    """Open event streams of each person."""

    @property
    def session_cookie(self) -> str:
        return self._cookie("session")

    @property
    def visitor_cookie(self) -> str:
        return self._cookie("visitor")

    @property
    def language_cookie(self) -> str:
        return self._cookie("language")

    def _cookie(self, name: str) -> str:
        # Cookies are shared by all ports of a host, and two copies may run on one machine.
        prefix = "__Host-" if self.settings.secure_cookies else ""
        return f"{prefix}damrong-{name}-{self.settings.console_port}"


def attach(app: FastAPI, console: Console) -> None:
    app.state.console = console


def console_of(request: Request) -> Console:
    console: Console = request.app.state.console
    return console
