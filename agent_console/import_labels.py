"""The words on screen of imports: what becomes of a row, what is wrong with a column or a whole file."""

from collections.abc import Mapping
from typing import Final

from agent_console.case_labels import CASE_LABELS
from agent_console.i18n import N_, gettext
from case_store.exchange.import_report import RowState
from case_store.exchange.sheets import SheetFault

IMPORT_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "row_state": {
        RowState.NEW: N_("New case"),
        RowState.KNOWN: N_("A case already"),
        RowState.REPEATED: N_("Stands above already"),
        RowState.WRONG: N_("Not right"),
    },
    "sheet_fault": {
        SheetFault.EMPTY: N_("The file is empty."),
        SheetFault.TOO_BIG: N_("The file is too large. Please divide it into several."),
        SheetFault.TOO_MANY_ROWS: N_(
            "The sheet has more than 10,000 rows. Please divide it into several."
        ),
        SheetFault.NOT_A_SHEET: N_("This is no spreadsheet. Please save it as XLSX or CSV."),
        SheetFault.BROKEN: N_("The file is broken. Please save it anew and try again."),
        SheetFault.NO_HEADER: N_(
            "No row names the columns. At least one column must be called “เรื่อง”, as in the template."
        ),
    },
    "import_column": {
        "number": N_("Own number"),
        "ref": N_("Case number"),
        "received": N_("Received at"),
        "state": N_("State"),
        "subcategory": N_("Category, second level"),
        "province": N_("Province"),
        "district": N_("District"),
        "subdistrict": N_("Subdistrict"),
        "point": N_("Point on the map"),
        "complainant_name": N_("Complainant"),
        "complainant_phone": N_("Telephone"),
        "complainant_national_id": N_("National id"),
        "complainant_email": N_("E-mail"),
        "complainant_address": N_("Address"),
        "result": N_("Result"),
        "outcome": N_("How it ended"),
        "transferred_to": N_("Office that takes it"),
        "closed": N_("Closed"),
    },
    "import_fault": {
        "missing": N_("is missing"),
        "unknown": N_("is not in the list"),
        "not_a_date": N_("is no day"),
        "future": N_("lies in the future"),
        "before_received": N_("is before the day on which it was received"),
        "other_province": N_("is not the province of this centre"),
        "too_short": N_("is empty or too short"),
        "too_long": N_("is too long"),
        "not_a_number": N_("is no number"),
        "out_of_range": N_("lies outside of Thailand"),
        "telephone": N_("is no complete telephone number"),
        "control_character": N_("holds a sign that cannot be kept"),
        "district": N_("is not in the province"),
        "subdistrict": N_("is not in the district"),
        "point": N_("needs latitude and longitude"),
    },
}


def import_fault(column: str, code: str) -> str:
    """What is wrong with a column of a row, as a sentence."""
    named = IMPORT_LABELS["import_column"].get(column) or CASE_LABELS["field"].get(column, column)
    what = IMPORT_LABELS["import_fault"].get(code, N_("is not right"))
    return f"{gettext(named)} {gettext(what)}"


def import_column(field: str) -> str:
    """A column that was found, in the reader's words."""
    named = IMPORT_LABELS["import_column"].get(field) or CASE_LABELS["field"].get(field, field)
    return gettext(named)
