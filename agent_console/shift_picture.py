"""Shifts of a centre against the need, over 24 hours: a bar for each shift, and above them people needed and planned.

Measures: 48 half hours wide, 100 high for the lines; bars are placed in half hours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from case_store.rotation.rota.cover_needs import Profile, Wanted
from case_store.rotation.rota.models import ShiftPlace, ShiftType

SLOTS: Final = 48
HEIGHT: Final = 100.0
_SLOT: Final = 30


@dataclass(frozen=True)
class Bar:
    """One shift; `pieces` are (x, width) in half hours: two when it runs beyond midnight."""

    shift: ShiftType
    people: int
    pieces: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class ShiftPicture:
    """Of one weekday. `need` and `planned` are step lines as SVG paths; `short` are half hours with too few people."""

    bars: Sequence[Bar]
    need: str
    planned: str
    most: int
    short: Sequence[int]


def shift_picture(
    shifts: Sequence[ShiftType],
    needs: Mapping[int, Mapping[int, Wanted]],
    profile: Profile,
    weekday: int,
) -> ShiftPicture:
    """The day as it repeats: what reaches beyond midnight is counted for the early hours of the day itself."""
    bars = [
        Bar(one, _people(needs, one, weekday), _pieces(one))
        for one in shifts
        if one.place is ShiftPlace.ON_SITE
    ]
    planned = [sum(bar.people for bar in bars if _covers(bar, slot)) for slot in range(SLOTS)]
    need = list(profile.agents[weekday])
    most = max([1, *planned, *need])
    short = [slot for slot in range(SLOTS) if planned[slot] < need[slot]]
    return ShiftPicture(bars, _steps(need, most), _steps(planned, most), most, short)


def _people(needs: Mapping[int, Mapping[int, Wanted]], shift: ShiftType, weekday: int) -> int:
    wanted = needs.get(shift.id, {}).get(weekday)
    return wanted.people if wanted else 0


def _pieces(shift: ShiftType) -> list[tuple[float, float]]:
    begin, end = shift.start_minute / _SLOT, (shift.start_minute + shift.minutes) / _SLOT
    if end <= SLOTS:
        return [(begin, end - begin)]
    return [(begin, SLOTS - begin), (0.0, end - SLOTS)]


def _covers(bar: Bar, slot: int) -> bool:
    return any(x <= slot and slot + 1 <= x + width for x, width in bar.pieces)


def _steps(values: Sequence[int], most: int) -> str:
    parts = []
    for slot, value in enumerate(values):
        y = round(HEIGHT - HEIGHT * value / most, 2)
        parts.append(f"{'M' if slot == 0 else 'L'}{slot} {y}H{slot + 1}")
    return "".join(parts)
