"""Spreadsheets that are to be imported."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from case_store.database import Base


class ImportState(StrEnum):
    CHECKED = "checked"
    DONE = "done"


class ImportBatch(Base):
    """A spreadsheet that was checked row by row. Its rows are sealed, and gone once they are cases."""

    __tablename__ = "import_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str] = mapped_column(String(2), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[ImportState] = mapped_column(default=ImportState.CHECKED)
    key_id: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    """How many rows are new, known or wrong, and why; no personal data."""
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    @property
    def place(self) -> str:
        """What its rows are bound to, once it has an id."""
        return f"import:{self.id}"
