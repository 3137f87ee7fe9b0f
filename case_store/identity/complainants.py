"""Who complains: kept sealed, found by a blind index, masked from whoever must not know."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Select, and_, select, true
from sqlalchemy.orm import Session

from case_store.cases.fold import thai_fold
from case_store.cases.models import Case
from case_store.identity.fields import Address, Email, Name, NationalId, Phone
from case_store.identity.keyring import Keyring, Sealed, keyring_of
from case_store.identity.models import (
    Anonymity,
    Complainant,
    ComplainantKind,
    IdentityIndex,
    IndexKind,
)
from case_store.people.models import Role
from case_store.people.permissions import Action, Actor, centres_within, may

PIN_DIGITS: Final = 4


class Identity(BaseModel):
    """What identifies a complainant, as it was said at intake. Everything may be missing."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Name | None = None
    phone: Phone | None = None
    national_id: NationalId | None = None
    email: Email | None = None
    address: Address | None = None

    @classmethod
    def as_sealed(cls, plain: bytes) -> "Identity":
        """What was sealed, as it was then: today's rules of telephone numbers do not judge it again."""
        known = json.loads(plain)
        return cls.model_construct(**{name: known.get(name) for name in cls.model_fields})


@dataclass(frozen=True)
class ShownIdentity:
    """A complainant as one reader may see them. `identity` is None when it is masked or was erased."""

    kind: ComplainantKind
    anonymity: Anonymity
    identity: Identity | None
    masked: bool
    may_reveal: bool = False


def add_complainant(
    session: Session,
    case: Case,
    identity: Identity,
    *,
    kind: ComplainantKind = ComplainantKind.PERSON,
) -> str:
    """Seals who complains, with a new PIN for tracking, and returns the PIN: it is read out once, at intake."""
    pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
    complainant = Complainant(kind=kind, key_id="", index_key_id="", sealed=None, sealed_pin=None)
    case.complainant = complainant
    seal_identity(keyring_of(session), case.ref, complainant, identity, pin=pin)
    return pin


def seal_identity(
    ring: Keyring, ref: str, complainant: Complainant, identity: Identity, *, pin: str | None
) -> None:
    """Seals identity and PIN with the present key, and makes the blind index anew."""
    sealed = ring.seal(identity.model_dump_json().encode(), bound_to=f"identity:{ref}")
    complainant.key_id, complainant.sealed = sealed.key_id, sealed.data
    complainant.sealed_pin = (
        ring.seal(pin.encode(), bound_to=f"pin:{ref}").data if pin is not None else None
    )
    index_identity(ring, complainant, identity)


def index_identity(ring: Keyring, complainant: Complainant, identity: Identity) -> None:
    """Makes the blind index anew with the present key: what a complainant can be found by."""
    complainant.index_key_id = ring.indexes.current
    digests = {(kind, ring.digest(kind, value)) for kind, value in _index_values(identity)}
    kept = [one for one in complainant.indexes if (one.kind, one.digest) in digests]
    there = {(one.kind, one.digest) for one in kept}
    complainant.indexes = kept + [
        IdentityIndex(kind=kind, digest=digest) for kind, digest in sorted(digests - there)
    ]


def _index_values(identity: Identity) -> list[tuple[IndexKind, str]]:
    values: list[tuple[IndexKind, str]] = []
    if identity.phone:
        values.append((IndexKind.PHONE, identity.phone))
    if identity.national_id:
        values.append((IndexKind.NATIONAL_ID, identity.national_id))
    values += [(IndexKind.NAME, word) for word in thai_fold(identity.name or "").split()[:12]]
    return values


def shown_to(session: Session, case: Case, reader: Actor) -> ShownIdentity:
    """What this reader may see of who complains. Raises `CannotUnseal` when the store was tampered with."""
    complainant = case.complainant
    kind = complainant.kind if complainant else ComplainantKind.PERSON
    if complainant is None or complainant.sealed is None:
        return ShownIdentity(kind, case.anonymity, None, masked=False)
    if may_read(case, reader):
        identity = open_identity(session, case)
        if identity is not None and reader.role is Role.AGENCY_OFFICER:
            # To reach the complainant an agency needs no national id, whatever was disclosed to it.
            identity = identity.model_copy(update={"national_id": None})
        return ShownIdentity(kind, case.anonymity, identity, masked=False)
    can_reveal = may(reader, Action.REVEAL_IDENTITY, case)
    return ShownIdentity(kind, case.anonymity, None, masked=True, may_reveal=can_reveal)


def may_read(case: Case, reader: Actor) -> bool:
    """Whether this reader sees the identity without a reason: never of one who stays unknown to all."""
    if reader.role is Role.AGENCY_OFFICER:
        return case.anonymity is Anonymity.NAMED and any(
            referral.disclose_identity and referral.is_theirs
            for referral in case.referrals
            if referral.agency_id == reader.agency_id
        )
    return case.anonymity is not Anonymity.TO_ALL and may(reader, Action.SEE_IDENTITY, case)


def open_identity(session: Session, case: Case) -> Identity | None:
    """The identity itself, for whoever has checked that it may be read; None once it was erased."""
    complainant = case.complainant
    if complainant is None or complainant.sealed is None:
        return None
    sealed = Sealed(complainant.key_id, complainant.sealed)
    plain = keyring_of(session).unseal(sealed, bound_to=f"identity:{case.ref}")
    return Identity.as_sealed(plain)


def pin_of(session: Session, case: Case) -> str | None:
    """The PIN of a case, for its first reading out and for the check in `case_store.tracking`."""
    complainant = case.complainant
    if complainant is None or complainant.sealed_pin is None:
        return None
    sealed = Sealed(complainant.key_id, complainant.sealed_pin)
    return keyring_of(session).unseal(sealed, bound_to=f"pin:{case.ref}").decode()


def erase_identity(complainant: Complainant) -> None:
    """Nothing is left of who it was; the row stays, so that it can be counted."""
    complainant.sealed = complainant.sealed_pin = None
    complainant.key_id = complainant.index_key_id = ""
    complainant.indexes.clear()


def cases_with_phone(session: Session, e164: str, *, by: Actor) -> Select[int]:
    """A query of the ids of cases whose complainant has this number, as far as `by` may know that."""
    return cases_indexed(session, IndexKind.PHONE, e164, by=by)


def cases_indexed(session: Session, kind: IndexKind, value: str, *, by: Actor) -> Select[int]:
    """A query of the ids of cases whose complainant has exactly this number, id or folded word of the name.

    Only of those whose identity `by` may read: else whoever knows a number could try out whose case it is.
    """
    return (
        select(IdentityIndex.case_id)
        .join(Case, Case.id == IdentityIndex.case_id)
        .where(has_digest(session, kind, [value]), may_be_known_to(by))
    )


def has_digest(session: Session, kind: IndexKind, values: Iterable[str]) -> ColumnElement[bool]:
    """The condition that an `IdentityIndex` is of one of these values. Ask `may_be_known_to` besides."""
    ring = keyring_of(session)
    digests = {digest for value in values for digest in ring.digests(kind, value)}
    return and_(IdentityIndex.kind == kind, IdentityIndex.digest.in_(sorted(digests)))


def may_be_known_to(by: Actor) -> ColumnElement[bool]:
    """The condition that `by` may read, without a reason, who complains in a case."""
    centres = centres_within(by, Action.SEE_IDENTITY)
    within = true() if centres is None else Case.centre_code.in_(centres)
    return and_(Case.anonymity != Anonymity.TO_ALL, within)
