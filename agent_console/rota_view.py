"""A month or a week of a centre as the calendar page draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from agent_console.formats import format_date, format_month_of
from agent_console.i18n import THAI, gettext, language
from agent_console.rota_words import (
    CAUSE_SIGNS,
    absence_words,
    cause_words,
    day_words,
    hours,
    shift_name,
    shift_times,
    weekday,
)
from case_store.exchange.thai_style import centre_name
from case_store.rotation.calendar.sheet import Cover, Line, Sheet, Square
from case_store.rotation.rota.models import Rota, RotaState, ShiftPlace, ShiftType

_TONES: Final = ("day", "evening", "green", "violet", "grey")


class View(StrEnum):
    MONTH = "month"
    WEEK = "week"


@dataclass(frozen=True)
class Period:
    """The days of a view around a day."""

    view: View
    first: date
    last: date

    @classmethod
    def of(cls, view: View, day: date) -> "Period":
        if view is View.WEEK:
            monday = day - timedelta(days=day.weekday())
            return cls(view, monday, monday + timedelta(days=6))
        first = day.replace(day=1)
        return cls(view, first, _next_month(first) - timedelta(days=1))

    @property
    def before(self) -> date:
        return self.first - timedelta(days=1)

    @property
    def after(self) -> date:
        return self.last + timedelta(days=1)

    @property
    def words(self) -> str:
        """ธันวาคม 2569; 7 ธ.ค. 2569 – 13 ธ.ค. 2569"""
        if self.view is View.MONTH:
            return format_month_of(self.first)
        return f"{format_date(self.first)} – {format_date(self.last)}"


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True)
class DayHead:
    """A column's head. `kind`: "", weekend or holiday; `rota_id`: what the column is edited in."""

    day: date
    weekday: str
    kind: str
    is_today: bool
    words: str
    rota_id: int | None
    is_open: bool
    """Whether an ordinary edit is possible: there is a rota, and neither it nor the day is over."""

    @property
    def classes(self) -> str:
        """For the style sheet."""
        found = [self.kind] if self.kind else []
        if self.is_today:
            found.append("today")
        if self.rota_id is None:
            found.append("no-rota")
        elif not self.is_open:
            found.append("closed")
        return " ".join(found)


@dataclass(frozen=True)
class Shift:
    """A kind of duty in the legend and the cell's menu."""

    code: str
    name: str
    times: str
    tone: str
    is_standby: bool
    is_active: bool


@dataclass(frozen=True)
class Cell:
    """One person's day. `words` is all of it for those who hear the page."""

    head: DayHead
    code: str
    tone: str
    is_standby: bool
    times: str
    name: str
    sign: str
    explanation: str
    is_away: bool
    words: str


@dataclass(frozen=True)
class Row:
    """A person and their days."""

    user_id: int
    name: str
    is_reader: bool
    cells: tuple[Cell, ...]
    nights: int
    weekends: int
    hours: str


@dataclass(frozen=True)
class CoverCell:
    """How many are there on a day: words, and whether somebody is missing."""

    head: DayHead
    have: int
    need: int
    missing: int
    words: str


@dataclass(frozen=True)
class CoverRow:
    shift: Shift
    cells: tuple[CoverCell, ...]
    names: tuple[tuple[str, ...], ...]
    """Who is on the shift on each day."""


@dataclass(frozen=True)
class CalendarView:
    """What the template draws."""

    sheet: Sheet
    heads: tuple[DayHead, ...]
    rows: tuple[Row, ...]
    shifts: tuple[Shift, ...]
    covers: tuple[CoverRow, ...]
    holidays: tuple[tuple[date, str], ...]

    @property
    def missing(self) -> int:
        """Turns that nobody has, of today and later."""
        return sum(
            cell.missing
            for row in self.covers
            for cell in row.cells
            if cell.head.is_open or cell.head.is_today
        )

    @property
    def causes(self) -> list[tuple[str, str]]:
        """The signs that are on the page, with their words."""
        found = {
            square.change.cause
            for line in self.sheet.lines
            for square in line.squares
            if square.change
        }
        return [(sign, cause_words(cause)) for cause, sign in CAUSE_SIGNS.items() if cause in found]

    @property
    def centre(self) -> str:
        """As it stands on official paper."""
        return centre_name(self.sheet.centre_code, language())

    @property
    def is_empty(self) -> bool:
        return not self.sheet.rotas


