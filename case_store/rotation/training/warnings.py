"""Warnings that a certificate ends: 60, 30 and 7 days ahead, each once, to the person and to who runs the centre."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.outbox.notices import tell
from case_store.people.models import Role, User
from case_store.rotation.training.gate import certificates_in_force, covers
from case_store.rotation.training.models import Certificate

DAYS_AHEAD: Final = (60, 30, 7)


def warn_of_ends(session: Session, *, at: datetime, limit: int) -> int:
    """Sends what is due of at most `limit` certificates; how many were looked at. Who was away for weeks gets one."""
    today = at.astimezone(BANGKOK).date()
    ending = session.scalars(
        select(Certificate)
        .join(User, User.id == Certificate.user_id)
        .where(
            User.active,
            Certificate.revoked_at.is_(None),
            Certificate.last_day >= today,
            or_(
                *(
                    (Certificate.last_day <= today + timedelta(days=days))
                    & (Certificate.warned_days.is_(None) | (Certificate.warned_days > days))
                    for days in DAYS_AHEAD
                )
            ),
        )
        .order_by(Certificate.id)
        .limit(limit)
        .with_for_update(of=Certificate, skip_locked=True)
    ).all()
    for certificate in ending:
        left = (certificate.last_day - today).days
        certificate.warned_days = min(days for days in DAYS_AHEAD if left <= days)
        if not _is_renewed(session, certificate):
            _warn(session, certificate, left, at)
    session.flush()
    return len(ending)


def _is_renewed(session: Session, certificate: Certificate) -> bool:
    after = certificate.last_day + timedelta(days=1)
    held = certificates_in_force(
        session, [certificate.user_id], first=after, last=after, channel=certificate.channel
    )
    return covers(held, after, after)


def _warn(session: Session, certificate: Certificate, left: int, at: datetime) -> None:
    about: dict[str, Any] = {
        "course_th": certificate.course.name_th,
        "course_en": certificate.course.name_en,
        "day": certificate.last_day.isoformat(),
        "left": left,
    }
    tell(session, [certificate.user_id], "certificate_ends", at=at, **about)
    supervisors = session.scalars(
        select(User.id).where(
            User.active,
            User.role == Role.SUPERVISOR,
            User.centre_code == certificate.user.centre_code,
            User.id != certificate.user_id,
        )
    ).all()
    name = certificate.user.display_name
    tell(session, supervisors, "certificate_of_ends", at=at, name=name, **about)
