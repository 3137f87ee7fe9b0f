"""Reading PostgreSQL's index: a GIN index over numbers, some blocks of cases at a time."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.search.grams import (
    BLOCK,
    block_of,
    letters,
    of_agency,
    of_centre,
    of_province,
    tagged,
    triples_after,
    triples_of_query,
)
from case_store.search.models import SearchEntry
from case_store.search.scope import IndexScope

MOST_BLOCKS: Final = 32
"""In one statement, so that none of them takes long whatever the words."""
_CODES: Final = ARRAY(Integer)
_PLANNER: Final = text(
    "SELECT set_config('enable_seqscan', :value, true), set_config('enable_indexscan', :value, true)"
)
"""The planner takes comparing two arrays for cheap, which it is not, and now and then would read them all."""
LOOKED_THROUGH: Final = 1_000
"""Cases that are read without the index first."""
_GRAMS: Final = type_coerce(SearchEntry.grams, _CODES)


def parts(
    session: Session,
    pieces: Sequence[str],
    scope: IndexScope,
    conditions: Sequence[ColumnElement[bool]],
    *,
    edge: int | None,
    ascending: bool,
    most: int,
) -> Generator[list[int]]:
    """Ids of cases that have the pieces and meet the conditions, one part of the store after the other."""
    if scope.is_empty:
        return
    first, last = _ends(session, edge, ascending=ascending)
    if scope.is_wide:
        found, first = _looked_through(session, first, conditions, ascending)
        yield found
    session.execute(_PLANNER, {"value": "off"})
    try:
        for blocks in _blocks(first, last, ascending=ascending):
            within = Case.id >= first if ascending else Case.id <= first
            yield in_order(
                session, _near(blocks, pieces, scope), [within, _of(blocks), *conditions],
                ascending=ascending, most=most,
            )  # fmt: skip
    finally:
        if session.is_active:  # after an error the transaction is over, and with it the setting
            session.execute(_PLANNER, {"value": "on"})


def in_order(
    session: Session,
    near: Select[int],
    conditions: Sequence[ColumnElement[bool]],
    *,
    ascending: bool,
    most: int,
) -> list[int]:
    """The first of some ids whose cases meet the conditions: each case is read by its id, until there are enough."""
    (column,) = near.selected_columns
    # The offset keeps the planner from reading the cases in order instead, in hope of an early end.
    ids = near.order_by(column.asc() if ascending else column.desc()).offset(0).subquery()
    checked = select(Case.id).where(Case.id == ids.c.case_id, *conditions).limit(1).lateral()
    rank = ids.c.case_id.asc() if ascending else ids.c.case_id.desc()
    query = select(ids.c.case_id).join(checked, literal(True)).order_by(rank).limit(most)
    return list(session.scalars(query))


def _ends(session: Session, edge: int | None, *, ascending: bool) -> tuple[int, int]:
    """From which id to which a search reads."""
    newest = session.scalar(select(func.max(SearchEntry.case_id))) or 0
    if ascending:
        return (edge + 1 if edge is not None else 0), newest
    return (newest if edge is None else min(newest, edge - 1)), 0


def _looked_through(
    session: Session, first: int, conditions: Sequence[ColumnElement[bool]], ascending: bool
) -> tuple[list[int], int]:
    """Without the index: of common words a page is found in the first few cases. And the id to go on from."""
    last = first + LOOKED_THROUGH - 1 if ascending else first - LOOKED_THROUGH + 1
    query = select(Case.id).where(Case.id.between(min(first, last), max(first, last)), *conditions)
    found = session.scalars(query.order_by(Case.id.asc() if ascending else Case.id.desc()))
    return list(found), (last + 1 if ascending else last - 1)


def _blocks(first: int, last: int, *, ascending: bool) -> Iterator[list[int]]:
    """One block, then four, sixteen …: a usual word is found in the first, a rare one needs few statements for all."""
    if first < 0 or (ascending and first > last):
        return
    step = 1 if ascending else -1
    numbers = list(range(block_of(first), block_of(last) + step, step))
    size = 1
    while numbers:
        yield numbers[:size]
        numbers = numbers[size:]
        size = min(4 * size, MOST_BLOCKS)


def _of(blocks: Sequence[int]) -> ColumnElement[bool]:
    return Case.id.between(min(blocks) * BLOCK, (max(blocks) + 1) * BLOCK - 1)


def _near(blocks: Sequence[int], pieces: Sequence[str], scope: IndexScope) -> Select[int]:
    """The ids that the index names: all that have the pieces, and some that have only their runs."""
    return select(SearchEntry.case_id).where(
        or_(*(_indexed(block, pieces, scope) for block in blocks))
    )


def _indexed(block: int, pieces: Sequence[str], scope: IndexScope) -> ColumnElement[bool]:
    signs = [letters(piece) for piece in pieces]
    needed = {code for one in signs for code in triples_of_query(one)}
    limits: list[ColumnElement[bool]] = []
    if not needed:  # of two signs alone no run of three is known: any that begins so
        first = next(one for one in signs if len(one) == 2)
        limits.append(_GRAMS.overlap(_codes(triples_after(first), block)))
    needed.update(of_agency(agency_id) for agency_id in scope.agency_ids)
    if scope.province_code is not None:
        needed.add(of_province(scope.province_code))
    if scope.centres is not None and len(scope.centres) == 1:
        needed.update(of_centre(code) for code in scope.centres)
    elif scope.centres is not None:
        centres = [of_centre(code) for code in sorted(scope.centres)]
        limits.append(_GRAMS.overlap(_codes(centres, block)))
    if needed:
        limits.append(_GRAMS.contains(_codes(needed, block)))
    return and_(*limits)


def _codes(codes: Iterable[int], block: int) -> ColumnElement[Sequence[int]]:
    return literal(tagged(codes, block), _CODES)
