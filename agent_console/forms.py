"""Forms as they were typed: strings by name. What they mean, the domain says."""

from typing import Annotated

from fastapi import Depends, Request

Fields = dict[str, str]


async def typed_fields(request: Request) -> Fields:
    """The form's text fields; files and repeated fields are not ours."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


FormFields = Annotated[Fields, Depends(typed_fields)]
