"""What identifies people, as a form or a program brings it: checked, and in one spelling."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError
from stdnum.th import pin as national_id

from case_store.places.numbering import read_caller


def _without_control_characters(value: str) -> str:
    # PostgreSQL cannot store NUL, and no officer types any of these.
    if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in value):
        raise PydanticCustomError("control_character", "contains a control character")
    return value


def _telephone(value: str) -> str:
    number = read_caller(value)
    if number is None:
        raise PydanticCustomError("telephone", "is not a telephone number")
    return number.e164


def _national_id(value: str) -> str:
    digits = national_id.compact(value)
    if not national_id.is_valid(digits):
        raise PydanticCustomError("national_id", "is not a national id")
    return str(digits)


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    AfterValidator(_without_control_characters),
]
Phone = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=40), AfterValidator(_telephone)
]
"""E.164 once validated."""
NationalId = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=20), AfterValidator(_national_id)
]
"""Thirteen digits with a right check digit once validated."""
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=200,
        pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+$",
    ),
]
Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=500),
    AfterValidator(_without_control_characters),
]
