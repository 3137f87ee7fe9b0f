"""Agencies: the offices that a matter can be referred to."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from case_store.database import Base


class Agency(Base):
    """An office. `centre_code`: the province that it serves; None: one of the whole country."""

    __tablename__ = "agencies"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name_th: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160))
    centre_code: Mapped[str | None] = mapped_column(String(2), index=True)
    active: Mapped[bool] = mapped_column(default=True)

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_th
