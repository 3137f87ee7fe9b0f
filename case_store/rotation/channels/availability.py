"""How much of the last thirty days each channel of a centre worked, by what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.rota.models import ChannelSpan

DAYS: Final = 30
MOST_READ: Final = 20_000
"""Spans of a centre that are reckoned with: more than a minute's change all day long for a week."""
MOST_OUTAGES: Final = 20
AWAY: Final = timedelta(minutes=10)
"""After so long without a measurement nobody knows how a channel is now."""


@dataclass(frozen=True)
class DayOfChannel:
    """A day in Bangkok; both 0 where nothing was measured."""

    day: date
    up_seconds: float
    down_seconds: float

    @property
    def share(self) -> float | None:
        """Of what was measured, how much it was up, from 0 to 1."""
        return _share(self.up_seconds, self.down_seconds)


@dataclass(frozen=True)
class Availability:
    """The last thirty days of a channel, oldest first. `down`: what fails now; empty when nothing does."""

    days: Sequence[DayOfChannel]
    is_measured: bool
    """Whether anybody measures it now; the watch may be away."""
    down: str
    down_since: datetime | None

    @property
    def share(self) -> float | None:
        return _share(
            sum(one.up_seconds for one in self.days), sum(one.down_seconds for one in self.days)
        )


@dataclass(frozen=True)
class Outage:
    """A time that a channel was down. `ended_at`: when that was last measured; None: it still is."""

    channel: str
    why: str
    began_at: datetime
    ended_at: datetime | None
    told_at: datetime | None


def availability(
    session: Session, centre_code: str, *, by: Actor, at: datetime
) -> tuple[dict[str, Availability], list[Outage]]:
    """By channel, those that are measured; and the newest outages. Raises `NotAllowed`."""
    require(by, Action.SEE_ROTA, centre_code)
    today = at.astimezone(BANGKOK).date()
    days = [today - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    since = _midnight(days[0])
    query = (
        select(ChannelSpan)
        .where(ChannelSpan.centre_code == centre_code, ChannelSpan.seen_at >= since)
        .order_by(ChannelSpan.began_at.desc(), ChannelSpan.id.desc())
        .limit(MOST_READ)
    )
    by_channel: dict[str, list[ChannelSpan]] = {}
    for span in session.scalars(query):
        by_channel.setdefault(span.channel, []).append(span)
    found = {channel: _of(spans, days, at) for channel, spans in by_channel.items()}
    outages = [one for spans in by_channel.values() for one in _outages(spans, at)]
    outages.sort(key=lambda one: one.began_at, reverse=True)
    return found, outages[:MOST_OUTAGES]


def _of(spans: Sequence[ChannelSpan], days: Sequence[date], at: datetime) -> Availability:
    up, down = dict.fromkeys(days, 0.0), dict.fromkeys(days, 0.0)
    for span in spans:
        side = down if span.why else up
        day = max(span.began_at.astimezone(BANGKOK).date(), days[0])
        while day <= days[-1] and _midnight(day) < span.seen_at:
            begins = max(span.began_at, _midnight(day))
            ends = min(span.seen_at, _midnight(day + timedelta(days=1)))
            side[day] += max(0.0, (ends - begins).total_seconds())
            day += timedelta(days=1)
    newest = spans[0]
    measured = _is_measured(newest, at)
    fails = newest.why if measured else ""
    return Availability(
        [DayOfChannel(day, up[day], down[day]) for day in days],
        measured,
        fails,
        newest.down_since if fails else None,
    )


def _is_measured(span: ChannelSpan, at: datetime) -> bool:
    return bool(span.newest) and span.seen_at >= at - AWAY


def _outages(spans: Sequence[ChannelSpan], at: datetime) -> list[Outage]:
    """Spans of one outage (newest first) as one; of several causes the last one is named."""
    found: dict[datetime, Outage] = {}
    for span in spans:
        if not span.why or span.down_since is None:
            continue
        last = found.get(span.down_since)
        if last is None:
            ended = None if _is_measured(span, at) else span.seen_at
            last = Outage(span.channel, span.why, span.down_since, ended, span.told_at)
            found[span.down_since] = last
    # measured once, when the watch began: the system was just starting
    return [one for one in found.values() if one.ended_at is None or one.ended_at > one.began_at]


def _share(up: float, down: float) -> float | None:
    return up / (up + down) if up + down else None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BANGKOK)
