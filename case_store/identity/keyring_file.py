"""The keyring as a file of one line: reading it, and noticing that it was changed."""

import base64
import json
import re
from pathlib import Path
from typing import Any, Final, Self

from case_store.identity.keyring import KEY_BYTES, SECRET, Keyring, KeySet
from case_store.settings import MissingSecret, Settings

_NAME: Final = re.compile(r"[a-z][0-9]{1,6}")


class KeyringFile:
    """The keys of an installation. A running process reads them again when `damrong identity rotate` changed them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, ...] | None = None
        self._ring: Keyring | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.home / "secrets" / SECRET)

    @property
    def ring(self) -> Keyring | None:
        """The keys as they are now. When the file is lost or damaged, those that were read last; None when never."""
        try:
            status = self._path.stat()
            seen = (status.st_mtime_ns, status.st_ino, status.st_size)
            if seen != self._seen:
                self._ring, self._seen = parse_keyring(self._path.read_text()), seen
        except (OSError, MissingSecret):
            pass  # calls and cases go on; whoever needs a key that is not there is told, and `damrong doctor` says why
        return self._ring


def read_keyring(settings: Settings) -> Keyring:
    """The keys of an installation as the file has them now. Raises `MissingSecret`."""
    return parse_keyring(settings.secret(SECRET))


def parse_keyring(text: str) -> Keyring:
    """Reads what `keyring_text` wrote. Raises `MissingSecret` when it is not whole."""
    try:
        plain = json.loads(text)
        return Keyring(_parse_set(plain["seal"]), _parse_set(plain["index"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise MissingSecret(f"The file secrets/{SECRET} is not whole: restore it.") from None


def keyring_text(ring: Keyring) -> str:
    """One line, as the file holds it."""
    return json.dumps({"seal": _plain_set(ring.seals), "index": _plain_set(ring.indexes)})


def _parse_set(plain: Any) -> KeySet:
    keys = {name: base64.b64decode(key, validate=True) for name, key in plain["keys"].items()}
    if plain["current"] not in keys:
        raise ValueError("the current key is missing")
    if not all(_NAME.fullmatch(name) and len(key) == KEY_BYTES for name, key in keys.items()):
        raise ValueError("not a key")
    return KeySet(plain["current"], keys)


def _plain_set(keys: KeySet) -> dict[str, Any]:
    encoded = {name: base64.b64encode(key).decode() for name, key in keys.keys.items()}
    return {"current": keys.current, "keys": encoded}
