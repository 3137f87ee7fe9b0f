"""Who complains, for a reader who does not see it otherwise; and a new PIN for tracking."""

from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from agent_console.api.access import Program
from agent_console.api.addressed import IfMatch, Ref, case_of
from agent_console.api.case_schemas import CaseDetail, IdentityItem
from agent_console.api.texts import Body, Text
from agent_console.dependencies import Store
from case_store.cases.correcting import correct_complainant
from case_store.cases.revealing import reveal_identity
from case_store.clock import now
from case_store.identity.complainants import Identity
from case_store.identity.models import ComplainantKind
from case_store.tracking.pins import reissue_pin

router = APIRouter(tags=["cases"])


class Reason(Body):
    reason: Annotated[Text, Field(description="At least ten letters; the audit trail keeps it.")]


class Corrected(Body):
    """The whole identity anew: what is not sent is known no more."""

    kind: ComplainantKind | None = None
    identity: Identity


class NewPin(BaseModel):
    pin: Annotated[str, Field(description="Four digits, to be told to the complainant.")]


@router.post("/cases/{ref}/identity", summary="Reveal a protected identity, for a reason")
def post_identity(ref: Ref, why: Reason, program: Program, store: Store) -> IdentityItem:
    identity = reveal_identity(
        store, case_of(store, program, ref), why.reason, by=program, at=now()
    )
    if identity is None:
        raise HTTPException(404)  # it was erased
    return IdentityItem.of(identity)


@router.put("/cases/{ref}/complainant", summary="Correct who complains; the PIN stays")
def put_complainant(
    ref: Ref, corrected: Corrected, program: Program, store: Store, version: IfMatch
) -> CaseDetail:
    case, at = case_of(store, program, ref, version), now()
    identity = corrected.identity
    correct_complainant(store, case, identity, by=program, at=at, kind=corrected.kind)
    store.flush()
    return CaseDetail.of(store, case, program, at=at)


@router.post("/cases/{ref}/pin", summary="A new PIN for tracking; the old one is void")
def post_pin(ref: Ref, program: Program, store: Store) -> NewPin:
    return NewPin(pin=reissue_pin(store, case_of(store, program, ref), by=program, at=now()))
