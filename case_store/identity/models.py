"""Complainants: what identifies them is sealed; what must be found exactly has a blind index."""

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_store.database import Base

if TYPE_CHECKING:
    from case_store.cases.models import Case


class ComplainantKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


class Anonymity(StrEnum):
    """From whom a complainant wishes to stay unknown."""

    NAMED = "named"
    TO_AGENCY = "to_agency"
    """No agency may ever be told."""
    TO_ALL = "to_all"
    """Masked from everybody; revealed only for a typed reason."""


class IndexKind(StrEnum):
    PHONE = "phone"
    NATIONAL_ID = "national_id"
    NAME = "name"
    """One word of the name, folded."""


class Complainant(Base):
    """The person or organisation whose matter a case is, as it was at intake.

    `sealed` holds the identity and `sealed_pin` the PIN for tracking, each with the key that `key_id` names.
    Both are None, and no key is named, once they were erased.
    """

    __tablename__ = "complainants"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[ComplainantKind] = mapped_column(default=ComplainantKind.PERSON)
    key_id: Mapped[str] = mapped_column(String(16), index=True)
    index_key_id: Mapped[str] = mapped_column(String(16), index=True)
    """The key that made the digests of `indexes`."""
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_pin: Mapped[bytes | None] = mapped_column(LargeBinary)

    case: Mapped["Case"] = relationship(back_populates="complainant")
    indexes: Mapped[list["IdentityIndex"]] = relationship(cascade="all, delete-orphan")


class IdentityIndex(Base):
    """A keyed digest of something that a complainant can be found by."""

    __tablename__ = "identity_indexes"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("complainants.case_id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[IndexKind] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
