"""The cookies of the console: all HttpOnly, none sent along by other sites."""

from fastapi.responses import Response

from agent_console.console import Console

YEAR = 365 * 24 * 3600


def set_cookie(
    response: Response, console: Console, name: str, value: str, *, seconds: int | None = None
) -> None:
    """Without `seconds`, the cookie ends with the browser."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=console.settings.secure_cookies,
    )


def drop_cookie(response: Response, console: Console, name: str) -> None:
    response.delete_cookie(
        name, path="/", httponly=True, samesite="lax", secure=console.settings.secure_cookies
    )
