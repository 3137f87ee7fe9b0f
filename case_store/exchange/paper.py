"""A sheet of an official document: margins, the Thai font with its marks in place, page numbers, secrecy."""

from codecs import BOM_UTF16_BE
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import Align
from sqlalchemy.orm import Session

from case_store.exchange.line_breaking import lines_of
from case_store.settings import CHECKOUT

FONT: Final = "Laksaman"
FILES: Final = {"": "Laksaman.ttf", "B": "Laksaman-Bold.ttf"}
_SIZE: Final = 15
_SMALL: Final = 11
_LINE: Final = 7.3
_LEFT, _TOP, _RIGHT, _BOTTOM = 30, 20, 20, 22
_RED: Final = (180, 0, 0)


class FontMissing(Exception):
    """The Thai font of documents is not there; the message says what to do."""


def fonts_of(session: Session) -> Path:
    """The folder of the font. Raises `FontMissing`."""
    folder = session.info.get("fonts") or CHECKOUT / ".tools" / "fonts"
    absent = [name for name in FILES.values() if not (folder / name).is_file()]
    if absent:
        raise FontMissing(
            f"{', '.join(absent)} missing in {folder}: run `make tools`, or set DAMRONG_FONTS to their folder."
        )
    return Path(folder)


class Paper(FPDF):
    """A document that is written from top to bottom."""

    def __init__(
        self, fonts: Path, *, foot: str, page_label: Callable[[int], str], secrecy: str = ""
    ) -> None:
        super().__init__(format="A4")
        self._foot, self._page_label, self._secrecy = foot, page_label, secrecy
        for style, name in FILES.items():
            self.add_font(FONT, style, fonts / name)
        self.set_text_shaping(use_shaping_engine=True, language="tha")
        self.set_margins(_LEFT, _TOP, _RIGHT)
        self.c_margin = 0
        self.set_auto_page_break(auto=True, margin=_BOTTOM)
        self.ordinary()

    def ordinary(self, *, bold: bool = False, size: float = _SIZE) -> None:
        self.set_font(FONT, "B" if bold else "", size)

    def header(self) -> None:
        self._mark_secrecy(8)

    def footer(self) -> None:
        self._mark_secrecy(-22)
        self.ordinary(size=_SMALL)
        self.set_y(-14)
        self.put(self.epw * 0.85, 6, self._foot)
        self.put(self.epw * 0.15, 6, self._page_label(self.page_no()), Align.R)

    def headline(self, text: str) -> None:
        self.ordinary(bold=True, size=22)
        self.put(self.epw, 12, text, Align.C)
        self.ln(14)

    def heading(self, text: str) -> None:
        """Never the last line of a page."""
        if self.will_page_break(3 * _LINE):
            self.add_page()
        self.ln(2)
        self.ordinary(bold=True)
        self.put(self.epw, _LINE, text)
        self.ln(_LINE)

    def line_of_fields(self, *fields: tuple[str, str, float]) -> None:
        """Labels and their values side by side, each with the share of the width that it takes."""
        start, top, lowest = self.l_margin, self.get_y(), self.get_y()
        for label, value, share in fields:
            self.set_xy(start, top)
            self.field(label, value, width=self.epw * share)
            lowest = max(lowest, self.get_y())
            start += self.epw * share
        self.set_y(lowest)

    def field(
        self, label: str, value: str, *, width: float | None = None, column: float = 0
    ) -> None:
        """A bold label and its value, which goes on below itself."""
        left = self.get_x()
        self.ordinary(bold=True)
        wide = max(column, self.get_string_width(label) + 3)
        self.put(wide, _LINE, label)
        self.ordinary()
        self.write_lines(value, left=left + wide, width=(width or self.epw) - wide)

    def paragraph(self, text: str, *, indent: float = 0) -> None:
        self.ordinary()
        self.write_lines(text, left=self.l_margin + indent, width=self.epw - indent)

    def write_lines(self, text: str, *, left: float, width: float) -> None:
        """A text from here on, broken between words."""
        for line in lines_of(text, width, self.get_string_width):
            if self.will_page_break(_LINE):
                self.add_page()
            self.set_x(left)
            self.put(width, _LINE, line)
            self.ln(_LINE)

    def put(self, width: float, height: float, text: str, align: Align = Align.L) -> None:
        """One line of text, that also says in Unicode what it is: shaped glyphs do not, and are not found by it."""
        if not text:
            return
        self._out(f"/Span <</ActualText <{(BOM_UTF16_BE + text.encode('utf-16-be')).hex()}>>> BDC")
        self.cell(width, height, text, align=align)
        self._out("EMC")

    def rule(self) -> None:
        self.ln(1.5)
        self.set_line_width(0.3)
        self.line(self.l_margin, self.get_y(), self.l_margin + self.epw, self.get_y())
        self.ln(1.5)

    def dated(self, at: datetime, title: str, language: str) -> None:
        self.set_creation_date(at)
        self.set_title(title)
        self.set_lang(language)

    def _mark_secrecy(self, y: float) -> None:
        # Thai rules of secrecy: the level stands in red above and below on every page.
        if not self._secrecy:
            return
        self.set_y(y)
        self.set_text_color(*_RED)
        self.ordinary(bold=True, size=20)
        self.put(self.epw, 8, self._secrecy, Align.C)
        self.set_text_color(0, 0, 0)
        self.set_y(_TOP if y > 0 else y)
