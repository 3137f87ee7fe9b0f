"""A new PIN for a complainant who lost theirs, or who has tried too often."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from case_store.audit.trail import record
from case_store.cases.models import Case
from case_store.identity.complainants import PIN_DIGITS, open_identity, seal_identity
from case_store.identity.keyring import keyring_of
from case_store.people.permissions import Action, Actor, require
from case_store.tracking.attempts import forget_tries


class NobodyToTell(Exception):
    """Who complained was erased: there is nobody left who could have a PIN."""


def reissue_pin(session: Session, case: Case, *, by: Actor, at: datetime) -> str:
    """A new PIN, to be read out once; the old one is void, and earlier wrong tries are forgotten.

    Raises `NotAllowed`, `NobodyToTell`.
    """
    require(by, Action.HANDLE_CASES, case)
    identity = open_identity(session, case)
    if case.complainant is None or identity is None:
        raise NobodyToTell
    pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
    # One key seals identity and PIN: after a change of keys both are sealed anew.
    seal_identity(keyring_of(session), case.ref, case.complainant, identity, pin=pin)
    forget_tries(session, case.ref)
    record(
        session,
        chain=case.centre_code,
        action="case.pin_reissued",
        subject=f"case:{case.ref}",
        by=by.name,
        at=at,
    )
    return pin
