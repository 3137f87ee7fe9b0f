"""Recordings: files that leave only through a permission check of the page that asks for them."""

from pathlib import Path

from fastapi import HTTPException
from fastapi.responses import FileResponse

LARGEST_EMPTY = 44
"""Bytes of a WAV header with nothing behind it."""


def has_sound(folder: Path, file: str) -> bool:
    """Whether there is a recording, and something in it."""
    try:
        return (folder / file).stat().st_size > LARGEST_EMPTY
    except OSError:
        return False


def recording_file(folder: Path, file: str, *, name: str) -> FileResponse:
    """The recording `file` of a folder, to be saved as `name`. 404 when it is not there or not below the folder."""
    path = (folder / file).resolve()
    if not file or not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, media_type="audio/wav", filename=name)
