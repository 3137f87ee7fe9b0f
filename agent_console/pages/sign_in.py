"""Signing in and out, and the choice of language."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.console import Console
from agent_console.cookies import YEAR, drop_cookie, set_cookie
from agent_console.csrf import VisitorToken, check_reader, check_visitor
from agent_console.dependencies import ConsoleDep, MaybeSignedIn, Reader, Store
from agent_console.formats import format_time
from agent_console.forms import FormFields
from agent_console.i18n import LANGUAGES, N_, gettext
from agent_console.rendering import render
from agent_console.safe_paths import safe_path
from case_store.clock import now
from case_store.people.passwords import hash_password, matches, needs_rehash
from case_store.people.sign_in import (
    NewSignIn,
    SignInLocked,
    SignInRefused,
    admit,
    begin_sign_in,
    end_sign_in,
    password_hash_of,
)
from case_store.people.staff import list_people
from case_store.settings import MissingSecret

router = APIRouter(include_in_schema=False)
MOST_LETTERS = 200


@router.get("/sign-in")
def sign_in_page(
    request: Request, console: ConsoleDep, reader: MaybeSignedIn, token: VisitorToken, store: Reader
) -> Response:
    if reader:
        return RedirectResponse("/", 303)
    return _form(request, console, token, store)


@router.post("/sign-in", dependencies=[Depends(check_visitor)])
def sign_in(
    request: Request, console: ConsoleDep, token: VisitorToken, fields: FormFields
) -> Response:
    address = request.client.host if request.client else ""
    if console.sign_in_failures.seconds_blocked(address):
        console.metrics.sign_ins.labels("blocked").inc()
        return _again(request, console, token, fields, gettext(_TOO_MANY), status=429)
    try:
        new = _begin(console, fields)
    except SignInRefused as refused:
        console.sign_in_failures.count(address)
        console.metrics.sign_ins.labels("refused").inc()
        return _again(request, console, token, fields, _why(refused), status=401)
    console.metrics.sign_ins.labels("accepted").inc()
    return _welcome(console, new, safe_path(fields.get("next")))


@router.post("/sign-out", dependencies=[Depends(check_reader)])
def sign_out(console: ConsoleDep, reader: MaybeSignedIn, store: Store) -> Response:
    if reader:
        end_sign_in(store, reader.sign_in(store), at=now())
    response = RedirectResponse("/sign-in", 303)
    drop_cookie(response, console, console.session_cookie)
    return response


@router.post("/language", dependencies=[Depends(check_reader)])
def choose_language(
    console: ConsoleDep, reader: MaybeSignedIn, store: Store, fields: FormFields
) -> Response:
    chosen = fields.get("language")
    response = RedirectResponse(safe_path(fields.get("back")), 303)
    if chosen in LANGUAGES:
        set_cookie(response, console, console.language_cookie, chosen, seconds=YEAR)
        if reader:
            reader.user(store).language = chosen
    return response


_TOO_MANY = N_("Too many tries. Please wait a few minutes.")


def _begin(console: Console, fields: dict[str, str]) -> NewSignIn:
    """No transaction is open while the password is compared: that is slow, and others would wait."""
    username, password = fields.get("username", ""), fields.get("password", "")
    if len(username) > MOST_LETTERS or len(password) > MOST_LETTERS or "\0" in username:
        raise SignInRefused
    with console.database.reading() as store:
        known = password_hash_of(store, username)
    right = matches(password, known)
    new_hash = hash_password(password) if right and known and needs_rehash(known) else None
    at, lasts = now(), timedelta(hours=console.settings.session_hours)
    refused = SignInRefused()
    with console.database.transaction() as store:
        try:
            user = admit(store, username=username, right=right, at=at, new_hash=new_hash)
        except SignInRefused as error:
            refused = error  # what was counted is committed all the same
        else:
            return begin_sign_in(store, user, at=at, lasts=lasts)
    raise refused


def _welcome(console: Console, new: NewSignIn, path: str) -> Response:
    response = RedirectResponse(path, 303)
    set_cookie(response, console, console.session_cookie, new.token)
    set_cookie(response, console, console.language_cookie, new.user.language, seconds=YEAR)
    drop_cookie(response, console, console.visitor_cookie)
    return response


def _why(refused: SignInRefused) -> str:
    if isinstance(refused, SignInLocked):
        return gettext(
            "Too many wrong passwords. This account can be used again at %(time)s.",
            time=format_time(refused.until),
        )
    return gettext("That user name and password do not belong together.")


def _again(
    request: Request,
    console: Console,
    token: str,
    fields: dict[str, str],
    problem: str,
    status: int,
) -> Response:
    with console.database.reading() as store:
        return _form(request, console, token, store, fields, problem, status)


def _form(
    request: Request,
    console: Console,
    token: str,
    store: Session,
    fields: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    typed = fields or {"next": request.query_params.get("next", "")}
    response = render(
        request,
        "sign_in.html",
        status=status,
        csrf_token=token,
        username=typed.get("username", "")[:MOST_LETTERS],
        back=safe_path(typed.get("next")),
        problem=problem,
        demo=_demo_people(console, store),
    )
    set_cookie(response, console, console.visitor_cookie, token)
    return response


def _demo_people(console: Console, store: Session) -> dict[str, object] | None:
    """Only in a demo: who there is, with their common password, which set-up made."""
    if not console.settings.demo:
        return None
    try:
        password = console.settings.secret("demo-password")
    except MissingSecret:
        return None
    return {"people": list_people(store, limit=20), "password": password}