def view_of(
    sheet: Sheet, *, today: date, reader_id: int | None, sees_reasons: bool
) -> CalendarView:
    """`sees_reasons`: a planner reads what kind of leave it is, and why a duty was changed; colleagues do not."""
    heads = tuple(_head(day, sheet, today) for day in sheet.days)
    tones = _tones(sheet.shift_types)
    shifts = {one.id: _shift(one, tones[one.id]) for one in sheet.shift_types}
    rows = tuple(
        _row(line, heads, tones, is_reader=line.user.id == reader_id, sees_reasons=sees_reasons)
        for line in sheet.lines
    )
    covers = tuple(
        _cover(one, shifts[one.shift_type.id], heads, sheet)
        for one in sheet.covers
        if any(one.have) or any(one.need)
    )
    names = tuple((day, _holiday_name(sheet, day)) for day in sheet.holidays)
    return CalendarView(sheet, heads, rows, tuple(shifts.values()), covers, names)


def _head(day: date, sheet: Sheet, today: date) -> DayHead:
    holiday = _holiday_name(sheet, day)
    rota = sheet.rotas.get(day)
    words = f"{day_words(day)}{f', {holiday}' if holiday else ''}"
    return DayHead(
        day=day,
        weekday=weekday(day),
        kind="holiday" if holiday else "weekend" if day.weekday() >= 5 else "",
        is_today=day == today,
        words=gettext("%(day)s, today", day=words) if day == today else words,
        rota_id=rota.id if rota else None,
        is_open=rota is not None and _is_open(rota, day, today),
    )


def _is_open(rota: Rota, day: date, today: date) -> bool:
    return rota.state is RotaState.DRAFT or (rota.state is RotaState.PUBLISHED and day >= today)


def _holiday_name(sheet: Sheet, day: date) -> str:
    holiday = sheet.holidays.get(day)
    if holiday is None:
        return ""
    return holiday.name_th if language() == THAI else holiday.name_en


def _tones(types: Sequence[ShiftType]) -> dict[int, str]:
    """Nights are dark, and every other shift has a colour of its own while there are some."""
    found: dict[int, str] = {}
    by_day = 0
    for shift in types:
        if (shift.is_night and shift.start_minute >= 20 * 60) or shift.start_minute < 6 * 60:
            found[shift.id] = "night"
        else:
            found[shift.id] = _TONES[by_day % len(_TONES)]
            by_day += 1
    return found


def _shift(shift: ShiftType, tone: str) -> Shift:
    return Shift(
        code=shift.code,
        name=shift_name(shift),
        times=shift_times(shift),
        tone=tone,
        is_standby=shift.place is ShiftPlace.STANDBY,
        is_active=shift.active,
    )


def _row(
    line: Line,
    heads: Sequence[DayHead],
    tones: dict[int, str],
    *,
    is_reader: bool,
    sees_reasons: bool,
) -> Row:
    cells = tuple(
        _cell(square, head, line.user.display_name, tones, sees_reasons=sees_reasons)
        for square, head in zip(line.squares, heads, strict=True)
    )
    return Row(
        user_id=line.user.id,
        name=line.user.display_name,
        is_reader=is_reader,
        cells=cells,
        nights=line.nights,
        weekends=line.weekends,
        hours=hours(line.minutes),
    )


def _cell(
    square: Square, head: DayHead, name: str, tones: dict[int, str], *, sees_reasons: bool
) -> Cell:
    duty, change = square.duty, square.change
    away = ""
    if square.absence:
        away = absence_words(square.absence) if sees_reasons else gettext("On leave")
    explanation = cause_words(change.cause) if change else ""
    if change and change.reason and sees_reasons:
        explanation += f": {change.reason}"
    what = (
        f"{duty.shift_type.code} {shift_times(duty.shift_type)} {shift_name(duty.shift_type)}"
        if duty
        else gettext("off duty")
    )
    return Cell(
        head=head,
        code=duty.shift_type.code if duty else "",
        tone=tones[duty.shift_type.id] if duty else "",
        is_standby=bool(duty and duty.is_standby),
        times=shift_times(duty.shift_type) if duty else "",
        name=shift_name(duty.shift_type) if duty else "",
        sign=CAUSE_SIGNS.get(change.cause, "") if change else "",
        explanation=explanation,
        is_away=bool(square.absence),
        words=" · ".join(part for part in (name, head.words, what, away, explanation) if part),
    )


def _cover(cover: Cover, shift: Shift, heads: Sequence[DayHead], sheet: Sheet) -> CoverRow:
    cells = tuple(
        CoverCell(head, have, need, missing, _cover_words(have, need, missing))
        for head, have, need, missing in zip(
            heads, cover.have, cover.need, cover.missing, strict=True
        )
    )
    names = tuple(
        tuple(
            line.user.display_name
            for line in sheet.lines
            if (duty := line.squares[place].duty) and duty.shift_type.id == cover.shift_type.id
        )
        for place in range(len(heads))
    )
    return CoverRow(shift, cells, names)


def _cover_words(have: int, need: int, missing: int) -> str:
    if missing:
        return gettext(
            "%(have)s of %(need)s, %(missing)s missing", have=have, need=need, missing=missing
        )
    return gettext("%(have)s of %(need)s", have=have, need=need) if need else str(have)
