"""The heads of the audit trail as files outside the database, one for each day, as `damrong audit` reads them."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

KEY_PREFIX: Final = "audit-heads-"
READ_ONLY: Final = 0o440


def write_heads(folder: Path, key: str, heads: Iterable[Mapping[str, Any]]) -> Path:
    """Writes the file of a day whole or not at all; one that is there is never touched. Raises `OSError`.

    `key`: that of the message, which ends in the day.
    """
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    path = folder / f"{key.removeprefix(KEY_PREFIX)}.txt"
    if path.exists():
        return path
    lines = [f"# {key}", *(f"{head['chain']} {head['number']} {head['hash']}" for head in heads)]
    descriptor, unfinished = tempfile.mkstemp(prefix=f".{key}-", dir=folder)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).chmod(READ_ONLY)
        os.link(unfinished, path)  # unlike a rename, it never replaces what is there
    except FileExistsError:  # another worker wrote it meanwhile
        pass
    finally:
        Path(unfinished).unlink(missing_ok=True)
    return path
