"""The console as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI

from agent_console import errors
from agent_console.api import openapi
from agent_console.api import routes as api
from agent_console.assets import DIST, HashedFiles
from agent_console.console import Console, attach
from agent_console.csrf import check_reader
from agent_console.i18n import compile_catalogues
from agent_console.metrics import Metrics
from agent_console.middleware import Surroundings
from agent_console.pages import (
    agency,
    attachments,
    audit,
    board,
    callbacks,
    calls,
    case_steps,
    cases,
    channel_officers,
    closures,
    courses,
    cover,
    demand,
    demo,
    desk,
    drafts,
    exports,
    health,
    holds,
    imports,
    keep_agencies,
    keep_policies,
    keep_words,
    leave,
    likely,
    live_events,
    new_case,
    night_sharing,
    notices,
    office,
    on_duty,
    own_leave,
    people,
    places,
    privacy,
    referrals,
    retention,
    rota_calendar,
    rota_feeds,
    rota_files,
    rota_ledger,
    rota_mine,
    rota_plans,
    rota_staff,
    rota_ways,
    saved_searches,
    search,
    shift_types,
    sick_calls,
    sign_in,
    statistics,
    swaps,
    training,
    webhooks,
    work_list,
    work_rules,
)
from agent_console.rate_limit import FailureLimit
from case_store.database import Database
from case_store.events.redis_stream import RedisPublisher
from case_store.settings import Settings

# `own_leave` before `leave`: its addresses are below those of the other.
# `new_case`, `search` and `likely` before `cases`: /cases/new is no reference.
CASEWORK = (
    work_list,
    agency,
    notices,
    new_case,
    search,
    saved_searches,
    exports,
    likely,
    case_steps,
    referrals,
    attachments,
    cases,
)
"""What is done with cases."""
OFFICE = (
    statistics,
    office,
    keep_words,
    keep_agencies,
    keep_policies,
    closures,
    demand,
    own_leave,
    leave,
    rota_staff,
    shift_types,
    work_rules,
    night_sharing,
    rota_calendar,
    rota_files,
    rota_mine,
    rota_feeds,
    swaps,
    sick_calls,
    cover,
    channel_officers,
    courses,
    rota_plans,
    rota_ways,
    rota_ledger,
    on_duty,
    training,
    people,
    webhooks,
    privacy,
    holds,
    retention,
    audit,
    imports,
)
"""The pages of those who keep, watch over and approve."""


def create_app(settings: Settings, database: Database | None = None) -> FastAPI:
    """The application; with a database of its own, which it closes, unless one is given."""
    console = Console(
        settings=settings,
        database=database or Database.of(settings, RedisPublisher(settings.redis_address)),
        sign_in_failures=FailureLimit(settings.redis_address),
        metrics=Metrics(),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        compile_catalogues()
        yield
        console.stopping.set()
        console.sign_in_failures.close()
        if database is None:
            console.database.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    attach(app, console)
    errors.install(app)
    app.add_middleware(Surroundings, console=console)
    for router in (
        health.router,
        sign_in.router,
        demo.router,
        rota_feeds.public,
        _pages(),
        api.router,
    ):
        app.include_router(router)
    openapi.install(app)
    app.mount("/static", HashedFiles(directory=DIST, check_dir=False), name="static")
    return app


def _pages() -> APIRouter:
    """The pages for the signed-in, each unsafe request of which must not be forged."""
    pages = APIRouter(dependencies=[Depends(check_reader)])
    for module in (desk, live_events, drafts, places, calls, callbacks, board):
        pages.include_router(module.router)
    for module in CASEWORK:
        pages.include_router(module.router)
    for module in OFFICE:
        pages.include_router(module.router)
    return pages
