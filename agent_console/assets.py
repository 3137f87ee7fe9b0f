"""Where the front end's built files are: hashed names, looked up in the manifest that its build writes."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

DIST: Final = Path(__file__).parent / "static" / "dist"
FOR_EVER: Final = "public, max-age=31536000, immutable"


def is_built() -> bool:
    return (DIST / "manifest.json").is_file()


def asset(name: str) -> str:
    """The address of a built file. A page without its front end still shows its text."""
    try:
        changed = (DIST / "manifest.json").stat().st_mtime_ns
    except OSError:
        return f"/static/{name}"
    return f"/static/{_manifest(changed).get(name, name)}"


@lru_cache(maxsize=1)
def _manifest(_changed: int) -> dict[str, str]:
    names: dict[str, str] = json.loads((DIST / "manifest.json").read_text())
    return names


class HashedFiles(StaticFiles):
    """Files whose names change with their content may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = FOR_EVER
        return response
