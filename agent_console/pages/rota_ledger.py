"""The ledger of turns: everybody of a centre sees everybody's, so that turns can be seen to be fair."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from agent_console.dependencies import Reader
from agent_console.frame import Frame
from agent_console.i18n import N_, gettext
from agent_console.rota_centres import chosen_centre, seen_centres
from agent_console.rota_words import hours
from case_store.clock import BANGKOK, now
from case_store.rotation.rota.ledger import KINDS, LOOKS_BACK, Tally, ledger

router = APIRouter(include_in_schema=False, prefix="/rotation/ledger")
NAMES: Final = {
    "nights": N_("Nights"),
    "weekend_days": N_("Weekend days"),
    "holidays": N_("Public holidays"),
    "minutes": N_("Hours"),
}
_NEAR: Final = {"nights": 1.0, "weekend_days": 1.0, "holidays": 1.0, "minutes": 8 * 60.0}
"""So far from the fair share is as good as fair: one duty."""


@dataclass(frozen=True)
class Bar:
    """One figure as a bar; `share` and `fair` are per cent of the longest of its kind."""

    words: str
    share: float
    fair: float
    level: str


@router.get("")
def ledger_page(
    frame: Frame, store: Reader, centre: Annotated[str, Query(max_length=2)] = ""
) -> Response:
    actor, today = frame.reader.actor, now().astimezone(BANGKOK).date()
    code = chosen_centre(actor, centre)
    tallies = sorted(ledger(store, code, until=today).values(), key=lambda one: one.name)
    return frame.page(
        "rotation/ledger.html",
        centre=code,
        centres=seen_centres(actor),
        kinds=[(kind, gettext(NAMES[kind])) for kind in KINDS],
        rows=[(one, _bars(one, tallies)) for one in tallies],
        first=today - LOOKS_BACK,
        today=today,
        is_empty=not any(one.minutes or one.nights for one in tallies),
    )


def _bars(tally: Tally, tallies: list[Tally]) -> list[Bar]:
    return [_bar(tally, kind, tallies) for kind in KINDS]


def _bar(tally: Tally, kind: str, tallies: list[Tally]) -> Bar:
    value, fair = float(getattr(tally, kind)), tally.fair[kind]
    longest = max(max(float(getattr(one, kind)), one.fair[kind]) for one in tallies) or 1.0
    over = tally.over(kind)
    words = hours(int(value)) if kind == "minutes" else str(int(value))
    level = "even" if abs(over) <= _NEAR[kind] else "more" if over > 0 else "fewer"
    return Bar(words, round(100 * value / longest, 1), round(100 * fair / longest, 1), level)
