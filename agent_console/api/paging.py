"""The two parameters of every list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Query

from agent_console.api.schemas import ListOf
from agent_console.paging import Page, decode

RowT = TypeVar("RowT")
ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class Slice:
    """Which part of a list is asked for."""

    limit: Annotated[int, Query(ge=1, le=200)] = 50
    cursor: Annotated[
        str | None, Query(max_length=64, description="`next` of the page before.")
    ] = None

    @property
    def after(self) -> int | None:
        return decode(self.cursor)


Paging = Annotated[Slice, Depends()]


def items_of(page: Page, to_item: Callable[..., ItemT]) -> ListOf[ItemT]:  # type: ignore[type-arg]
    return ListOf(items=[to_item(row) for row in page.items], next=page.next)
