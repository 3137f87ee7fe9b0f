"""Search: the list of cases on PostgreSQL and SQLite, against LIKE over the same texts, in the same run."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bench.chart import growth_chart
from bench.figures import Aim, Better, Figure, middle, ratio, slowest_twentieth
from case_store import migrations
from case_store.agencies.models import Agency
from case_store.cases.case_filter import conditions_of
from case_store.cases.find_cases import CaseFilter, list_cases
from case_store.cases.history import add_note
from case_store.cases.models import Case
from case_store.cases.words import load_words
from case_store.clock import now
from case_store.database import Database
from case_store.identity.keyring import Keyring
from case_store.people.models import Role
from case_store.people.permissions import Actor
from case_store.search.counts import count_and_facets
from case_store.statistics.overview import Period, overview
from damrong.demo_cases.load import Loader
from damrong.demo_cases.writing import without_search_index
from tests.services.postgres import running_postgres

PROVINCE: Final = "30"
LIMIT: Final = 50
LENGTHS: Final = (2, 3, 5, 12)
COMMON: Final = ("ผู้ร้อง", "บ้าน", "การ", "แล้ว", "ถนน", "ไม่")
NAMES: Final = ("สมชาย", "ใจดี", "สมชาย ใจดี")
AIM: Final = Aim(50, Better.BELOW, "ms")
EVERYWHERE: Final = Actor("bench", Role.NATIONAL_OFFICER, "00")
_REGION: Final = Actor("bench", Role.INSPECTOR, "00", inspection_region="13")
_PROVINCE: Final = Actor("bench", Role.CASE_OFFICER, PROVINCE)

_WARM_UP: Final = 5

Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How much is measured. The full figures of the README: 1,000,000 and 200,000 cases."""

    cases: int = 20_000
    sqlite_cases: int = 5_000
    queries: int = 60
    compared: int = 6
    """Queries of each length that LIKE is asked too."""
    province_share: float = 0.1
    chart: Path = Path("var/search-growth.svg")


@dataclass
class Times:
    """Milliseconds of our list, and of LIKE for some of the same queries."""

    ours: list[float] = field(default_factory=list)
    compared: list[float] = field(default_factory=list)
    like: list[float] = field(default_factory=list)


def measure(size: Size, say: Say) -> tuple[list[Figure], list[str]]:
    """The figures of both databases; the chart is written beside them."""
    figures = []
    with running_postgres() as server:
        store = Database(server.create_database(), keyring=Keyring.new())
        figures += _on_postgresql(store, size, say)
        store.close()
    with tempfile.TemporaryDirectory() as folder:
        store = Database(f"sqlite:///{folder}/store.sqlite3", keyring=Keyring.new())
        figures += _on_sqlite(store, size, say)
        store.close()
    return figures, []


