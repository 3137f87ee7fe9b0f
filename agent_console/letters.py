"""Official letters in forms: the number and the day, which is typed in the Buddhist era."""

from typing import Final

from agent_console.days import BadDay, read_day
from agent_console.forms import Fields
from case_store.cases.referrals import CannotRefer, Letter

LONGEST_NUMBER: Final = 60


def read_letter(fields: Fields) -> Letter | None:
    """What was typed; None when there is no letter. Raises `CannotRefer`."""
    number = fields.get("letter_number", "").strip()
    if len(number) > LONGEST_NUMBER or "\0" in number:
        raise CannotRefer("letter_number")
    try:
        day = read_day(fields.get("letter_date", ""))
    except BadDay as error:
        raise CannotRefer("letter_date") from error
    return Letter(number, day) if number or day else None
