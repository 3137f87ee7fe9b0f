"""The processes of one installation: how each starts, when it is ready, how it ends."""

import sys
from functools import partial

from case_store.settings import Settings
from damrong import probes
from damrong.provision.tools import launcher
from damrong.supervisor.service import Service

_FIRST, _THEN, _LAST = 0, 1, 2


def services_of(settings: Settings) -> list[Service]:
    """All of them. Calls end first, then who writes them down, then what carries the news."""
    own_redis = [_redis(settings)] if settings.owns_redis else []
    return [*own_redis, _asterisk(settings), _ivr(settings), _worker(settings), _console(settings)]


def _redis(settings: Settings) -> Service:
    socket = settings.redis_socket
    return Service(
        name="redis",
        command=[
            launcher("redis-server"),
            *("--port", "0", "--unixsocket", socket, "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--dir", socket.parent),
        ],
        is_ready=partial(probes.redis_answers, settings),
        stop_phase=_LAST,
    )


def _asterisk(settings: Settings) -> Service:
    config = settings.home / "asterisk" / "etc" / "asterisk.conf"
    return Service(
        name="asterisk",
        command=[launcher("asterisk"), "-C", config, "-f", "-n"],
        is_ready=partial(probes.asterisk_is_ready, settings),
        stop_command=[launcher("rasterisk"), "-C", config, "-rx", "core stop now"],
        stop_phase=_FIRST,
    )


def _ivr(settings: Settings) -> Service:
    return Service(
        name="ivr",
        command=[sys.executable, "-m", "damrong", "ivr"],
        is_ready=partial(probes.agi_answers, settings),
        stop_phase=_THEN,
    )


def _worker(settings: Settings) -> Service:
    return Service(
        name="worker",
        command=[sys.executable, "-m", "damrong", "worker"],
        is_ready=partial(probes.worker_lives, settings),
        stop_phase=_THEN,
    )


def _console(settings: Settings) -> Service:
    return Service(
        name="console",
        command=[sys.executable, "-m", "damrong", "console"],
        is_ready=partial(probes.console_is_ready, settings),
        stop_phase=_FIRST,
    )
