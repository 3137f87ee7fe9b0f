"""Statistics as the page shows them: bars, lines and rows with the reader's words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from babel.dates import get_month_names
from sqlalchemy.orm import Session

from agent_console.charts import Bar, LineChart, Segment, bars, line_chart, stacked
from agent_console.formats import place_name, shown_year
from agent_console.i18n import language
from agent_console.labels import label
from case_store.cases.word_models import Category, Channel
from case_store.cases.words import every_word
from case_store.statistics.overview import Month, Overview, Period

Words = Callable[[str], str]
MOST_BARS: Final = 77
_LONGEST_CHART: Final = 24
"""Months of which each still has its own point and its own name."""


@dataclass(frozen=True)
class BarList:
    """One list of bars: `words` says what a code means."""

    id: str
    bars: Sequence[Bar]
    words: Words


@dataclass(frozen=True)
class Shade:
    """A province on the map: 0 none, then 1 to 5 by how many cases it has of the most."""

    code: str
    step: int


@dataclass(frozen=True)
class StatisticsView:
    """What the template draws."""

    figures: Overview
    months: Sequence[tuple[str, Month]]
    chart: LineChart | None
    lists: Sequence[BarList]
    ages: Sequence[Segment]
    shades: Sequence[Shade]

    @classmethod
    def of(cls, store: Session, figures: Overview, period: Period) -> "StatisticsView":
        months = [(_month_name(code), month) for code, month in _months(figures, period).items()]
        return cls(
            figures=figures,
            months=months,
            chart=_chart(months) if 1 < len(months) <= _LONGEST_CHART else None,
            lists=_lists(store, figures),
            ages=stacked(figures.ages),
            shades=_shades(figures.by_province),
        )


def _months(figures: Overview, period: Period) -> Mapping[str, Month]:
    """Every month of the period, those without a case too: a line must not jump over them."""
    found: dict[str, Month] = {}
    year, month = period.from_day.year, period.from_day.month
    while (year, month) <= (period.to_day.year, period.to_day.month):
        code = f"{year}-{month:02d}"
        found[code] = figures.by_month.get(code, Month(0, 0))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def _month_name(code: str) -> str:
    year, month = map(int, code.split("-"))
    name = get_month_names("abbreviated", locale=language())[month]
    return f"{name} {shown_year(year) % 100:02d}"


def _chart(months: Sequence[tuple[str, Month]]) -> LineChart:
    return line_chart(
        [name for name, _ in months],
        {
            "received": [month.received for _, month in months],
            "closed": [month.closed for _, month in months],
        },
    )


def _lists(store: Session, figures: Overview) -> list[BarList]:
    categories = {word.code: word.name(language()) for word in every_word(store, Category)}
    channels = {word.code: word.name(language()) for word in every_word(store, Channel)}
    lists = [
        BarList("by_category", bars(figures.by_category), lambda code: categories.get(code, code)),
        BarList("by_channel", bars(figures.by_channel), lambda code: channels.get(code, code)),
        BarList("by_state", bars(figures.by_state), lambda code: label("case_state", code)),
        BarList("outcomes", bars(figures.outcomes), lambda code: label("outcome_of_case", code)),
    ]
    if len(figures.by_province) > 1:
        provinces = bars(figures.by_province, most=MOST_BARS)
        lists.append(BarList("by_province", provinces, lambda code: place_name(code) or code))
    return [one for one in lists if one.bars]


def _shades(by_province: Mapping[str, int]) -> list[Shade]:
    """Only with provinces to compare."""
    if len(by_province) < 2:
        return []
    most = max(by_province.values())
    return [
        Shade(code, min(5, 1 + 5 * number // (most + 1))) for code, number in by_province.items()
    ]
