"""Days as people type them, periods of statistics, the picture of a year, and the geometry of charts."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_console.charts import bars, line_chart, stacked
from agent_console.days import BadDay, read_day, typed_day
from agent_console.demand_chart import demand_chart
from agent_console.i18n import reading_in
from agent_console.periods import choose_period
from agent_console.year_picture import weekday_names, year_picture

TODAY = date(2026, 11, 25)
COUNTS = st.dictionaries(st.text("abc", min_size=1), st.integers(0, 10**7), max_size=20)


@pytest.mark.parametrize(
    "typed", ["1/10/2569", "01-10-2569", "1.10.2026", "๑/๑๐/๒๕๖๙", " 2026-10-01 ", "2569-10-01"]
)
def test_a_day_is_understood_in_both_eras_and_both_kinds_of_digits(typed: str) -> None:
    assert read_day(typed) == date(2026, 10, 1)


@pytest.mark.parametrize("typed", ["31/2/2569", "10/2569", "tomorrow", "1/13/2569", "0/1/2569"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(BadDay):
        read_day(typed)


def test_an_empty_field_is_no_day_and_no_mistake() -> None:
    assert read_day("  ") is None


@given(st.dates(date(1950, 1, 1), date(2300, 1, 1)), st.sampled_from(["th", "en"]))
def test_a_day_that_is_shown_is_read_back(day: date, language: str) -> None:
    with reading_in(language):
        assert read_day(typed_day(day)) == day


def test_the_fiscal_year_begins_on_the_first_of_october() -> None:
    before = choose_period("fiscal_year", "", "", today=date(2026, 9, 30))
    after = choose_period("fiscal_year", "", "", today=date(2026, 10, 1))

    assert (before.from_day, before.to_day) == (date(2025, 10, 1), date(2026, 9, 30))
    assert (after.from_day, after.to_day) == (date(2026, 10, 1), date(2026, 10, 1))


def test_the_last_fiscal_year_is_whole() -> None:
    last = choose_period("last_fiscal_year", "", "", today=TODAY)

    assert (last.from_day, last.to_day) == (date(2025, 10, 1), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        ("x", "1/10/2569", "from"),
        ("1/10/2569", "", "to"),
        ("2/10/2569", "1/10/2569", "to"),
        ("1/1/2500", "1/1/2569", "to"),
    ],
)
def test_a_period_that_cannot_be_keeps_what_was_typed(first: str, last: str, wrong: str) -> None:
    period = choose_period("custom", first, last, today=TODAY)

    assert wrong in period.errors
    assert (period.from_typed, period.to_typed) == (first, last)


def test_a_year_shows_every_day_once_and_why_it_is_free() -> None:
    holidays = {date(2026, 1, 1): "วันขึ้นปีใหม่"}
    closures = {date(2026, 1, 2): "น้ำท่วม", date(2026, 1, 1): "ปิด"}

    months = year_picture(2026, holidays, closures)

    days = [day for month in months for week in month.weeks for day in week if day]
    assert len(days) == 365
    first, second, third = days[:3]
    assert (first.kind, second.name, third.kind) == ("closed", "น้ำท่วม", "weekend")
    assert all(len(week) == 7 for month in months for week in month.weeks)


def test_a_week_begins_on_sunday() -> None:
    with reading_in("en"):
        assert weekday_names()[0].startswith("Su")
        january = year_picture(2026, {}, {})[0]

    assert january.weeks[0][4] is not None
    assert january.weeks[0][:4] == [None] * 4


@given(COUNTS)
def test_bars_are_ranked_and_none_is_longer_than_the_whole(values: dict[str, int]) -> None:
    drawn = bars(values)

    assert [bar.value for bar in drawn] == sorted(values.values(), reverse=True)
    assert all(0 <= bar.share <= 100 for bar in drawn)
    assert not any(values.values()) or drawn[0].share == 100


@given(COUNTS.filter(lambda values: any(values.values())))
def test_a_stacked_bar_is_filled_without_gaps(values: dict[str, int]) -> None:
    parts = stacked(values)

    assert sum(part.share for part in parts) == pytest.approx(100, abs=0.01 * len(parts))
    for before, after in pairwise(parts):
        assert after.start == pytest.approx(before.start + before.share, abs=0.02)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=40))
def test_a_line_stays_on_its_paper_and_higher_is_more(pairs: list[tuple[int, int]]) -> None:
    series = {"received": [one for one, _ in pairs], "closed": [other for _, other in pairs]}
    chart = line_chart([str(number) for number in range(len(pairs))], series)

    points = [point for line in chart.lines.values() for point in line]
    assert all(0 <= point.x <= 100 and 0 <= point.y <= chart.height for point in points)
    assert len(chart.rules) <= 6
    highest = max(points, key=lambda point: point.value)
    assert highest.y == min(point.y for point in points)


@given(st.lists(st.floats(0, 10**4), min_size=1, max_size=96), st.integers(0, 500))
def test_a_picture_of_demand_has_a_step_for_each_half_hour(calls: list[float], agents: int) -> None:
    people = {"need": [agents] * len(calls), "roster": [place % 3 for place in range(len(calls))]}
    chart = demand_chart(calls, people, [("จ. 23", False), ("อ. 24", True)])

    assert list(chart.people.lines) == ["need", "roster"]
    assert chart.calls.lines["calls"].endswith(f"H{len(calls)}V{chart.calls.height}H0Z")
    assert all(line.endswith(f"H{len(calls)}") for line in chart.people.lines.values())
    assert chart.people.lines["need"].count("V") == 0, "a level line has no step"
    for panel in (chart.calls, chart.people):
        assert all(panel.top <= rule.y <= panel.top + panel.height for rule in panel.rules)
        assert panel.rules[-1].value >= (max(calls) if panel is chart.calls else agents)
    assert [day.special for day in chart.days] == [False, True]
    assert chart.days[1].x + chart.days[1].width <= 100


def test_a_line_of_people_has_a_gap_where_nothing_is_known() -> None:
    people = {"drafted": [None, 1, 1, None, 0, 2]}
    chart = demand_chart([0.0] * 6, people, [("จ. 23", False)])
    top = chart.people.height
    half = top / 2
    path = chart.people.lines["drafted"]
    assert path == f"M1 {half}H3M4 {float(top)}H5V0.0H6"
