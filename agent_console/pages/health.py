"""Whether the process is alive, whether it can serve and what it lacks, and its figures."""

from typing import Final

import redis
from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from agent_console.assets import is_built
from agent_console.console import Console
from agent_console.dependencies import ConsoleDep
from case_store import migrations

router = APIRouter(include_in_schema=False)
ASKED_BY: Final = ["GET", "HEAD"]  # load balancers ask by HEAD


@router.api_route("/healthz", methods=ASKED_BY)
async def healthz() -> dict[str, str]:
    return {"status": "alive"}


@router.api_route("/readyz", methods=ASKED_BY)
def readyz(console: ConsoleDep) -> Response:
    """503 when pages cannot be served; what is only weaker without it stands under `degraded`."""
    missing = [*_database(console), *([] if is_built() else ["front end: run `npm run build`"])]
    answer = {"ready": not missing, "missing": missing, "degraded": _redis(console)}
    return JSONResponse(answer, 503 if missing else 200)


@router.get("/metrics")
def metrics(console: ConsoleDep) -> Response:
    return Response(console.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _database(console: Console) -> list[str]:
    try:
        current = migrations.current(console.database.engine)
    except SQLAlchemyError:
        return ["database: cannot be reached"]
    return [] if current == migrations.head() else ["database: run `damrong db upgrade`"]


def _redis(console: Console) -> list[str]:
    try:
        with redis.Redis.from_url(
            console.settings.redis_address, socket_timeout=0.5, socket_connect_timeout=0.5
        ) as client:
            client.ping()
    except redis.RedisError:
        return ["redis: cannot be reached; pages are not live"]
    return []
