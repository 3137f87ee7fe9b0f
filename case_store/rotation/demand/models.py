"""What a supervisor decided about the need, by hand."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from case_store.database import Base


class DemandOverride(Base):
    """So many people at a centre in some half hours, whatever the forecast says; the newest of several counts.

    From `first_day` to `until`, both with it; `weekday` 0 for Monday, None for every day. Half hours are counted from
    midnight: `from_slot` with it, `before_slot` without it.
    """

    __tablename__ = "demand_overrides"
    __table_args__ = (
        Index("ix_demand_overrides_centre_code_until", "centre_code", "until"),
        CheckConstraint("first_day <= until", name="days"),
        CheckConstraint("from_slot < before_slot", name="slots"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str] = mapped_column(String(2))
    weekday: Mapped[int | None]
    first_day: Mapped[date]
    until: Mapped[date]
    from_slot: Mapped[int]
    before_slot: Mapped[int]
    agents: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]

    def covers(self, day: date, slot: int) -> bool:
        """Whether it says how many are needed in a half hour."""
        return (
            self.first_day <= day <= self.until
            and self.weekday in (None, day.weekday())
            and self.from_slot <= slot < self.before_slot
        )
