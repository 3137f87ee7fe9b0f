"""A point on the map as people have it: two numbers, or the link that a map application shares."""

import re
from typing import Final

_NUMBER: Final = r"(-?[0-9]{1,3}(?:\.[0-9]{1,12})?)"
_FORMS: Final = tuple(
    re.compile(form.replace("N", _NUMBER))
    for form in (
        r"!3dN!4dN",
        r"@N,N",
        r"mlat=N&mlon=N",
        r"#map=[0-9.]{1,5}/N/N",
        r"geo:N,N",
        r"[?&/](?:q|query|ll|destination|place/)=?N(?:,|%2C)\+?N",
        r"^\s*N\s*[,\s]\s*N\s*$",
    )
)
"""What the links of the usual maps have in them; the place itself before the middle of the picture."""
LONGEST: Final = 500


def read_point(typed: str) -> tuple[float, float] | None:
    """Latitude and longitude; None when there is no point in it."""
    for form in _FORMS:
        if found := form.search(typed[:LONGEST]):
            return float(found[1]), float(found[2])
    return None


def typed_point(latitude: float | None, longitude: float | None) -> str:
    """A point as one would type it."""
    return f"{latitude}, {longitude}" if latitude is not None and longitude is not None else ""
