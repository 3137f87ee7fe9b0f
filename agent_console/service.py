"""The console as a process."""

import asyncio
from types import FrameType
from typing import Final

import uvicorn

from agent_console.app import create_app
from agent_console.console import Console
from case_store.settings import Settings

GRACE_SECONDS: Final = 3


class _Server(uvicorn.Server):
    """Tells the streams of live events to end, for which the server would otherwise wait."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping.set()
        super().handle_exit(sig, frame)


def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT. Has an access log of its own, without what was searched for."""
    app = create_app(settings)
    console: Console = app.state.console
    config = uvicorn.Config(
        app,
        host=settings.console_bind,
        port=settings.console_port,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=30,
    )
    _Server(config, console.stopping).run()
