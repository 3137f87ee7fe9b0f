"""Pages of lists. A cursor is the last row's id, wrapped so that nobody is tempted to count with it."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from case_store.cases.cursor import LONGEST, BadCursor

_MARK: Final = b"damrong:"
__all__ = ["LONGEST", "BadCursor", "Page", "decode", "encode", "page_of"]


class Row(Protocol):
    @property
    def id(self) -> int: ...


RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True)
class Page(Generic[RowT]):
    """One page; `next` leads to the one behind it."""

    items: Sequence[RowT]
    next: str | None


def page_of(rows: Sequence[RowT], limit: int) -> Page[RowT]:
    """Cuts a list that was asked for with one row more than `limit`."""
    items = rows[:limit]
    return Page(items, encode(items[-1].id) if len(rows) > limit else None)


def encode(row_id: int) -> str:
    return base64.urlsafe_b64encode(_MARK + str(row_id).encode()).decode().rstrip("=")


def decode(cursor: str | None) -> int | None:
    """The id behind a cursor; None for the first page. Raises `BadCursor`."""
    if not cursor:
        return None
    if len(cursor) > LONGEST:
        raise BadCursor
    try:
        plain = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadCursor from error
    digits = plain.removeprefix(_MARK)
    if not plain.startswith(_MARK) or not digits.isdigit() or len(digits) > 18:
        raise BadCursor
    return int(digits)