def _on_postgresql(store: Database, size: Size, say: Say) -> list[Figure]:
    _prepare(store)
    figures, lines = [], dict[str, list[tuple[float, float]]]()
    for cases in (size.cases // 100, size.cases // 10, size.cases):
        figures += _fill(store, cases, size, say)
        say(f"PostgreSQL, {cases:,} cases: searching")
        times = {length: _times(store, length, size) for length in LENGTHS}
        for length in (2, 3, 5):
            name = f"search, {length} signs, p95"
            lines.setdefault(name, []).append((cases, slowest_twentieth(times[length].ours)))
        everything = [one for length in LENGTHS for one in times[length].like]
        lines.setdefault("LIKE, p95", []).append((cases, slowest_twentieth(everything)))
    figures.append(Figure(f"PostgreSQL, {size.cases:,} cases, random parts of their texts"))
    figures += [row for length in LENGTHS for row in _rows(length, times[length])]
    figures += _other_figures(store, size, say)
    size.chart.parent.mkdir(parents=True, exist_ok=True)
    title = "Searching the newest 50 cases, PostgreSQL"
    size.chart.write_text(growth_chart(title, lines), encoding="utf-8")
    say(f"the chart is in {size.chart}")
    return figures


def _on_sqlite(store: Database, size: Size, say: Say) -> list[Figure]:
    _prepare(store)
    made = _load(store, size.sqlite_cases, say)
    say(f"SQLite, {size.sqlite_cases:,} cases: searching")
    figures = [made, Figure(f"SQLite, {size.sqlite_cases:,} cases, random parts of their texts")]
    figures += [row for length in LENGTHS for row in _rows(length, _times(store, length, size))]
    figures += _common(store)
    return figures


def _prepare(store: Database) -> None:
    migrations.upgrade(store.engine)
    with store.transaction() as session:
        load_words(session)


def _fill(store: Database, cases: int, size: Size, say: Say) -> list[Figure]:
    """Up to so many cases; with the last step comes the province that has a tenth of all."""
    there = _count(store)
    own = int(cases * size.province_share) if cases == size.cases else 0
    began = time.perf_counter()
    with without_search_index(store):
        if own:
            _load(store, own, say, PROVINCE)
        made = _load(store, cases - there - own, say)
        say("making the index")
        began = time.perf_counter()
    seconds = time.perf_counter() - began
    return [made, Figure(f"  index of {cases:,} cases", seconds, "s")] if own else []


def _load(store: Database, cases: int, say: Say, province_code: str | None = None) -> Figure:
    began = time.perf_counter()
    told = Loader(
        store, now(), seed=_count(store), province_code=province_code,
        told=lambda made: say(f"{made:,} of {cases:,} cases") if made % 50_000 == 0 else None,
    )  # fmt: skip
    told.load(cases)
    a_second = ratio(cases, time.perf_counter() - began)
    return Figure(
        f"Loading {cases:,} demo cases, {store.engine.dialect.name}", a_second, "a second"
    )


def _times(store: Database, length: int, size: Size) -> Times:
    times = Times()
    for part in _parts(store, length, _WARM_UP):
        _milliseconds(store, partial(_listed, q=part))
    for number, part in enumerate(_parts(store, length, size.queries)):
        ours = _milliseconds(store, partial(_listed, q=part))
        times.ours.append(ours)
        if number < size.compared:
            times.compared.append(ours)
            times.like.append(_milliseconds(store, partial(_like, part=part)))
    return times


def _parts(store: Database, length: int, how_many: int) -> Iterator[str]:
    """Parts of the texts of cases picked at random, without spaces: the words themselves, and what lies across them."""
    lot = random.Random(length)
    with store.reading() as session:
        least, most = session.execute(select(func.min(Case.id), func.max(Case.id))).one()
        while how_many:
            case_id = lot.randint(least, most)
            found = session.scalar(
                select(Case.search_text).where(Case.id >= case_id).order_by(Case.id).limit(1)
            )
            start = lot.randrange(max(len(found or "") - length, 1))
            part = (found or "")[start : start + length]
            if len(part) == length and " " not in part and '"' not in part:
                how_many -= 1
                yield part


def _listed(session: Session, q: str, by: Actor = EVERYWHERE) -> None:
    list_cases(session, CaseFilter(q=q), by=by, limit=LIMIT)


def _like(session: Session, part: str) -> None:
    """What the list would do without the index, and without all else that the search box looks for."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL statement_timeout = 0"))
    conditions = conditions_of(CaseFilter(), by=EVERYWHERE, at=now())
    inside = Case.search_text.contains(part, autoescape=True)
    query = select(Case).where(inside, *conditions).order_by(Case.id.desc()).limit(LIMIT + 1)
    session.scalars(query).all()


def _milliseconds(store: Database, work: Callable[[Session], object]) -> float:
    with store.reading() as session:
        began = time.perf_counter()
        work(session)
        return 1000 * (time.perf_counter() - began)


def _rows(length: int, times: Times) -> list[Figure]:
    slow = slowest_twentieth(times.ours)
    against = ratio(sum(times.compared), sum(times.like))
    return [
        Figure(f"  {length} signs, median", middle(times.ours), "ms"),
        Figure(f"  {length} signs, p95", slow, "ms", aim=AIM if length > 2 else None, judged=slow),
        Figure(
            f"  {length} signs, LIKE, mean of {len(times.like)}", _mean(times.like), "ms", against
        ),
    ]


def _other_figures(store: Database, size: Size, say: Say) -> list[Figure]:
    say("scopes, common words, counts, notes")
    figures = [Figure("PostgreSQL, by who asks, 3 and 5 signs, p95")]
    with store.reading() as session:
        agency = session.scalars(select(Agency).where(Agency.centre_code == PROVINCE)).first()
    readers = {
        "everywhere": EVERYWHERE,
        "an inspection region": _REGION,
        "a province of a tenth of all": _PROVINCE,
        "a small province": Actor("bench", Role.CASE_OFFICER, "85"),
    }
    if agency is not None:
        readers["an agency"] = Actor("b", Role.AGENCY_OFFICER, PROVINCE, agency_id=agency.id)
    parts = [part for length in (3, 5) for part in _parts(store, length, size.queries // 2)]
    for name, by in readers.items():
        times = [_milliseconds(store, partial(_listed, q=q, by=by)) for q in parts]
        slow = slowest_twentieth(times)
        figures.append(Figure(f"  {name}", slow, "ms", aim=AIM, judged=slow))
    nowhere = ["ฆฌญฐฑ", "qzxjv", "ฬฮฆฌ ซฌฮ"]
    absent = [_milliseconds(store, partial(_listed, q=q)) for q in nowhere for _ in range(7)]
    slow = slowest_twentieth(absent)
    against = ratio(middle(absent), _milliseconds(store, partial(_like, part=nowhere[0])))
    figures.append(Figure("What nobody wrote, p95, to LIKE", slow, "ms", against, AIM, slow))
    named = [_milliseconds(store, partial(_listed, q=q)) for q in NAMES for _ in range(7)]
    figures.append(Figure("Names of complainants, p95", slowest_twentieth(named), "ms"))
    return [*figures, *_common(store), *_counts(store, parts), _notes(store), *_statistics(store)]


def _common(store: Database) -> list[Figure]:
    times = [_milliseconds(store, partial(_listed, q=q)) for q in COMMON for _ in range(5)]
    slow = slowest_twentieth(times)
    return [Figure("Very common words, p95", slow, "ms", aim=AIM, judged=slow)]


def _counts(store: Database, parts: Sequence[str]) -> list[Figure]:
    def work(session: Session, q: str) -> None:
        count_and_facets(session, CaseFilter(q=q), by=EVERYWHERE)

    searched = [_milliseconds(store, partial(work, q=q)) for q in parts]
    everything = [_milliseconds(store, partial(work, q="")) for _ in range(20)]
    return [
        Figure("Count and facets of a search, p95", slowest_twentieth(searched), "ms"),
        Figure("Count and facets of everything, p95", slowest_twentieth(everything), "ms"),
    ]


def _notes(store: Database) -> Figure:
    """Each note brings the index of its case up to date."""
    times = []
    with store.reading() as session:
        ids = session.scalars(select(Case.id).order_by(func.random()).limit(30)).all()
    for case_id in ids:
        with store.transaction() as session:
            began = time.perf_counter()
            noted = session.get_one(Case, case_id)
            add_note(session, noted, "ติดตามความคืบหน้าแล้ว", by=EVERYWHERE, at=now())
        times.append(1000 * (time.perf_counter() - began))
    return Figure("Adding a note to a case, the index included, median", middle(times), "ms")


def _statistics(store: Database) -> list[Figure]:
    """Of the last year, as their page asks for them."""
    today = now().date()
    period = Period(today - timedelta(days=365), today)
    figures = []
    for name, by in (("the country", EVERYWHERE), ("a province of a tenth of all", _PROVINCE)):
        figures_of = partial(overview, by=by, period=period, at=now())
        times = [_milliseconds(store, figures_of) for _ in range(5)]
        figures.append(Figure(f"Statistics of a year, {name}, median", middle(times), "ms"))
    return figures


def _count(store: Database) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def _mean(values: Sequence[float]) -> float:
    return ratio(sum(values), len(values))
