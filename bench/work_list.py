"""Opening a work list at the API: a province with 100,000 cases on PostgreSQL, asked by a supervisor's program."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi.testclient import TestClient
from sqlalchemy import text

from agent_console.app import create_app
from bench.figures import Aim, Better, Figure, middle, slowest_twentieth
from case_store import migrations
from case_store.cases.words import load_words
from case_store.clock import now
from case_store.database import Database
from case_store.identity.keyring import Keyring
from case_store.people.models import Role
from case_store.people.tokens import create_token
from case_store.settings import Settings
from damrong.demo_cases.load import Loader
from tests.services.postgres import running_postgres

PROVINCE: Final = "50"
_AIM: Final = Aim(100, Better.BELOW, "ms")
_WARM_UP: Final = 10


@dataclass(frozen=True)
class Size:
    cases: int = 100_000
    requests: int = 200


def measure(size: Size, say: Callable[[str], None]) -> tuple[list[Figure], list[str]]:
    """The time of whole answers, from the request to the last byte, without the network."""
    with running_postgres() as server:
        store = Database(server.create_database(), keyring=Keyring.new())
        _fill(store, size, say)
        figures = [Figure(f"A province of {size.cases:,} cases")]
        with _program(store) as program:
            for limit in (20, 50):
                say(f"work lists with {limit} cases in a group")
                figures += _figures(program, limit, size.requests)
        store.close()
    return figures, []


def _fill(store: Database, size: Size, say: Callable[[str], None]) -> None:
    migrations.upgrade(store.engine)
    with store.transaction() as session:
        load_words(session)
    Loader(store, now(), province_code=PROVINCE, told=lambda made: say(f"{made:,} cases")).load(
        size.cases
    )
    with store.transaction() as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("ANALYZE"))


@contextmanager
def _program(store: Database) -> Iterator[TestClient]:
    """The console, and a program with a supervisor's token."""
    with store.transaction() as session:
        token = create_token(
            session, name="bench", role=Role.SUPERVISOR, centre_code=PROVINCE, at=now()
        )
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), demo=False, redis_url="", _env_file=None)
        with TestClient(create_app(settings, store)) as program:
            program.headers["Authorization"] = f"Bearer {token}"
            yield program


def _figures(program: TestClient, limit: int, requests: int) -> list[Figure]:
    times = [_milliseconds(program, limit) for _ in range(_WARM_UP + requests)][_WARM_UP:]
    slow = slowest_twentieth(times)
    return [
        Figure(f"  {limit} a group, median", middle(times), "ms"),
        Figure(f"  {limit} a group, p95", slow, "ms", aim=_AIM, judged=slow),
    ]


def _milliseconds(program: TestClient, limit: int) -> float:
    began = time.perf_counter()
    answer = program.get(f"/api/v1/work?limit={limit}")
    if answer.status_code != 200 or not answer.json()["groups"]:
        raise RuntimeError(f"the work list was answered with {answer.status_code}")
    return 1000 * (time.perf_counter() - began)
