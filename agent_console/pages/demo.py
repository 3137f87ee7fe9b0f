"""A phone in the browser, from which a newcomer calls 1567. Only in a demo; otherwise there is no such page."""

from datetime import timedelta

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from agent_console.dependencies import ConsoleDep, MaybeSignedIn
from agent_console.rendering import render
from agent_console.security import page_host, web_socket
from case_store.clock import now


def only_in_demo(console: ConsoleDep) -> None:
    if not console.settings.demo:
        raise HTTPException(404)


router = APIRouter(include_in_schema=False, prefix="/demo", dependencies=[Depends(only_in_demo)])
EXTENSION = "demo-phone"
SECRET_LASTS = timedelta(hours=12)


@router.get("")
def demo_page(request: Request, _reader: MaybeSignedIn) -> Response:
    return render(request, "demo.html", csrf_token="")


@router.get("/phone/credentials")
def demo_phone_credentials(request: Request, console: ConsoleDep) -> dict[str, str]:
    return {
        "uri": f"sip:{EXTENSION}@{page_host(request.scope)}",
        "ws_url": web_socket(request.scope, console.settings),
        "extension": EXTENSION,
        "authorization_user": EXTENSION,
        "secret": console.settings.secret(EXTENSION),
        "expires_at": (now() + SECRET_LASTS).isoformat(),
    }
