"""Who answers for which channel, as rows of a page: each with its gaps, in words and in colour."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agent_console.formats import format_date
from agent_console.i18n import gettext, language
from case_store.cases.word_models import Channel
from case_store.places.provinces import Province
from case_store.rotation.channels.alerts import ENDS_SOON
from case_store.rotation.channels.answering import Responsible
from case_store.rotation.rota.models import ChannelOfficer

_DAY = timedelta(days=1)
_NOBODY = Responsible(None, None)


@dataclass(frozen=True)
class Gap:
    """What is missing, or nothing is; `level` colours it."""

    words: str
    level: str


@dataclass(frozen=True)
class ChannelRow:
    """A channel of a centre: the appointments that hold today, and those to come."""

    channel: Channel
    officer: ChannelOfficer | None
    deputy: ChannelOfficer | None
    coming: Sequence[ChannelOfficer]
    gaps: Sequence[Gap]

    @property
    def appointments(self) -> list[ChannelOfficer]:
        """All whose days can still be changed."""
        return [one for one in (self.officer, self.deputy) if one is not None] + list(self.coming)

    @property
    def forms(self) -> set[str]:
        """The names of the forms that stand in the row."""
        return {f"appoint-{self.channel.code}", *(f"days-{one.id}" for one in self.appointments)}

    @property
    def level(self) -> str:
        levels = {gap.level for gap in self.gaps}
        return next((one for one in ("bad", "warn") if one in levels), "")


@dataclass(frozen=True)
class CentreRow:
    """A centre of the matrix, with what each channel has."""

    centre: Province
    squares: Sequence[Gap]
    missing: int
    started: bool
    """Whether anybody works there who could be appointed."""


def channel_rows(
    channels: Sequence[Channel], appointed: Sequence[ChannelOfficer], today: date
) -> list[ChannelRow]:
    """A row for each channel; `appointed` are the centre's appointments that hold or will."""
    rows = []
    for channel in channels:
        of_it = [one for one in appointed if one.channel == channel.code]
        now = {one.is_deputy: one for one in of_it if one.first_day <= today}
        coming = [one for one in of_it if one.first_day > today]
        officer, deputy = now.get(False), now.get(True)
        rows.append(
            ChannelRow(channel, officer, deputy, coming, _gaps(officer, deputy, coming, today))
        )
    return rows


def centre_rows(
    centres: Sequence[Province],
    channels: Sequence[Channel],
    answering: Mapping[tuple[str, str], Responsible],
    started: Collection[str],
) -> list[CentreRow]:
    """A row for each centre of the matrix."""
    rows = []
    for centre in centres:
        found = [answering.get((centre.code, channel.code), _NOBODY) for channel in channels]
        missing = sum(one.officer is None for one in found)
        begun = centre.code in started
        squares = [_square(one, alarming=begun) for one in found]
        rows.append(CentreRow(centre, squares, missing, begun))
    return rows


def channel_name(channel: Channel) -> str:
    return channel.name(language())


def _square(found: Responsible, *, alarming: bool) -> Gap:
    if found.officer is None:
        return Gap(gettext("Nobody"), "bad" if alarming else "outline")
    if found.deputy is None:
        return Gap(gettext("No deputy"), "warn")
    return Gap(gettext("Both"), "good")


def _gaps(
    officer: ChannelOfficer | None,
    deputy: ChannelOfficer | None,
    coming: Sequence[ChannelOfficer],
    today: date,
) -> list[Gap]:
    gaps = []
    if officer is None:
        gaps.append(Gap(gettext("No responsible officer"), "bad"))
    if deputy is None:
        gaps.append(Gap(gettext("No deputy"), "warn"))
    begins = {(one.is_deputy, one.first_day) for one in coming}
    for one in (officer, deputy, *coming):
        if one is None or one.last_day is None or one.last_day > today + ENDS_SOON:
            continue
        if (one.is_deputy, one.last_day + _DAY) not in begins:
            gaps.append(Gap(_ends(one), "warn"))
    return gaps or [Gap(gettext("Officer and deputy"), "good")]


def _ends(one: ChannelOfficer) -> str:
    words = (
        gettext("Deputy ends on %(day)s, nobody follows")
        if one.is_deputy
        else gettext("Officer ends on %(day)s, nobody follows")
    )
    return words % {"day": format_date(one.last_day)}
