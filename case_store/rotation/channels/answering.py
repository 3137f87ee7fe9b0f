"""Who answers for a channel of a centre on a day; and for which channels nobody does.

An appointment counts only while the person still works at that centre, whatever its days say: who left answers for
nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from case_store.cases.word_models import Channel
from case_store.people.models import Role, User
from case_store.places.provinces import centres
from case_store.rotation.rota.models import ChannelOfficer

APPOINTABLE: Final = (Role.AGENT, Role.CASE_OFFICER, Role.SUPERVISOR, Role.NATIONAL_OFFICER)
"""Those who do the centre's work. Governors are told of a gap, agencies and inspectors are not of the centre."""


@dataclass(frozen=True)
class Responsible:
    """Who answers for a channel; None where nobody does."""

    officer: User | None
    deputy: User | None

    @property
    def user_ids(self) -> list[int]:
        """Whom to tell, the officer first."""
        return [one.id for one in (self.officer, self.deputy) if one is not None]


def who_answers(session: Session, centre_code: str, channel: str, on: date) -> Responsible:
    """The responsible officer and the deputy of a channel of a centre on a day."""
    query = (
        select(ChannelOfficer)
        .join(User, User.id == ChannelOfficer.user_id)
        .where(
            in_force(on),
            ChannelOfficer.centre_code == centre_code,
            ChannelOfficer.channel == channel,
        )
    )
    return _responsible(session.scalars(query.order_by(ChannelOfficer.id)))


def all_who_answer(
    session: Session, centre_codes: Collection[str], on: date
) -> dict[tuple[str, str], Responsible]:
    """The same for many centres in one query, by centre and channel; what nobody answers for is not in it."""
    query = (
        select(ChannelOfficer)
        .join(User, User.id == ChannelOfficer.user_id)
        .where(in_force(on), ChannelOfficer.centre_code.in_(centre_codes))
    )
    found: dict[tuple[str, str], list[ChannelOfficer]] = defaultdict(list)
    for one in session.scalars(query.order_by(ChannelOfficer.id)):
        found[one.centre_code, one.channel].append(one)
    return {key: _responsible(several) for key, several in found.items()}


def without_officer(
    session: Session, on: date, centre_code: str | None = None
) -> dict[str, list[Channel]]:
    """By centre, the channels in use that have no responsible officer on a day, in the list's order; one query."""
    taken = and_(
        ChannelOfficer.channel == Channel.code, ChannelOfficer.is_deputy.is_(False), in_force(on)
    )
    query = (
        select(Channel, ChannelOfficer.centre_code)
        .outerjoin(ChannelOfficer.__table__.join(User.__table__), taken)
        .where(Channel.active)
        .order_by(Channel.position, Channel.code)
    )
    answered: dict[Channel, set[str]] = {}
    for channel, centre in session.execute(query):
        answered.setdefault(channel, set()).add(centre)
    codes = [centre_code] if centre_code else [one.code for one in centres()]
    gaps = {
        code: [channel for channel, having in answered.items() if code not in having]
        for code in codes
    }
    return {code: channels for code, channels in gaps.items() if channels}


def started_centres(session: Session) -> set[str]:
    """Where somebody works whom a channel could be given to. That others have no officers is no news to anybody."""
    query = select(User.centre_code).where(User.active, User.role.in_(APPOINTABLE)).distinct()
    return set(session.scalars(query))


def in_force(on: date) -> ColumnElement[bool]:
    """The condition that an appointment, joined with its `User`, counts on a day."""
    return and_(
        ChannelOfficer.first_day <= on,
        or_(ChannelOfficer.last_day.is_(None), ChannelOfficer.last_day >= on),
        works_there(),
    )


def works_there() -> ColumnElement[bool]:
    """The condition that the person of an appointment, joined with its `User`, is still at its centre."""
    return and_(
        User.active,
        User.centre_code == ChannelOfficer.centre_code,
        User.role.in_(APPOINTABLE),
    )


def _responsible(appointed: Iterable[ChannelOfficer]) -> Responsible:
    by_post = {one.is_deputy: one.user for one in appointed}
    return Responsible(officer=by_post.get(False), deputy=by_post.get(True))
