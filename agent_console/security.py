"""The headers that tell a browser what a page of ours may do."""

import re
from typing import Final

from starlette.datastructures import URL
from starlette.types import Scope

from case_store.settings import Settings

_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}|[0-9a-fA-F:.]{2,45}")


def page_host(scope: Scope) -> str:
    """The host that the browser named, if it is one: it goes into headers and into the telephone's address."""
    try:
        host = URL(scope=scope).hostname or ""
    except ValueError:
        host = ""
    if not _HOST.fullmatch(host):
        return "localhost"
    return f"[{host}]" if ":" in host else host


def web_socket(scope: Scope, settings: Settings) -> str:
    """Where the browser's telephone connects to."""
    if settings.ws_url:
        return str(settings.ws_url)
    secure = scope.get("scheme") == "https"
    return f"{'wss' if secure else 'ws'}://{page_host(scope)}:{settings.ws_port}/ws"


def security_headers(scope: Scope, settings: Settings) -> dict[str, str]:
    address = URL(web_socket(scope, settings))
    policy = [
        "default-src 'self'",
        f"connect-src 'self' {address.scheme}://{address.netloc}",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
    headers = {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        # Pages hold names and numbers: no copy stays behind in the browser or on the way.
        "Cache-Control": "no-store",
    }
    if settings.secure_cookies:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers
