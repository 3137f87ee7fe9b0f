"""The keys that seal identities. They lie outside the database: with only one of the two nobody's name can be read."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from case_store.settings import MissingSecret

SECRET: Final = "identity-keys"  # noqa: S105 (the name of a file)
KEY_BYTES: Final = 32
_NONCE: Final = 12


class CannotUnseal(Exception):
    """What was sealed was changed, moved to another place, or sealed with a key that is gone."""


@dataclass(frozen=True)
class Sealed:
    """AES-256-GCM: nonce and ciphertext, and the name of the key."""

    key_id: str
    data: bytes


@dataclass(frozen=True)
class KeySet:
    """Keys by name, of which the current one serves what is new; the others, what is there already."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def new(cls, name: str) -> Self:
        return cls(name, {name: secrets.token_bytes(KEY_BYTES)})

    @property
    def old(self) -> frozenset[str]:
        """The names of the keys that serve only what is there already."""
        return frozenset(self.keys) - {self.current}

    def with_new(self) -> Self:
        newest = max(int(name[1:]) for name in self.keys)
        name = f"{self.current[0]}{newest + 1}"
        return replace(self, current=name, keys={**self.keys, name: secrets.token_bytes(KEY_BYTES)})

    def only_current(self) -> Self:
        return replace(self, keys={self.current: self.keys[self.current]})


@dataclass(frozen=True)
class Keyring:
    """The keys that seal, and the keys of the blind index."""

    seals: KeySet
    indexes: KeySet

    @classmethod
    def new(cls) -> Self:
        return cls(KeySet.new("k1"), KeySet.new("i1"))

    def with_new_key(self) -> Self:
        """The ring whose new key seals from now on; the old ones still open what they sealed."""
        return replace(self, seals=self.seals.with_new())

    def with_new_index(self) -> Self:
        """The ring whose new key makes digests from now on; look-ups go by the old ones too."""
        return replace(self, indexes=self.indexes.with_new())

    def only_current(self) -> Self:
        """The ring without the keys that nothing needs any more."""
        return replace(self, seals=self.seals.only_current(), indexes=self.indexes.only_current())

    def seal(self, plain: bytes, *, bound_to: str) -> Sealed:
        """Seals for one place: what was moved to another cannot be opened there."""
        nonce = secrets.token_bytes(_NONCE)
        cipher = AESGCM(self.seals.keys[self.seals.current])
        return Sealed(self.seals.current, nonce + cipher.encrypt(nonce, plain, bound_to.encode()))

    def unseal(self, sealed: Sealed, *, bound_to: str) -> bytes:
        """Raises `CannotUnseal`."""
        key = self.seals.keys.get(sealed.key_id)
        if key is None:
            raise CannotUnseal(f"key {sealed.key_id} is not in the ring")
        nonce, data = sealed.data[:_NONCE], sealed.data[_NONCE:]
        try:
            return AESGCM(key).decrypt(nonce, data, bound_to.encode())
        except (InvalidTag, ValueError):  # ValueError: not even long enough for a nonce
            raise CannotUnseal("changed since it was sealed") from None

    def digest(self, kind: str, value: str) -> str:
        """The blind index of a value: equal values are equal, and nobody without the key can try values out."""
        return _digest(self.indexes.keys[self.indexes.current], kind, value)

    def digests(self, kind: str, value: str) -> frozenset[str]:
        """Every digest that a value may be stored under, also while an index is being made anew."""
        return frozenset(_digest(key, kind, value) for key in self.indexes.keys.values())


def _digest(key: bytes, kind: str, value: str) -> str:
    return hmac.new(key, f"{kind}\n{value}".encode(), hashlib.sha256).hexdigest()


def keyring_of(session: Session) -> Keyring:
    """The keys of the store that the session belongs to. Raises `MissingSecret`."""
    ring = session.info.get("keyring")
    if not isinstance(ring, Keyring):
        raise MissingSecret(f"secrets/{SECRET} is missing: run `make run` or `damrong up` once.")
    return ring
