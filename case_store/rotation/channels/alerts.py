"""Alerts of channels for which nobody answers: to the deputy governor, once for each gap, and again every seven days.

A centre where nobody works yet is left alone, and one notice names all channels of a centre that are new or due again:
a centre that begins has a dozen gaps, and its deputy governor wants to read of them once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from case_store.audit.trail import lock_chains
from case_store.cases.word_models import Channel
from case_store.deadlines.calendar import day_of
from case_store.outbox.notices import tell
from case_store.people.models import Role, User
from case_store.places.provinces import NATIONAL
from case_store.rotation.channels.answering import started_centres, without_officer
from case_store.rotation.rota.models import ChannelAlert, ChannelOfficer

AGAIN: Final = timedelta(days=7)
ENDS_SOON: Final = timedelta(days=14)
MOST_NAMED: Final = 5
"""So many channels stand in a notice by name; how many there are it says anyway."""
_DAY: Final = timedelta(days=1)

Open = Mapping[tuple[str, str], ChannelAlert]
"""What was told and is not settled, by centre and channel."""


def alert_channels(session: Session, *, at: datetime, limit: int) -> int:
    """Settles what is filled, and tells of what is new or due again at `limit` centres at most; at how many it did."""
    gaps = without_officer(session, day_of(at))
    known = _open_alerts(session)
    _settle(known, gaps, at)
    told = who_is_told(session, started_centres(session))
    todo = [code for code in gaps if told.get(code) and _due(code, gaps[code], known, at)][:limit]
    lock_chains(session, todo)  # who appoints at this moment waits, or was waited for
    for code in todo:
        _alert(session, code, told[code], at)
    session.flush()
    return len(todo)


def look_again(
    session: Session, centre_code: str, channels: Collection[str], *, at: datetime
) -> None:
    """The same at once for channels of a centre whose officers changed; who changed them has locked its audit chain.

    Only these: whoever appoints the officers of a new centre one after the other makes no gaps.
    """
    gaps = without_officer(session, day_of(at), centre_code)
    _settle(_open_alerts(session, centre_code), gaps, at)
    told = who_is_told(session, started_centres(session) & {centre_code})
    if told.get(centre_code):
        _alert(session, centre_code, told[centre_code], at, channels)
    session.flush()


def warn_of_ends(session: Session, *, at: datetime, limit: int) -> int:
    """Tells, 14 days before, of at most `limit` appointments that end without a successor; how many were.

    Once for each last day: who gets a longer appointment is warned of its end, too.
    """
    ending = _ending(session, day_of(at))[:limit]
    told = who_is_told(session, {one.centre_code for one in ending})
    names = {one.code: one for one in session.scalars(select(Channel))}
    for one in ending:
        assert one.last_day is not None  # noqa: S101 (the query asks for it)
        one.warned_of = one.last_day
        tell(
            session, [one.user_id, *told.get(one.centre_code, [])],
            "channel_deputy_ends" if one.is_deputy else "channel_officer_ends", at=at,
            centre=one.centre_code, name=one.user.display_name, day=one.last_day.isoformat(),
            channels_th=names[one.channel].name_th, channels_en=names[one.channel].name_en,
        )  # fmt: skip
    session.flush()
    return len(ending)


def _ending(session: Session, today: date) -> list[ChannelOfficer]:
    """What ends soon, was not warned of, and has nobody appointed for the day after."""
    last = today + ENDS_SOON
    ending = session.scalars(
        select(ChannelOfficer)
        .join(User, User.id == ChannelOfficer.user_id)
        .join(Channel, Channel.code == ChannelOfficer.channel)
        .where(
            User.active,
            Channel.active,
            ChannelOfficer.last_day.between(today, last),
            or_(
                ChannelOfficer.warned_of.is_(None),
                ChannelOfficer.warned_of != ChannelOfficer.last_day,
            ),
        )
        .order_by(ChannelOfficer.id)
        .with_for_update(of=ChannelOfficer, skip_locked=True)
    ).all()
    coming = select(ChannelOfficer).where(ChannelOfficer.first_day.between(today, last + _DAY))
    begins = {(*_post(one), one.first_day) for one in session.scalars(coming)}
    return [
        one
        for one in ending
        if one.last_day is not None and (*_post(one), one.last_day + _DAY) not in begins
    ]


def _post(one: ChannelOfficer) -> tuple[str, str, bool]:
    return one.centre_code, one.channel, one.is_deputy


def _alert(
    session: Session,
    code: str,
    told: Iterable[int],
    at: datetime,
    among: Collection[str] | None = None,
) -> None:
    channels = [
        one
        for one in without_officer(session, day_of(at), code).get(code, [])
        if among is None or one.code in among
    ]
    known = _open_alerts(session, code)
    due = _due(code, channels, known, at)
    for channel in due:
        alert = known.get((code, channel.code))
        if alert is None:
            session.add(ChannelAlert(centre_code=code, channel=channel.code, told_at=at))
        else:
            alert.told_at = at
    if due:
        more = " …" if len(due) > MOST_NAMED else ""
        tell(
            session, told, "channels_without_officer", at=at, centre=code, count=len(due),
            channels_th=", ".join(one.name_th for one in due[:MOST_NAMED]) + more,
            channels_en=", ".join(one.name_en for one in due[:MOST_NAMED]) + more,
        )  # fmt: skip


def _due(code: str, channels: Sequence[Channel], known: Open, at: datetime) -> list[Channel]:
    """Of the channels without an officer, those of which nobody was told in the last seven days."""
    return [
        one
        for one in channels
        if (alert := known.get((code, one.code))) is None
        or day_of(alert.told_at) <= day_of(at) - AGAIN
    ]


def _settle(known: Open, gaps: Mapping[str, Sequence[Channel]], at: datetime) -> None:
    for (code, channel), alert in known.items():
        if channel not in {one.code for one in gaps.get(code, ())}:
            alert.settled_at = at


def _open_alerts(session: Session, centre_code: str | None = None) -> Open:
    query = select(ChannelAlert).where(ChannelAlert.settled_at.is_(None))
    if centre_code:
        query = query.where(ChannelAlert.centre_code == centre_code)
    return {(one.centre_code, one.channel): one for one in session.scalars(query)}


def who_is_told(session: Session, centre_codes: Iterable[str]) -> dict[str, list[int]]:
    """Whom an alert goes to, by centre: its deputy governors; else its supervisors; else the ministry's officers."""
    roles = (Role.DEPUTY_GOVERNOR, Role.SUPERVISOR, Role.NATIONAL_OFFICER)
    query = select(User.id, User.role, User.centre_code).where(User.active, User.role.in_(roles))
    found: dict[tuple[str, Role], list[int]] = defaultdict(list)
    for user_id, role, centre in session.execute(query.order_by(User.id)):
        found[centre, role].append(user_id)
    national = found.get((NATIONAL, Role.NATIONAL_OFFICER), [])
    return {
        code: found.get((code, Role.DEPUTY_GOVERNOR))
        or found.get((code, Role.SUPERVISOR))
        or national
        for code in centre_codes
    }
