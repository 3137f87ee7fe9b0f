"""What surrounds every request: a size limit, security headers, the reader's language, the access log and figures."""

import logging
import time
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent_console.console import Console
from agent_console.i18n import reading_in
from agent_console.problems import route_of, too_large, unexpected
from agent_console.security import security_headers

LARGEST_BODY: Final = 300_000
"""Bytes; the longest form is a case with 20 000 Thai letters, percent-encoded."""
FILES: Final = ("/attachments", "/imports")
"""Ends of the addresses that take files; how large those may be is a setting."""


access = logging.getLogger("agent_console.access")


class Surroundings:
    """The outermost layer: whatever happens inside, the answer is safe, timed and logged."""

    def __init__(self, app: ASGIApp, console: Console) -> None:
        self._app, self._console = app, console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, security_headers(scope, self._console.settings))
        with reading_in(_language(scope, self._console.language_cookie)):
            try:
                await _answered(self._app, scope, receive, answer, self._largest(scope))
            finally:
                self._note(scope, answer)

    def _largest(self, scope: Scope) -> int:
        takes_file = scope["method"] == "POST" and str(scope["path"]).endswith(FILES)
        return LARGEST_BODY + (self._console.settings.attachment_bytes if takes_file else 0)

    def _note(self, scope: Scope, answer: "_Answer") -> None:
        route = route_of(scope)
        status = answer.status or 499  # the browser left before the answer began
        # The route, not the address: that may hold what somebody searched for, a number, or a line break.
        access.info("%s %s %s %.0f ms", scope["method"], route, status, answer.took * 1000)
        metrics = self._console.metrics
        metrics.requests.labels(_known_method(scope["method"]), route, str(status)).inc()
        metrics.seconds.labels(route).observe(answer.took)


class _Answer:
    """Passes the answer on, with our headers, and remembers its status and when it began."""

    def __init__(self, send: Send, headers: dict[str, str]) -> None:
        self._send, self._headers = send, headers
        self._began = time.perf_counter()
        self._first_byte: float | None = None
        self.status: int | None = None

    @property
    def took(self) -> float:
        return (self._first_byte or time.perf_counter()) - self._began

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self._first_byte = message["status"], time.perf_counter()
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


async def _answered(
    app: ASGIApp, scope: Scope, receive: Receive, answer: _Answer, largest: int
) -> None:
    if _declared_size(scope) > largest:
        await too_large(scope)(scope, receive, answer)
        return
    try:
        await app(scope, _limited(receive, largest), answer)
    except Exception as error:  # noqa: BLE001 (nothing may reach the server's own error page, which shows a trace)
        response = unexpected(scope, error)
        if answer.status is None:
            await response(scope, receive, answer)


def _limited(receive: Receive, largest: int) -> Receive:
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > largest:
            raise HTTPException(413)  # any other class becomes "cannot be parsed", 400, in FastAPI
        return message

    return limited


def _declared_size(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdigit() else 0


def _language(scope: Scope, cookie_name: str) -> str | None:
    try:
        cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return None
    return cookies[cookie_name].value if cookie_name in cookies else None


def _known_method(method: str) -> str:
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} else "other"
