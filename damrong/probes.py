"""Asks each part of a running installation whether it answers, in its own protocol."""

import os
import socket
import subprocess
import time
import uuid
from pathlib import Path

import httpx
import redis

from case_store.settings import MissingSecret, Settings
from damrong.provision.paths import BIN

_PATIENCE = 1.0
_LONG_ANSWER = 10_000
WORKER_SIGNS = (("outgoing", 90.0), ("deadlines", 600.0))
"""What the worker does over and over, and after how many seconds without a sign of life it is stuck."""


def local(address: str) -> str:
    """The address by which this machine reaches a server that listens on `address`."""
    return "127.0.0.1" if address in ("0.0.0.0", "") else address  # noqa: S104 - compared only


def console_url(settings: Settings) -> str:
    """Where a browser on this machine finds the console."""
    return f"http://{local(settings.console_bind)}:{settings.console_port}"


def console_is_ready(settings: Settings) -> bool:
    """Whether the console says that it can serve."""
    return readiness(settings) == ""


def readiness(settings: Settings) -> str:
    """What the console says is missing; empty when it is ready."""
    try:
        answer = httpx.get(f"{console_url(settings)}/readyz", timeout=_PATIENCE, trust_env=False)
    except httpx.HTTPError as error:
        return f"it does not answer ({type(error).__name__})"
    return "" if answer.status_code == httpx.codes.OK else answer.text[:300]


def redis_answers(settings: Settings) -> bool:
    """Whether Redis answers a ping."""
    client = redis.Redis.from_url(
        settings.redis_address, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def worker_lives(settings: Settings) -> bool:
    """Whether a worker of this machine sends and keeps deadlines: both have left a sign of life lately."""
    return all(_left_a_sign(settings.home / "worker" / name, age) for name, age in WORKER_SIGNS)


def _left_a_sign(path: Path, longest: float) -> bool:
    try:
        process = int(path.read_text())
        os.kill(process, 0)
        return time.time() - path.stat().st_mtime < longest
    except (OSError, ValueError):
        return False


def agi_answers(settings: Settings) -> bool:
    """Whether the FastAGI server takes a call: it refuses one for a script that does not exist."""
    opening = b"agi_network: yes\nagi_network_script: readiness-probe\nagi_request: probe\n\n"
    return b"FAILURE" in _converse(settings.agi_port, opening, b"\n")


def ami_admits(settings: Settings) -> bool:
    """Whether Asterisk's manager admits us with our secret."""
    try:
        secret = settings.secret("ami")
    except MissingSecret:
        return False
    login = f"Action: Login\r\nUsername: damrong\r\nSecret: {secret}\r\nEvents: off\r\n\r\n"
    answer = _converse(settings.ami_port, login.encode(), b"\r\n\r\n")
    return b"Response: Success" in answer


def ws_answers(settings: Settings) -> bool:
    """Whether Asterisk upgrades a browser's connection to a web socket that speaks SIP."""
    request = (
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Protocol: sip\r\n\r\n"
    )
    return b" 101 " in _converse(settings.ws_port, request.encode(), b"\r\n\r\n")


def sip_answers(settings: Settings) -> bool:
    """Whether the SIP port answers OPTIONS, whatever it answers."""
    host, port = local(settings.sip_bind), settings.sip_port
    token = uuid.uuid4().hex
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.3)
        try:
            probe.connect((host, port))
            own_host, own_port = probe.getsockname()
            probe.send(
                f"OPTIONS sip:1567@{host}:{port} SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP {own_host}:{own_port};branch=z9hG4bK{token};rport\r\n"
                f"From: <sip:probe@{own_host}>;tag={token}\r\nTo: <sip:1567@{host}>\r\n"
                f"Call-ID: {token}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 5\r\n"
                "Content-Length: 0\r\n\r\n".encode()
            )
            return probe.recv(2048).startswith(b"SIP/2.0")
        except OSError:
            return False


def asterisk_says(settings: Settings, command: str) -> str:
    """What Asterisk's command line answers; empty when Asterisk does not run."""
    config = settings.home / "asterisk" / "etc" / "asterisk.conf"
    try:
        done = subprocess.run(
            [BIN / "rasterisk", "-C", config, "-rx", command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE * 2,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def asterisk_is_ready(settings: Settings) -> bool:
    """Whether Asterisk has loaded everything and hears the telephone network."""
    booted = "fully booted" in asterisk_says(settings, "core waitfullybooted")
    return booted and sip_answers(settings)


def _converse(port: int, words: bytes, mark: bytes) -> bytes:
    """Say something to a server on this machine, and hear it until a mark or its end."""
    heard = b""
    try:
        with socket.create_connection(("127.0.0.1", port), _PATIENCE) as conversation:
            conversation.sendall(words)
            while mark not in heard and len(heard) < _LONG_ANSWER:
                part = conversation.recv(1024)
                if not part:
                    break
                heard += part
    except OSError:
        return heard
    return heard
