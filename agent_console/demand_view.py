"""A week of a centre's demand as the page shows it: tiles, the chart, and every half hour as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import get_day_names

from agent_console.demand_chart import DemandChart, demand_chart
from agent_console.i18n import language
from case_store.rotation.demand.need import SLOTS, Demand, Need, Why, slot_times


@dataclass(frozen=True)
class Busiest:
    """The half hour in which most people are needed."""

    day: date
    slot: int
    agents: int


@dataclass(frozen=True)
class DemandView:
    """What the template draws."""

    demand: Demand
    days: Sequence[tuple[date, bool]]
    """Each day, and whether offices are closed then beside weekends."""
    lines: Mapping[str, Sequence[int | None]]
    """What the rota, and a draft, say: people of each half hour."""
    chart: DemandChart
    busiest: Busiest

    @classmethod
    def of(
        cls, demand: Demand, rota: Mapping[str, Sequence[int | None] | None] | None = None
    ) -> "DemandView":
        """`rota`: further lines of people by name, a value for each half hour; None has no line."""
        dates = [demand.first_day + timedelta(days=place) for place in range(len(demand.days))]
        days = list(zip(dates, demand.special, strict=True))
        needs = [need for day in demand.days for need in day]
        people: dict[str, list[int | None]] = {"need": [need.agents for need in needs]}
        if any(need.standby for need in needs):
            people["standby"] = [need.standby for need in needs]
        lines = {name: list(line) for name, line in (rota or {}).items() if line is not None}
        people |= lines
        most = max(range(len(needs)), key=lambda place: (needs[place].agents, -place))
        return cls(
            demand=demand,
            days=days,
            lines=lines,
            chart=demand_chart(
                [need.calls for need in needs],
                people,
                [(day_name(day), special) for day, special in days],
            ),
            busiest=Busiest(dates[most // SLOTS], most % SLOTS, needs[most].agents),
        )

    @property
    def calls(self) -> int:
        """Calls of the whole time."""
        return round(sum(need.calls for day in self.demand.days for need in day))

    @property
    def person_hours(self) -> int:
        """Hours of people at the telephone, all together."""
        return round(sum(need.agents for day in self.demand.days for need in day) / 2)

    @property
    def rows(self) -> list[tuple[str, list[Need]]]:
        """A row for each half hour, with a need for each day."""
        return [
            (f"{slot_times(slot)}–{slot_times(slot + 1)}", [day[slot] for day in self.demand.days])
            for slot in range(SLOTS)
        ]

    def planned(self, day: int, slot: int) -> str:
        """Who is on duty by the rota, and in brackets by the draft, for the table; empty where there is no line."""
        place = day * SLOTS + slot
        words = str(line[place]) if (line := self.lines.get("on_duty")) else ""
        draft = self.lines.get("drafted")
        if draft and draft[place] is not None:
            words += f" ({draft[place]})"
        return words.strip()

    def marks(self, need: Need) -> bool:
        """Whether somebody set it by hand."""
        return need.why is Why.BY_HAND


def day_name(day: date) -> str:
    """จ. 23 · Mon 23"""
    return f"{get_day_names('abbreviated', locale=language())[day.weekday()]} {day.day}"


def weekday_choices() -> list[tuple[int, str]]:
    """Monday first, in the reader's words."""
    names = get_day_names("wide", locale=language())
    return [(number, names[number]) for number in range(7)]


def times_from() -> list[tuple[int, str]]:
    return [(slot, slot_times(slot)) for slot in range(SLOTS)]


def times_before() -> list[tuple[int, str]]:
    return [(slot, slot_times(slot)) for slot in range(1, SLOTS + 1)]
