"""Stamp files: a step that was done with the same inputs is not done again."""

import hashlib
from pathlib import Path


class Stamp:
    """Remembers in a file the digest of what a step was made from."""

    def __init__(self, path: Path, *inputs: str | bytes | Path) -> None:
        self.path = path
        self._digest = _digest(inputs)

    def is_current(self) -> bool:
        """Whether the step was completed with exactly these inputs."""
        try:
            return self.path.read_text(encoding="ascii") == self._digest
        except (OSError, UnicodeDecodeError):
            return False

    def write(self) -> None:
        """Record that the step is complete."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self._digest, encoding="ascii")


def _digest(inputs: tuple[str | bytes | Path, ...]) -> str:
    digest = hashlib.sha256()
    for item in inputs:
        content = _bytes(item)
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def _bytes(item: str | bytes | Path) -> bytes:
    if isinstance(item, Path):
        return item.read_bytes()
    return item.encode() if isinstance(item, str) else item
