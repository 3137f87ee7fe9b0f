"""How many cases a list has, and how many of each kind: exact where that is cheap, bounded where it is not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, String, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from case_store import clock
from case_store.cases.case_filter import CaseFilter, conditions_of
from case_store.cases.find_cases import searched_ids
from case_store.cases.models import Case
from case_store.people.permissions import Actor
from case_store.search.matching import one_of
from case_store.search.query import read_query

MOST: Final = 10_000
"""Beyond it nobody reads on: “more than 10,000” says as much, and costs what 10,000 cost."""
MOST_SEARCHED: Final = 1_000
"""The same for what words find, as each hit is compared with its text."""
FACETS: Final = {
    "state": "state",
    "category": "category",
    "channel": "channel",
    "province": "province_code",
}


@dataclass(frozen=True)
class Count:
    """A number of cases; when it is not exact there are more."""

    number: int
    is_exact: bool


def count_cases(
    session: Session, wanted: CaseFilter, *, by: Actor, at: datetime | None = None
) -> Count:
    """How many cases the list has on all its pages. Raises `NotAllowed`."""
    return _count(session, _narrowed(session, wanted, by, at))


def facets(
    session: Session, wanted: CaseFilter, *, by: Actor, at: datetime | None = None
) -> dict[str, dict[str, int]]:
    """For state, category, channel and province: how many cases the list would have with each of their values.

    A facet does not count its own filter in, so that one sees what else could be chosen. Of a list that is too long
    to be counted (`Count.is_exact`) these are the numbers among its newest cases.
    """
    return count_and_facets(session, wanted, by=by, at=at)[1]


def count_and_facets(
    session: Session, wanted: CaseFilter, *, by: Actor, at: datetime | None = None
) -> tuple[Count, dict[str, dict[str, int]]]:
    """Both of a page; what the words find is looked for once."""
    narrowed = _narrowed(session, wanted, by, at)
    chosen = [name for name, column in FACETS.items() if getattr(wanted, column) is not None]
    found = _by_value(session, narrowed, [name for name in FACETS if name not in chosen])
    for name in chosen:
        other: dict[str, Any] = {FACETS[name]: None}
        without = _narrowed(session, replace(wanted, **other), by, at)
        found |= _by_value(session, without, [name])
    return _count(session, narrowed), {name: found[name] for name in FACETS}


@dataclass(frozen=True)
class _Narrowed:
    """What a list is: conditions, how many are counted at most, and the ids when words found them."""

    conditions: list[ColumnElement[bool]]
    most: int
    found: list[int] | None = None


def _narrowed(session: Session, wanted: CaseFilter, by: Actor, at: datetime | None) -> _Narrowed:
    at, query = at or clock.now(), read_query(wanted.q)
    if query.is_empty:
        return _Narrowed(conditions_of(wanted, by=by, at=at), MOST)
    found = searched_ids(session, query, wanted, by=by, at=at, most=MOST_SEARCHED + 1)
    return _Narrowed([one_of(session, found)], MOST_SEARCHED, found)


def _count(session: Session, narrowed: _Narrowed) -> Count:
    if narrowed.found is not None:
        number = len(narrowed.found)
    else:
        rows = select(Case.id).where(*narrowed.conditions).limit(narrowed.most + 1).subquery()
        number = session.scalar(select(func.count()).select_from(rows)) or 0
    return Count(min(number, narrowed.most), number <= narrowed.most)


def _by_value(
    session: Session, narrowed: _Narrowed, names: Sequence[str]
) -> dict[str, dict[str, int]]:
    if not names:
        return {}
    columns = [getattr(Case, FACETS[name]).label(name) for name in names]
    newest = select(*columns).where(*narrowed.conditions).order_by(Case.id.desc())
    rows = newest.limit(narrowed.most).cte("newest")
    each = [
        select(literal(name), cast(rows.c[name], String), func.count()).group_by(rows.c[name])
        for name in names
    ]
    counted: dict[str, dict[str, int]] = {name: {} for name in names}
    for name, value, number in session.execute(union_all(*each)):
        counted[name][value] = number
    return counted
