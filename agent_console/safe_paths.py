"""Addresses within this console, so that no link of ours can lead to another site."""

import re
from typing import Final
from urllib.parse import urlencode

_PATH: Final = re.compile(r"/(?![/\\])[A-Za-z0-9/._~-]{0,200}")


def safe_path(path: str | None) -> str:
    """The path, if it is one of this console; the front page otherwise."""
    return path if path and _PATH.fullmatch(path) else "/"


def with_query(path: str, **values: str) -> str:
    kept = {name: value for name, value in values.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
