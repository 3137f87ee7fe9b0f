"""The keys that seal identities. They lie outside the database: with only one of the two nobody's name can be read."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from case_store.settings import MissingSecret, Settings

SECRET: Final = "identity-keys"  # noqa: S105 (the name of a file)
_NONCE: Final = 12
_KEY_BITS: Final = 256


class CannotUnseal(Exception):
    """What was sealed was changed, moved to another case, or sealed with a key that is gone."""


@dataclass(frozen=True)
class Sealed:
    """AES-256-GCM: nonce and ciphertext, and the name of the key."""

    key_id: str
    data: bytes


@dataclass(frozen=True)
class Keyring:
    """All keys by name, the one that seals now, and the key of the blind index."""

    current: str
    keys: Mapping[str, bytes]
    index_key: bytes

    @classmethod
    def new(cls) -> Self:
        return cls("k1", {"k1": AESGCM.generate_key(_KEY_BITS)}, secrets.token_bytes(32))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads what `text` wrote. Raises `MissingSecret` when it is not whole."""
        try:
            plain = json.loads(text)
            keys = {name: base64.b64decode(key) for name, key in plain["keys"].items()}
            ring = cls(plain["current"], keys, base64.b64decode(plain["index"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise MissingSecret(f"The file secrets/{SECRET} cannot be read: restore it.") from None
        if ring.current not in ring.keys:
            raise MissingSecret(f"The file secrets/{SECRET} names a key that is not in it.")
        return ring

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls.parse(settings.secret(SECRET))

    @property
    def text(self) -> str:
        """One line, as the file holds it."""
        encoded = {name: base64.b64encode(key).decode() for name, key in self.keys.items()}
        index = base64.b64encode(self.index_key).decode()
        return json.dumps({"current": self.current, "keys": encoded, "index": index})

    def with_new_key(self) -> Self:
        """The ring whose new key seals from now on; the old ones still open what they sealed."""
        name = f"k{max(int(old[1:]) for old in self.keys) + 1}"
        return replace(self, current=name, keys={**self.keys, name: AESGCM.generate_key(_KEY_BITS)})

    def only_current(self) -> Self:
        """The ring without the keys that nothing is sealed with any more."""
        return replace(self, keys={self.current: self.keys[self.current]})

    def seal(self, plain: bytes, *, bound_to: str) -> Sealed:
        """Seals for one place: what was moved to another cannot be opened there."""
        nonce = secrets.token_bytes(_NONCE)
        data = AESGCM(self.keys[self.current]).encrypt(nonce, plain, bound_to.encode())
        return Sealed(self.current, nonce + data)

    def unseal(self, sealed: Sealed, *, bound_to: str) -> bytes:
        """Raises `CannotUnseal`."""
        key = self.keys.get(sealed.key_id)
        if key is None:
            raise CannotUnseal(f"key {sealed.key_id} is not in the ring")
        nonce, data = sealed.data[:_NONCE], sealed.data[_NONCE:]
        try:
            return AESGCM(key).decrypt(nonce, data, bound_to.encode())
        except InvalidTag:
            raise CannotUnseal("changed since it was sealed") from None

    def digest(self, kind: str, value: str) -> str:
        """The blind index of a value: equal values are equal, and nobody without the key can try values out."""
        return hmac.new(self.index_key, f"{kind}\n{value}".encode(), hashlib.sha256).hexdigest()


def keyring_of(session: Session) -> Keyring:
    """The keys of the store that the session belongs to. Raises `MissingSecret`."""
    ring = session.info.get("keyring")
    if not isinstance(ring, Keyring):
        raise MissingSecret(f"secrets/{SECRET} is missing: run `make run` or `damrong up` once.")
    return ring
