"""Forged requests: every unsafe request of a page carries a token that another site cannot know.

Signed in, it is the sign-in's own token. Before that (the sign-in form), it is a random cookie sent twice.
"""

import secrets
from typing import Annotated, Final

from fastapi import Depends, Request

from agent_console.dependencies import ConsoleDep, CurrentUser, MaybeSignedIn

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD: Final = "csrf_token"
HEADER: Final = "X-CSRF-Token"


class Forged(Exception):
    """The token is missing or not the right one; most often a page that stayed open since another sign-in."""


async def sent_token(request: Request) -> str:
    """The token of a form's field or of a script's header."""
    if header := request.headers.get(HEADER):
        return header
    field = (await request.form()).get(FIELD)
    return field if isinstance(field, str) else ""


SentToken = Annotated[str, Depends(sent_token)]


def check_reader(
    request: Request, reader: MaybeSignedIn, console: ConsoleDep, token: SentToken
) -> None:
    """For pages: the token of the sign-in; the visitor's when nobody is signed in."""
    if request.method in SAFE:
        return
    expected = reader.csrf_token if reader else request.cookies.get(console.visitor_cookie, "")
    _compare(token, expected)


def check_script(request: Request, reader: CurrentUser) -> None:
    """For a GET that changes something: only a script of ours sends the header, no link and no other site."""
    _compare(request.headers.get(HEADER, ""), reader.csrf_token)


def check_visitor(request: Request, console: ConsoleDep, token: SentToken) -> None:
    """For the sign-in form, which an earlier sign-in in another tab must not spoil."""
    if request.method not in SAFE:
        _compare(token, request.cookies.get(console.visitor_cookie, ""))


def visitor_token(request: Request, console: ConsoleDep) -> str:
    """The visitor's token, new when there is none."""
    kept = request.cookies.get(console.visitor_cookie, "")
    return kept if len(kept) >= 32 else secrets.token_urlsafe(32)


VisitorToken = Annotated[str, Depends(visitor_token)]


def _compare(token: str, expected: str) -> None:
    if not expected or not secrets.compare_digest(token.encode(), expected.encode()):
        raise Forged
