"""How much of the last thirty days a channel worked, as a strip of days and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent_console.formats import format_date
from agent_console.i18n import N_, gettext
from case_store.rotation.channels.availability import Availability, DayOfChannel
from case_store.rotation.channels.watching import Why

HEIGHT: Final = 24
STEP: Final = 6
WIDTH: Final = 5
LEAST_SEEN: Final = 3
"""An outage of a minute is to be seen, too."""
WHY_WORDS: Final[Mapping[str, str]] = {
    Why.TELEPHONE: N_("The telephone exchange does not answer."),
    Why.FLOWS: N_("The call flows do not answer: callers reach the national centre alone."),
    Why.NOBODY: N_("Nobody is ready to answer in opening time."),
    Why.WEB_FORM: N_("The web form does not answer."),
}


@dataclass(frozen=True)
class DayBar:
    """A day of the strip: how much of its height was down; None where nothing was measured."""

    x: int
    down: int | None
    words: str


@dataclass(frozen=True)
class Strip:
    """A channel's picture. `words` say what it shows; `level` colours what is so now."""

    bars: Sequence[DayBar]
    share: str
    words: str
    now: str
    level: str

    @property
    def width(self) -> int:
        return len(self.bars) * STEP


def strip_of(found: Availability) -> Strip | None:
    """None where nothing was measured in the time shown."""
    if found.share is None and not found.down:
        return None
    share = percent(found.share if found.share is not None else 0.0)
    measured = sum(day.share is not None for day in found.days)
    words = gettext(
        "It worked %(share)s %% of the time measured in the last %(days)s days; measured on %(measured)s of them."
    ) % {"share": share, "days": len(found.days), "measured": measured}
    return Strip(
        [_bar(number, day) for number, day in enumerate(found.days)],
        share,
        words,
        *_now(found),
    )


def _now(found: Availability) -> tuple[str, str]:
    if not found.is_measured:
        return gettext("Not measured now"), "outline"
    return (gettext("Down now"), "bad") if found.down else (gettext("Works"), "good")


def percent(share: float) -> str:
    """With one decimal, and never 100.0 or 0.0 for what is not quite that."""
    value = round(share * 100, 1)
    if value >= 100 and share < 1:
        value = 99.9
    if value <= 0 < share:
        value = 0.1
    return f"{value:.1f}"


def why_words(code: str) -> str:
    return gettext(WHY_WORDS[code]) if code in WHY_WORDS else code


def _bar(number: int, day: DayOfChannel) -> DayBar:
    share = day.share
    if share is None:
        return DayBar(number * STEP, None, format_date(day.day))
    down = round((1 - share) * HEIGHT)
    if share < 1:
        down = max(LEAST_SEEN, down)
    words = gettext("%(day)s, %(share)s %%") % {
        "day": format_date(day.day),
        "share": percent(share),
    }
    return DayBar(number * STEP, down, words)
