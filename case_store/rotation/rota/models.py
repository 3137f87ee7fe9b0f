"""What a rota is planned from, the plan itself in three layers, and what becomes of it.

A duty belongs to the Bangkok day on which it begins. Minutes of the day are counted from midnight in Bangkok.
"""

from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_store.database import Base
from case_store.people.models import User

MINUTES_OF_A_DAY: Final = 24 * 60


class StaffClass(StrEnum):
    """By what law somebody works; it selects the rules and the holidays that hold for them."""

    OFFICIAL = "official"
    """Civil servants: outside the Labour Protection Act (its section 4)."""
    CONTRACTOR = "contractor"
    """Engaged by service contract: Labour Protection Act (No. 9) B.E. 2568, in force since 7 December 2025."""
    EMPLOYEE = "employee"
    """Employees under the Labour Protection Act B.E. 2541 itself."""


class WorkingTerms(Base):
    """How one person works. Who has none works as `rules.START_TERMS` says."""

    __tablename__ = "working_terms"
    __table_args__ = (
        CheckConstraint("week_minutes > 0 AND week_minutes <= 2880", name="week_minutes"),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    staff_class: Mapped[StaffClass]
    week_minutes: Mapped[int]
    """Of an ordinary week by contract; less than full time for part time."""
    month_minutes: Mapped[int | None]
    """At most so many in a calendar month; None: what the weeks give."""
    no_nights: Mapped[bool] = mapped_column(default=False)
    """Not between 22:00 and 06:00: pregnant, or a doctor said so. Why is nobody's business here."""
    experienced: Mapped[bool] = mapped_column(default=True)
    """False: new, and not alone on a shift."""
    overtime_consent: Mapped[bool] = mapped_column(default=False)
    in_rota: Mapped[bool] = mapped_column(default=True)
    """False: does other work, and is not planned for."""
    standby_phone: Mapped[str | None] = mapped_column(String(20))
    """E.164, their own phone, rung when they are on standby and needed."""
    changed_by: Mapped[str] = mapped_column(String(120))
    changed_at: Mapped[datetime]


class RuleSet(Base):
    """The limits of one staff class from a day on; the newest that has begun counts. `values`: `rules.WorkRules`."""

    __tablename__ = "rule_sets"
    __table_args__ = (UniqueConstraint("staff_class", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_class: Mapped[StaffClass]
    valid_from: Mapped[date]
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(300))
    source_date: Mapped[date]
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]


class StaffHoliday(Base):
    """A public holiday of one staff class: 1 May is none of the officials', Ploughing Day is theirs alone."""

    __tablename__ = "staff_holidays"
    __table_args__ = (UniqueConstraint("staff_class", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_class: Mapped[StaffClass]
    day: Mapped[date]
    name_th: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(300))
    source_date: Mapped[date]
    made_by: Mapped[str] = mapped_column(String(120))


class ShiftPlace(StrEnum):
    ON_SITE = "on_site"
    STANDBY = "standby"
    """At home, on call: in no queue, and rung when needed."""


class ShiftType(Base):
    """A kind of duty at a centre. Never deleted once used: it is closed (`active` False)."""

    __tablename__ = "shift_types"
    __table_args__ = (
        UniqueConstraint("centre_code", "code"),
        CheckConstraint("start_minute >= 0 AND start_minute < 1440", name="start"),
        CheckConstraint("minutes > 0 AND minutes <= 1440", name="minutes"),
        CheckConstraint("break_minutes >= 0 AND break_minutes < minutes", name="breaks"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str] = mapped_column(String(2))
    code: Mapped[str] = mapped_column(String(8))
    name_th: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    start_minute: Mapped[int]
    minutes: Mapped[int]
    """From begin to end, breaks with it; across midnight when it runs beyond the day."""
    break_minutes: Mapped[int] = mapped_column(default=60)
    place: Mapped[ShiftPlace] = mapped_column(default=ShiftPlace.ON_SITE)
    channel: Mapped[str] = mapped_column(String(32), default="phone_1567")
    """Who works it holds a certificate of this channel."""
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def ends_next_day(self) -> bool:
        return self.start_minute + self.minutes > MINUTES_OF_A_DAY

    @property
    def is_night(self) -> bool:
        """Whether it touches the hours from 22:00 to 06:00 (Labour Protection Act, section 39/1)."""
        end = self.start_minute + self.minutes
        return self.start_minute < 6 * 60 or end > 22 * 60

    @property
    def worked_minutes(self) -> int:
        """What counts as working time: breaks do not, and waiting at home does not."""
        return 0 if self.place is ShiftPlace.STANDBY else self.minutes - self.break_minutes


class CoverNeed(Base):
    """How many people a shift wants on a weekday (0 Monday … 6 Sunday; 7: public holidays, which win)."""

    __tablename__ = "cover_needs"
    __table_args__ = (
        UniqueConstraint("shift_type_id", "weekday"),
        CheckConstraint("weekday >= 0 AND weekday <= 7", name="weekday"),
        CheckConstraint(
            "people >= 0 AND experienced >= 0 AND experienced <= people", name="people"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_type_id: Mapped[int] = mapped_column(ForeignKey("shift_types.id", ondelete="CASCADE"))
    weekday: Mapped[int]
    people: Mapped[int]
    experienced: Mapped[int] = mapped_column(default=0)
    """Of them, so many that are not new."""

    shift_type: Mapped[ShiftType] = relationship(lazy="joined")


class DatedNeed(Base):
    """How many people a shift wants on one day, whatever its weekday wants; why is written down."""

    __tablename__ = "dated_needs"
    __table_args__ = (
        UniqueConstraint("shift_type_id", "day"),
        CheckConstraint(
            "people >= 0 AND experienced >= 0 AND experienced <= people", name="people"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_type_id: Mapped[int] = mapped_column(ForeignKey("shift_types.id", ondelete="CASCADE"))
    day: Mapped[date]
    people: Mapped[int]
    experienced: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]


class AbsenceKind(StrEnum):
    ANNUAL = "annual"
    SICK = "sick"
    PERSONAL = "personal"
    MATERNITY = "maternity"
    TRAINING = "training"
    OTHER_DUTY = "other_duty"
    """Work elsewhere: a meeting in Bangkok, the mobile unit."""


class RequestState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Absence(Base):
    """Days on which somebody cannot work, first and last included. Only what is approved binds."""

    __tablename__ = "absences"
    __table_args__ = (
        Index("ix_absences_user_id_last_day", "user_id", "last_day"),
        CheckConstraint("first_day <= last_day", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[AbsenceKind]
    first_day: Mapped[date]
    last_day: Mapped[date]
    note: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[RequestState] = mapped_column(default=RequestState.ASKED)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(120))
    decided_by: Mapped[str | None] = mapped_column(String(120))
    decided_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")


class WishLevel(IntEnum):
    """How much somebody wishes; the weight in the plan. A fixed wish binds like leave."""

    LITTLE = 1
    MUCH = 3
    VERY_MUCH = 10
    FIXED = 1000


class Wish(Base):
    """A person's wish for a day: this shift or not this one; without a shift, to work or to be off."""

    __tablename__ = "wishes"
    __table_args__ = (UniqueConstraint("user_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    day: Mapped[date]
    shift_type_id: Mapped[int | None] = mapped_column(
        ForeignKey("shift_types.id", ondelete="CASCADE")
    )
    wanted: Mapped[bool] = mapped_column(default=True)
    """Without a shift: True wishes to work on the day, False to be off."""
    level: Mapped[int] = mapped_column(default=int(WishLevel.MUCH))
    asked_at: Mapped[datetime]


class RotaState(StrEnum):
    DRAFT = "draft"
    """Only planners see it."""
    PUBLISHED = "published"
    """Counts. Changes are swaps, edits and overrides, each told and kept."""
    LOCKED = "locked"
    """Counts, and only overrides change it any more."""
    DROPPED = "dropped"


class Rota(Base):
    """A plan of one centre for some days. No two that count share a day of a centre."""

    __tablename__ = "rotas"
    __table_args__ = (
        Index("ix_rotas_centre_code_first_day", "centre_code", "first_day"),
        CheckConstraint("first_day <= last_day", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str] = mapped_column(String(2))
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[RotaState] = mapped_column(default=RotaState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    """Goes up with every change, so that the second of two editors is told."""
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]
    published_by: Mapped[str | None] = mapped_column(String(120))
    published_at: Mapped[datetime | None]
    solved: Mapped[dict[str, Any]] = mapped_column(JSON)
    """How it came about: seed, seconds, objective, bound, a hash of the input; empty when made by hand."""


class Layer(IntEnum):
    """Which of several entries for a person's day counts: the highest layer, there the newest."""

    GENERATED = 1
    EDITED = 2
    """Edits by the planner, and swaps."""
    OVERRIDDEN = 3
    """What happened instead: sick calls, stand-ins, the day's decisions."""


class DutyCause(StrEnum):
    PLAN = "plan"
    EDIT = "edit"
    SWAP = "swap"
    SICK = "sick"
    STAND_IN = "stand_in"
    REPLAN = "replan"
    IMPORT = "import"
    UNCERTIFIED = "uncertified"
    """The certificate ended or was withdrawn after the rota was published."""
    LEFT = "left"
    """They left, or got another post."""


class Duty(Base):
    """One layer's word on a person's day: a shift, or none (`shift_type_id` None: off, whatever lies below).

    Nothing is deleted: a newer or higher entry counts instead, and a withdrawn one no more.
    """

    __tablename__ = "duties"
    __table_args__ = (
        Index("ix_duties_rota_id_day", "rota_id", "day"),
        Index("ix_duties_user_id_day", "user_id", "day"),
        Index("ix_duties_day", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rota_id: Mapped[int] = mapped_column(ForeignKey("rotas.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    day: Mapped[date]
    shift_type_id: Mapped[int | None] = mapped_column(ForeignKey("shift_types.id"))
    layer: Mapped[int]
    cause: Mapped[DutyCause]
    swap_id: Mapped[int | None] = mapped_column(ForeignKey("swaps.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    shift_type: Mapped[ShiftType | None] = relationship(lazy="joined")


class RotaChange(Base):
    """What happened to a rota, for people to read: who, when, what, why. The audit trail has it, too."""

    __tablename__ = "rota_changes"
    __table_args__ = (Index("ix_rota_changes_centre_code_id", "centre_code", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rota_id: Mapped[int] = mapped_column(ForeignKey("rotas.id", ondelete="CASCADE"))
    centre_code: Mapped[str] = mapped_column(String(2))
    at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    """`planned`, `published`, `locked`, `edited`, `swapped`, `sick`, `stand_in`, `replanned` …"""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Ids of people and shift types, days; no words."""
    reason: Mapped[str] = mapped_column(String(300), default="")


class PlanState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    IMPOSSIBLE = "impossible"
    FAILED = "failed"


class PlanningJob(Base):
    """A search for a rota that the worker does: its progress, the best so far, and that somebody wants it to stop."""

    __tablename__ = "planning_jobs"
    __table_args__ = (Index("ix_planning_jobs_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str] = mapped_column(String(2))
    first_day: Mapped[date]
    last_day: Mapped[date]
    seconds: Mapped[int]
    """How long to search at most."""
    replans_id: Mapped[int | None] = mapped_column(ForeignKey("rotas.id", ondelete="CASCADE"))
    """The published rota that is to be changed as little as possible."""
    state: Mapped[PlanState] = mapped_column(default=PlanState.WAITING)
    asked_by: Mapped[str] = mapped_column(String(120))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    """Last sign of life of whoever searches; a job without one for a while is taken up again."""
    ended_at: Mapped[datetime | None]
    stop_asked: Mapped[bool] = mapped_column(default=False)
    progress: Mapped[list[Any]] = mapped_column(JSON)
    """`[seconds, objective, bound]` of each better roster."""
    best: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """User id → the codes of shifts, day by day, null when off."""
    reasons: Mapped[list[Any]] = mapped_column(JSON)
    """Why it cannot be done, or where somebody is missing: codes and values of `roster.explain`."""
    rota_id: Mapped[int | None] = mapped_column(ForeignKey("rotas.id", ondelete="SET NULL"))
    """The draft that came of it."""


class SwapState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    """A colleague agreed; the supervisor has not decided."""
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    """The duty began before it was agreed."""


class Swap(Base):
    """A duty that somebody offers: to one colleague or to all, for nothing or for another duty."""

    __tablename__ = "swaps"
    __table_args__ = (Index("ix_swaps_centre_code_state_day", "centre_code", "state", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str] = mapped_column(String(2))
    giver_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    day: Mapped[date]
    shift_type_id: Mapped[int] = mapped_column(ForeignKey("shift_types.id"))
    taker_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """None: any colleague may take it."""
    return_day: Mapped[date | None]
    """The taker's duty that the giver works instead."""
    return_shift_type_id: Mapped[int | None] = mapped_column(ForeignKey("shift_types.id"))
    state: Mapped[SwapState] = mapped_column(default=SwapState.OFFERED)
    note: Mapped[str] = mapped_column(String(300), default="")
    asked_by: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(String(300), default="")

    giver: Mapped[User] = relationship(foreign_keys=[giver_id], lazy="joined")
    taker: Mapped[User | None] = relationship(foreign_keys=[taker_id], lazy="joined")
    shift_type: Mapped[ShiftType] = relationship(foreign_keys=[shift_type_id], lazy="joined")
    return_shift_type: Mapped[ShiftType | None] = relationship(
        foreign_keys=[return_shift_type_id], lazy="joined"
    )


class Attendance(Base):
    """That somebody worked a duty: from when to when they took calls. The fairness ledger counts these, not plans."""

    __tablename__ = "duty_attendances"
    __table_args__ = (
        UniqueConstraint("user_id", "day", "shift_type_id"),
        Index("ix_duty_attendances_centre_code_day", "centre_code", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str] = mapped_column(String(2))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    day: Mapped[date]
    shift_type_id: Mapped[int] = mapped_column(ForeignKey("shift_types.id"))
    asked_at: Mapped[datetime | None]
    """When they were asked to sign in."""
    came_at: Mapped[datetime | None]
    missed_at: Mapped[datetime | None]
    """When the supervisor was told that they are not there."""
    left_at: Mapped[datetime | None]
    kept_on_at: Mapped[datetime | None]
    """Past the end, because the queue would have been empty: when the supervisor was warned."""

    shift_type: Mapped[ShiftType] = relationship(lazy="joined")


class CoverAlert(Base):
    """A gap that somebody was told of, so that each is told once; open until it is filled."""

    __tablename__ = "cover_alerts"
    __table_args__ = (UniqueConstraint("centre_code", "day", "shift_type_id", "told_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str] = mapped_column(String(2))
    day: Mapped[date]
    shift_type_id: Mapped[int] = mapped_column(ForeignKey("shift_types.id", ondelete="CASCADE"))
    missing: Mapped[int]
    told_at: Mapped[datetime]
    filled_at: Mapped[datetime | None]


class NightSharing(Base):
    """That a province lets another centre of its inspection region answer its nights: its governor's agreement."""

    __tablename__ = "night_sharings"
    __table_args__ = (Index("ix_night_sharings_centre_code", "centre_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str] = mapped_column(String(2))
    """Whose nights."""
    by_centre_code: Mapped[str] = mapped_column(String(2))
    """Who answers them; itself: it also answers for others of the region that wish so."""
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    agreed_by: Mapped[str] = mapped_column(String(120))
    agreed_at: Mapped[datetime]
    ended_by: Mapped[str | None] = mapped_column(String(120))


class ChannelOfficer(Base):
    """Who answers for a channel of a centre, by date (letter of the ministry, point 3)."""

    __tablename__ = "channel_officers"
    __table_args__ = (
        Index("ix_channel_officers_centre_code_channel", "centre_code", "channel"),
        CheckConstraint("last_day IS NULL OR first_day <= last_day", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str] = mapped_column(String(2))
    channel: Mapped[str] = mapped_column(ForeignKey("channels.code"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    is_deputy: Mapped[bool] = mapped_column(default=False)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    order: Mapped[str] = mapped_column(String(120), default="")
    """Number of the order that appointed them."""
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]
    warned_of: Mapped[date | None]
    """The last day of which was warned that nobody is appointed for the day after."""

    user: Mapped[User] = relationship(lazy="joined")


class ChannelAlert(Base):
    """That the deputy governor was told of a channel for which nobody answers; open until somebody does."""

    __tablename__ = "channel_alerts"

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str] = mapped_column(String(2))
    channel: Mapped[str] = mapped_column(String(32))
    told_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class ChannelSpan(Base):
    """That a channel of a centre was up, or down, from one measurement to another; no time between spans was measured.

    Only the newest of a channel has `newest`, so that two workers cannot begin two.
    """

    __tablename__ = "channel_spans"
    __table_args__ = (
        Index("ix_channel_spans_centre_code_began_at", "centre_code", "began_at"),
        Index("ix_channel_spans_seen_at", "seen_at"),
        UniqueConstraint("centre_code", "channel", "newest"),
        CheckConstraint("began_at <= seen_at", name="times"),
        CheckConstraint("newest IS NULL OR newest", name="newest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str] = mapped_column(String(2))
    channel: Mapped[str] = mapped_column(String(32))
    why: Mapped[str] = mapped_column(String(16), default="")
    """What of it failed; empty: it was up."""
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """The last measurement that found it so."""
    newest: Mapped[bool | None]
    down_since: Mapped[datetime | None]
    """When the outage began; earlier than `began_at` where the cause changed or the watch was away for a moment."""
    told_at: Mapped[datetime | None]
    """When its officers were told of the outage."""


class CalendarFeed(Base):
    """A secret link to a calendar: of one person, or of a whole centre. Only the hash of the secret is kept."""

    __tablename__ = "calendar_feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    centre_code: Mapped[str | None] = mapped_column(String(2), index=True)
    made_by: Mapped[str] = mapped_column(String(120))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    made_at: Mapped[datetime]
    last_read_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class StandbyState(StrEnum):
    ASKED = "asked"
    RINGING = "ringing"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    FAILED = "failed"


class StandbyCall(Base):
    """That somebody on standby is to be rung on their own phone; `ivr` does it and writes what became of it."""

    __tablename__ = "standby_calls"
    __table_args__ = (Index("ix_standby_calls_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str] = mapped_column(String(2))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    day: Mapped[date]
    shift_type_id: Mapped[int] = mapped_column(ForeignKey("shift_types.id"))
    """The shift that they are needed for."""
    state: Mapped[StandbyState] = mapped_column(default=StandbyState.ASKED)
    asked_by: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
