"""How long sounds last, so that the dead man's switch can be set to just after their end."""

from pathlib import Path
from typing import Final

_BYTES_A_SECOND: Final = 16_000  # 8 kHz, 16 bits, one channel
_WHEN_UNKNOWN: Final = 10.0


class SoundLengths:
    """Lengths of the sound files of an installation, each looked up once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[str, str], float] = {}

    def seconds(self, sound: str, language: str) -> float:
        """The length of a sound; a generous guess when the file is not there."""
        found = self._known.get((language, sound))
        return self._measure(sound, language) if found is None else found

    def _measure(self, sound: str, language: str) -> float:
        try:
            size = (self._folder / language / f"{sound}.wav").stat().st_size
        except OSError:
            return _WHEN_UNKNOWN  # not kept: the file may be built later
        self._known[language, sound] = length = size / _BYTES_A_SECOND
        return length
