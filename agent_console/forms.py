"""Forms as they were typed: strings by name. What they mean, the domain says."""

from typing import Annotated

from fastapi import Depends, Request

Fields = dict[str, str]


async def typed_fields(request: Request) -> Fields:
    """The form's text fields; files and repeated fields are not ours."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


FormFields = Annotated[Fields, Depends(typed_fields)]


def plain(fields: Fields, name: str) -> str:
    """A field's text without spaces around it, and without the one sign that no database keeps."""
    return fields.get(name, "").replace("\0", "").strip()


def whole_number(fields: Fields, name: str) -> int | None:
    """A field's number; None when it is empty or no number that the store could hold."""
    typed = fields.get(name, "").strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 9 else None
