"""The lists of words that cases use; an administrator keeps them."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from case_store.database import Base


class _Word:
    """An entry of a list: switched off, never deleted, once used."""

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_th: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_th


class Channel(_Word, Base):
    """How a matter came to a centre."""

    __tablename__ = "channels"


class ServiceType(_Word, Base):
    """How much weight a matter has: ordinary, important, an anonymous letter …"""

    __tablename__ = "service_types"


class Nature(_Word, Base):
    """What kind of matter it is: a complaint, a question, a suggestion …"""

    __tablename__ = "natures"


class Category(_Word, Base):
    """What the matter is about, on two levels: one with a `parent_code` is the second."""

    __tablename__ = "categories"

    parent_code: Mapped[str | None] = mapped_column(ForeignKey("categories.code"))
    days_to_settle: Mapped[int]
    """Start value of the category's deadline policy, in working days."""
