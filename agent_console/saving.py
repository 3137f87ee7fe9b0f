"""Saving what may be sent twice at one moment."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from case_store.cases.intake import SavedMeanwhile
from case_store.database import Database

T = TypeVar("T")


def save_once(database: Database, work: Callable[[Session], T]) -> T:
    """Does `work` in a transaction; once more, when another request saved the same meanwhile: then it finds that."""
    try:
        with database.transaction() as session:
            return work(session)
    except SavedMeanwhile:
        with database.transaction() as session:
            return work(session)
