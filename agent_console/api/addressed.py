"""Things by their names in the address, and the version of them that a program has read."""

import re
from typing import Annotated, Final

from fastapi import Depends, Header, HTTPException, Path
from sqlalchemy.orm import Session

from case_store.cases.find_cases import find_case
from case_store.cases.find_referrals import find_referral
from case_store.cases.lifecycle import expect_version
from case_store.cases.models import Case
from case_store.cases.referral_models import Referral
from case_store.people.permissions import Actor

Ref = Annotated[str, Path(pattern="^[0-9]{9,12}$", description="Digits, with the check digit.")]
Id = Annotated[int, Path(ge=1, lt=2**31)]
ANY_VERSION: Final = "*"
_VERSION: Final = r'^(\*|"[0-9]{1,9}")$'


def read_version(
    if_match: Annotated[
        str | None,
        Header(
            pattern=_VERSION,
            description='The `version` of the case that was read, in quotation marks: `"7"`.',
        ),
    ] = None,
) -> int | None:
    """None: whichever version there is."""
    if if_match is None or if_match == ANY_VERSION:
        return None
    return int(re.sub(r"\D", "", if_match))


IfMatch = Annotated[int | None, Depends(read_version)]


def case_of(store: Session, program: Actor, ref: str, version: int | None = None) -> Case:
    """The case; 404 when there is none. Raises `NotAllowed`; `ChangedMeanwhile` when the version is another."""
    case = find_case(store, ref, by=program)
    if case is None:
        raise HTTPException(404)
    if version is not None:
        expect_version(case, version)
    return case


def referral_of(store: Session, program: Actor, referral_id: int) -> Referral:
    referral = find_referral(store, referral_id, by=program)
    if referral is None:
        raise HTTPException(404)
    return referral
