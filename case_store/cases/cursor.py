"""Cursors: where a page of cases ended, wrapped so that nobody is tempted to count with it."""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from case_store.cases.case_filter import Sort, time_of
from case_store.cases.models import Case

LONGEST: Final = 64
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE: Final = re.compile(r"damrong:([a-z]{1,8})(?:@(-?[0-9]{1,17}))?:([0-9]{1,18})")


class BadCursor(ValueError):
    """Not a cursor of ours, or one of a list in another order."""


def cursor_of(case: Case, sort: Sort) -> str:
    moment = time_of(sort, case)
    stamp = f"@{(moment - _EPOCH) // timedelta(microseconds=1)}" if moment else ""
    plain = f"damrong:{sort.value}{stamp}:{case.id}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, sort: Sort) -> tuple[datetime | None, int] | None:
    """Moment and id of the last case of the page before; None for the first page. Raises `BadCursor`."""
    if not cursor:
        return None
    if len(cursor) > LONGEST:
        raise BadCursor
    try:
        plain = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise BadCursor from error
    found = _SHAPE.fullmatch(plain)
    if found is None or found[1] != sort.value or (found[2] is None) != (sort in _BY_ID):
        raise BadCursor
    try:
        moment = _EPOCH + timedelta(microseconds=int(found[2])) if found[2] else None
    except OverflowError as error:
        raise BadCursor from error
    return moment, int(found[3])


_BY_ID: Final = frozenset({Sort.NEWEST, Sort.OLDEST})
