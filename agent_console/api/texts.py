"""The texts and codes that bodies hold."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

# No control characters, which no database of ours keeps.
PRINTABLE: Final = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F]*$"

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000, pattern=PRINTABLE),
]
TextOrNothing = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=10_000, pattern=PRINTABLE)
]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=PRINTABLE)
]
Office = Annotated[str, StringConstraints(strip_whitespace=True, max_length=160, pattern=PRINTABLE)]
LetterNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=60, pattern=PRINTABLE)
]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$")]
CentreCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]


class Body(BaseModel):
    """What a program sends: a field that is none of ours is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class NewNote(Body):
    """Something to add to a case's history."""

    kind: Literal["note"] = "note"
    note: Text
