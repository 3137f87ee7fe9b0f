"""Whether channels work, measured once a minute and kept as spans; and telling their officers of an outage.

Measured is what can be: whoever calls `watch` hands over what it found of the parts that all centres share. Whether
somebody answers the telephone is looked up here. A channel that nothing says anything of has no spans at all.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from case_store.cases.word_models import Channel
from case_store.clock import BANGKOK
from case_store.deadlines.calendar import OFFICE_CLOSES, WorkingCalendar
from case_store.outbox.notices import tell
from case_store.people.models import User
from case_store.people.presence import desired_members
from case_store.places.provinces import queue_of
from case_store.rotation.channels.alerts import who_is_told
from case_store.rotation.channels.answering import started_centres, who_answers
from case_store.rotation.rota.models import ChannelSpan
from case_store.rotation.today.shifts import on_shift

PHONE: Final = "phone_1567"
WEB: Final = "web_province"
UNSEEN: Final = timedelta(minutes=5)
"""After so long without a measurement, the time in between counts as not measured."""
SAME_OUTAGE: Final = timedelta(hours=1)
"""Down before and after a shorter time without measurements is one outage, of which is told once."""
KEPT: Final = timedelta(days=92)
_OFFICE_OPENS: Final = time(8, 30)


class Why(StrEnum):
    """What of a channel failed; the first that applies."""

    TELEPHONE = "telephone"
    """Asterisk does not answer."""
    FLOWS = "flows"
    """The call flows do not answer: callers hear the fallback, and reach the national centre alone."""
    NOBODY = "nobody"
    """In opening time nobody is ready to answer."""
    WEB_FORM = "web_form"


@dataclass(frozen=True)
class Measured:
    """What the parts said. `telephone`: None where this machine has none; else what failed, empty when nothing did.

    `web_forms`: by centre, whether the form answers; a centre without a known form is not in it.
    """

    telephone: str | None = None
    web_forms: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class _Reading:
    why: str
    closed: bool = False
    """Up because nobody has to be there now."""


def watch(
    session: Session, measured: Measured, *, at: datetime, told_after: timedelta, idle: timedelta
) -> int:
    """Keeps what was measured of all centres where somebody works, and tells whom it concerns; how many are down."""
    found = _readings(session, measured, at, idle)
    newest = {
        (one.centre_code, one.channel): one
        for one in session.scalars(
            select(ChannelSpan)
            .where(ChannelSpan.newest.is_(True))
            .with_for_update()
            .order_by(ChannelSpan.id)
        )
    }
    for key, reading in found.items():
        _keep(session, key, newest.get(key), reading, at, told_after)
    session.flush()
    return sum(bool(reading.why) for reading in found.values())


def forget_spans(session: Session, *, at: datetime) -> None:
    """Removes what is older than anybody looks at."""
    session.execute(delete(ChannelSpan).where(ChannelSpan.seen_at < at - KEPT))


def _readings(
    session: Session, measured: Measured, at: datetime, idle: timedelta
) -> dict[tuple[str, str], _Reading]:
    in_use = set(session.scalars(select(Channel.code).where(Channel.active)))
    centres = sorted(started_centres(session))
    found = {}
    if measured.telephone is not None and PHONE in in_use:
        open_now = _open(session, centres, at)
        queues = {one.queue for one in desired_members(session, at=at, idle=idle)}
        for code in centres:
            answered = queue_of(code) in queues
            nobody = code in open_now and not answered
            why = measured.telephone or (Why.NOBODY if nobody else "")
            found[code, PHONE] = _Reading(why, closed=not why and not answered)
    if WEB in in_use:
        for code in centres:
            if code in measured.web_forms:
                why = "" if measured.web_forms[code] else Why.WEB_FORM
                found[code, WEB] = _Reading(why)
    return found


def _open(session: Session, centres: Collection[str], at: datetime) -> set[str]:
    """Where somebody ought to answer: in office hours of working days, and whenever the rota has somebody on site."""
    local = at.astimezone(BANGKOK)
    found = set()
    if _OFFICE_OPENS <= local.time() < OFFICE_CLOSES:
        found = {
            one for one in centres if WorkingCalendar.of(session, one).is_working(local.date())
        }
    on_duty = on_shift(session, at).on_duty
    if on_duty:
        found |= set(session.scalars(select(User.centre_code).where(User.id.in_(on_duty))))
    return found


def _keep(
    session: Session,
    key: tuple[str, str],
    last: ChannelSpan | None,
    reading: _Reading,
    at: datetime,
    told_after: timedelta,
) -> None:
    """Lengthens the span or begins another; tells of an outage that lasts, once, and of its end."""
    span = last
    if last is None or last.why != reading.why or last.seen_at < at - UNSEEN:
        span = _begin(session, key, last, reading, at)
    elif last.seen_at < at:
        last.seen_at = at
    assert span is not None  # noqa: S101 (begun above where there was none)
    if span.why:
        if (
            span.told_at is None
            and span.down_since is not None
            and at - span.down_since >= told_after
            and _tell(session, span, "channel_down", at)
        ):
            span.told_at = at
    elif last is not None and last.why and last.told_at is not None:
        over_with_the_day = last.why == Why.NOBODY and reading.closed
        if not over_with_the_day:
            _tell(session, last, "channel_up", at)


def _begin(
    session: Session,
    key: tuple[str, str],
    last: ChannelSpan | None,
    reading: _Reading,
    at: datetime,
) -> ChannelSpan:
    goes_on = last is not None and last.why and reading.why and last.seen_at >= at - SAME_OUTAGE
    began_at = at
    if last is not None:
        if at - UNSEEN <= last.seen_at < at:
            began_at = last.seen_at  # nothing between two measurements is left out
        last.newest = None
        session.flush()
    span = ChannelSpan(
        centre_code=key[0], channel=key[1], why=reading.why, began_at=began_at, seen_at=at, newest=True,
        down_since=(last.down_since if goes_on and last else began_at) if reading.why else None,
        told_at=last.told_at if goes_on and last else None,
    )  # fmt: skip
    session.add(span)
    return span


def _tell(session: Session, span: ChannelSpan, kind: str, at: datetime) -> bool:
    """To the officer and the deputy, else to whoever is told of channels without one; whether there was anybody."""
    code = span.centre_code
    today = at.astimezone(BANGKOK).date()
    told = who_answers(session, code, span.channel, today).user_ids
    told = told or who_is_told(session, [code])[code]
    channel = session.get_one(Channel, span.channel)
    since = span.down_since or span.began_at
    facts: dict[str, Any] = {
        "centre": code,
        "why": span.why,
        "since": since.isoformat(),
        "minutes": int((at - since).total_seconds()) // 60,
        "channels_th": channel.name_th,
        "channels_en": channel.name_en,
    }
    tell(session, told, kind, at=at, **facts)
    return bool(told)
