"""Alerts of gaps in the next fourteen days: each told once, again when it grows, and settled when it is filled."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.clock import BANGKOK
from case_store.outbox.notices import tell
from case_store.people.permissions import Action, Actor, visible_centres
from case_store.rotation.channels.answering import who_answers
from case_store.rotation.rota.gaps import AHEAD, Gap, cover, still_to_come
from case_store.rotation.rota.models import CoverAlert, CoverNeed, ShiftType
from case_store.rotation.rota.people_of_centre import deputy_governors, planners

PHONE: Final = "phone_1567"
ROUND: Final = 10
"""Each centre is looked at every so many minutes: seventy-eight at once would keep the store busy every minute."""
JUST_NOW: Final = timedelta(minutes=3)
"""Where the audit trail says that something changed, a centre is looked at at once; a late minute leaves none out."""
CHANGES: Final = ("rota.", "absence.", "swap.", "shift.", "terms.", "training.")
"""Actions of the audit trail after which somebody may be missing."""


def alert_some(session: Session, *, at: datetime) -> int:
    """The centres whose turn this minute is, and those where something changed; how many were told something."""
    centres = session.scalars(
        select(ShiftType.centre_code)
        .join(CoverNeed, CoverNeed.shift_type_id == ShiftType.id)
        .where(ShiftType.active)
        .distinct()
        .order_by(ShiftType.centre_code)
    ).all()
    turn = int(at.timestamp()) // 60 % ROUND
    changed = _changed(session, at)
    return sum(
        bool(alert_gaps(session, code, at=at))
        for code in centres
        if int(code) % ROUND == turn or code in changed
    )


def _changed(session: Session, at: datetime) -> set[str]:
    """The centres of whose rota, people or needs something changed in these minutes."""
    of_rotation = or_(*(AuditEntry.action.startswith(one, autoescape=True) for one in CHANGES))
    query = select(AuditEntry.chain).where(AuditEntry.at >= at - JUST_NOW, of_rotation)
    return set(session.scalars(query.distinct()))


def alert_gaps(session: Session, centre_code: str, *, at: datetime) -> list[Gap]:
    """Tells the responsible officer and the deputy of what is new or has grown; which gaps those are."""
    today = at.astimezone(BANGKOK).date()
    found = cover(session, centre_code, today, today + AHEAD)
    gaps = {_key(gap, found.needs): gap for gap in still_to_come(found.gaps, at)}
    known = {
        (one.day, one.shift_type_id): one
        for one in session.scalars(
            select(CoverAlert).where(
                CoverAlert.centre_code == centre_code, CoverAlert.filled_at.is_(None)
            )
        )
    }
    for key, told in known.items():
        if key not in gaps:
            told.filled_at = at
    news = []
    for (day, shift_type_id), gap in gaps.items():
        alert = known.get((day, shift_type_id))
        size = _size(gap)
        if alert is None:
            session.add(
                CoverAlert(
                    centre_code=centre_code, day=day, shift_type_id=shift_type_id, missing=size,
                    told_at=at,
                )
            )  # fmt: skip
            news.append(gap)
        elif size != alert.missing:
            if size > alert.missing:
                alert.told_at = at
                news.append(gap)
            alert.missing = size
    session.flush()
    if news:
        _tell(session, centre_code, news, at)
    return news


def answerable(session: Session, centre_code: str, day: date) -> list[int]:
    """The responsible officer of the telephone and the deputy; else who plans the rota; else the deputy governor."""
    return (
        who_answers(session, centre_code, PHONE, day).user_ids
        or planners(session, centre_code)
        or deputy_governors(session, centre_code)
    )


def open_alerts(session: Session, centre_code: str) -> Sequence[CoverAlert]:
    """What has been told and is not filled."""
    query = select(CoverAlert).where(
        CoverAlert.centre_code == centre_code, CoverAlert.filled_at.is_(None)
    )
    return session.scalars(query.order_by(CoverAlert.day, CoverAlert.id)).all()


def count_open_alerts(session: Session, *, by: Actor) -> int:
    """Gaps that were told and are not filled, at all centres that somebody watches."""
    seen = visible_centres(by, Action.WATCH_BOARD)
    query = select(func.count()).select_from(CoverAlert).where(CoverAlert.filled_at.is_(None))
    if seen is not None:
        query = query.where(CoverAlert.centre_code.in_(seen))
    return session.scalar(query) or 0


def _key(gap: Gap, needs: Collection[tuple[date, int]]) -> tuple[date, int]:
    """A day without a rota is one gap, kept under its first shift type."""
    if gap.shift_type is not None:
        return gap.day, gap.shift_type.id
    return gap.day, min(shift_id for day, shift_id in needs if day == gap.day)


def _size(gap: Gap) -> int:
    """Somebody experienced missing counts, too: the shift is not alone to be left to new people."""
    return max(gap.missing, gap.experienced_missing)


def _tell(session: Session, centre_code: str, news: Sequence[Gap], at: datetime) -> None:
    first = news[0]
    tell(
        session, answerable(session, centre_code, at.astimezone(BANGKOK).date()),
        "cover_gaps" if first.shift_type else "no_rota", at=at, centre=centre_code,
        day=first.day.isoformat(), missing=_size(first), gaps=len(news),
        shift_th=first.shift_type.name_th if first.shift_type else None,
        shift_en=first.shift_type.name_en if first.shift_type else None,
    )  # fmt: skip
