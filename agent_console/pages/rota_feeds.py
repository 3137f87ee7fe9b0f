"""Secret links to calendars: a page where people make and revoke them, and the feeds themselves, without a sign-in."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import ConsoleDep, CurrentUser, Reader, Store
from agent_console.forms import FormFields
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import gettext
from case_store.clock import now
from case_store.people.permissions import Action, require
from case_store.people.staff import display_names
from case_store.rotation.calendar.feeds import (
    TooManyFeeds,
    list_feeds,
    make_feed,
    open_feed,
    revoke_feed,
)
from case_store.rotation.calendar.ical import calendar_of
from case_store.rotation.rota.models import CalendarFeed

router = APIRouter(include_in_schema=False, prefix="/rotation/feeds")
public = APIRouter(include_in_schema=False, prefix="/feeds/rota")
"""For calendar programs, which cannot sign in: the secret in the address is the key."""

FeedId = Annotated[int, Path(ge=1, lt=10**18)]
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
ICS: Final = "text/calendar; charset=utf-8"


@router.get("")
def feeds_page(frame: Frame, store: Reader) -> Response:
    return _page(frame, store)


@router.post("")
def make(frame: Frame, store: Store, fields: FormFields) -> Response:
    """The secret is in this one answer and nowhere else."""
    user = frame.reader.user(store)
    whole = fields.get("kind") == "centre"
    try:
        new = make_feed(store, user, whole_centre=whole, by=frame.reader.actor, at=now())
    except TooManyFeeds:
        words = gettext("You have ten links already. Please revoke one that you no longer need.")
        return _page(frame, store, problem=words)
    return _page(frame, store, address=_address(frame.request, new.token), whole=whole)


@router.post("/{feed_id}/revoke")
def revoke(feed_id: FeedId, reader: CurrentUser, store: Store) -> Response:
    require(reader.actor, Action.SEE_ROTA)
    feed = store.get(CalendarFeed, feed_id)
    if feed is None:
        raise HTTPException(404)
    revoke_feed(store, feed, by=reader.actor, at=now())
    return RedirectResponse("/rotation/feeds", 303)


def _address(request: Request, token: str) -> str:
    return f"{request.url.scheme}://{request.url.netloc}/feeds/rota/{token}.ics"


def _page(
    frame: PageFrame,
    store: Session,
    *,
    address: str = "",
    whole: bool = False,
    problem: str = "",
) -> Response:
    feeds = list_feeds(store, by=frame.reader.actor)
    return frame.page(
        "rotation/feeds.html",
        status=422 if problem else 200,
        feeds=feeds,
        names=display_names(store, {one.made_by for one in feeds}),
        address=address,
        whole=whole,
        problem=problem,
    )


@public.get("/{token}.ics")
def feed(token: Token, request: Request, console: ConsoleDep) -> Response:
    """Unknown and revoked links look the same. Whoever tries many, or asks too often, has to wait."""
    limit = console.sign_in_failures
    address = f"feeds {request.client.host if request.client else ''}"
    if wait := max(limit.seconds_blocked(address), limit.seconds_blocked(f"feed {token}")):
        raise HTTPException(429, headers={"Retry-After": str(wait)})
    at = now()
    with console.database.transaction() as store:
        opened = open_feed(store, token, at=at)
        content = calendar_of(store, opened, at=at) if opened else None
    limit.count(f"feed {token}" if content else address)
    if content is None:
        raise HTTPException(404)
    headers = {
        "Content-Disposition": 'inline; filename="rota.ics"',
        "X-Robots-Tag": "noindex",
    }
    return Response(content, headers=headers, media_type=ICS)
