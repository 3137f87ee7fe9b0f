"""What the API says of cases. Field names and codes are promises to other programs."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from case_store.cases.find_referrals import history_for, referrals_for
from case_store.cases.lifecycle import (
    ReferralStep,
    Step,
    possible_referral_steps,
    possible_steps,
)
from case_store.cases.models import (
    Case,
    CaseEvent,
    CaseState,
    Outcome,
    RejectReason,
    Secrecy,
    Urgency,
)
from case_store.cases.referral_models import Referral, ReferralState
from case_store.deadlines.due import DueState, due_state
from case_store.identity.complainants import Identity, ShownIdentity, shown_to
from case_store.identity.models import Anonymity, ComplainantKind
from case_store.people.models import Role
from case_store.people.permissions import Action, Actor, may
from case_store.storage.attachments import attachments_for
from case_store.storage.models import Attachment


class CaseItem(BaseModel):
    """A case in a list. Who brought it is not in lists."""

    model_config = ConfigDict(from_attributes=True)

    ref: str
    subject: str
    state: CaseState
    state_since: datetime
    category: str
    nature: str
    urgency: Urgency
    province_code: str
    centre_code: Annotated[str, Field(description="The centre that is responsible.")]
    channel: str
    service_type: str
    secrecy: Secrecy
    anonymity: Anonymity
    due_at: datetime | None
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime


class CaseEventItem(BaseModel):
    """One entry of a case's history."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    kind: str
    by: str
    note: str
    referral_id: int | None

    @classmethod
    def of(cls, event: CaseEvent) -> Self:
        return cls.model_validate(event)


class ReferralItem(BaseModel):
    """What a centre asks of an agency, and how far the agency is."""

    id: int
    case_ref: str
    case_subject: str
    agency: Annotated[str, Field(description="Its code; see /agencies.")]
    state: ReferralState
    request: str
    report: str
    disclose_identity: bool
    letter_out_number: str | None
    letter_out_date: date | None
    letter_in_number: str | None
    letter_in_date: date | None
    sent_by: str
    sent_at: datetime
    due_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    possible_steps: list[ReferralStep]

    @classmethod
    def of(cls, referral: Referral, reader: Actor) -> Self:
        same = cls.model_fields.keys() - {"case_ref", "case_subject", "agency", "possible_steps"}
        return cls(
            **{name: getattr(referral, name) for name in same},
            case_ref=referral.case.ref,
            case_subject=referral.case.subject,
            agency=referral.agency.code,
            possible_steps=list(possible_referral_steps(referral, reader)),
        )


class AttachmentItem(BaseModel):
    """A file of a case; its bytes are at …/attachments/{id}."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    file_name: str
    media_type: str
    size: int
    sha256: str
    for_agencies: bool
    referral_id: int | None
    added_by: str
    added_at: datetime

    @classmethod
    def of(cls, attachment: Attachment) -> Self:
        return cls.model_validate(attachment)


class IdentityItem(BaseModel):
    """Who complains, in the clear."""

    name: str | None
    phone: Annotated[str | None, Field(description="E.164.")]
    national_id: str | None
    email: str | None
    address: str | None

    @classmethod
    def of(cls, identity: Identity) -> Self:
        return cls(**identity.model_dump())


class ComplainantItem(BaseModel):
    """Who complains, as far as this token may know. `identity` is null when it is masked or was erased."""

    kind: ComplainantKind
    anonymity: Anonymity
    masked: bool
    may_reveal: Annotated[bool, Field(description="By POST …/identity, with a reason.")]
    identity: IdentityItem | None

    @classmethod
    def of(cls, shown: ShownIdentity) -> Self:
        return cls(
            kind=shown.kind,
            anonymity=shown.anonymity,
            masked=shown.masked,
            may_reveal=shown.may_reveal,
            identity=IdentityItem.of(shown.identity) if shown.identity else None,
        )


class CaseDetail(CaseItem):
    """A whole case, as far as this token may see it: an agency's shows no other agency, and not the answer."""

    version: Annotated[int, Field(description="Goes up with every change; see If-Match.")]
    description: str
    respondent: str
    district_code: str | None
    subdistrict_code: str | None
    postcode: str | None
    place_note: str
    latitude: float | None
    longitude: float | None
    officer: Annotated[str | None, Field(description="User name.")]
    due_state: DueState
    screening_due_at: datetime | None
    waiting_since: datetime | None
    result: str
    outcome: Outcome | None
    reject_reason: RejectReason | None
    transferred_to: str | None
    reopened: int
    merged_into: Annotated[str | None, Field(description="Its reference.")]
    parent: Annotated[str | None, Field(description="Its reference.")]
    complainant: ComplainantItem
    referrals: list[ReferralItem]
    attachments: list[AttachmentItem]
    events: list[CaseEventItem]
    call_ids: list[int]
    possible_steps: list[Step]

    @classmethod
    def of(cls, store: Session, case: Case, reader: Actor, *, at: datetime) -> Self:
        return cls(**_detail(store, case, reader, at))


class OpenedCase(CaseDetail):
    """A case that was just opened, with the PIN for tracking: null an hour after that."""

    pin: Annotated[str | None, Field(description="Four digits, to be told to the complainant.")]


_PLAIN = (
    "version", "description", "respondent", "district_code", "subdistrict_code", "postcode",
    "place_note", "latitude", "longitude", "screening_due_at", "waiting_since", "result",
    "outcome", "reject_reason", "transferred_to", "reopened",
)  # fmt: skip


def _detail(store: Session, case: Case, reader: Actor, at: datetime) -> dict[str, object]:
    of_centre = reader.role is not Role.AGENCY_OFFICER
    fields: dict[str, object] = CaseItem.model_validate(case).model_dump()
    fields |= {name: getattr(case, name) for name in _PLAIN}
    if not of_centre:
        fields["result"] = ""
    return fields | {
        "officer": case.officer.username if case.officer else None,
        "due_state": due_state(case, at),
        "merged_into": _ref_of(store, case.merged_into_id, reader),
        "parent": _ref_of(store, case.parent_id, reader),
        "complainant": ComplainantItem.of(shown_to(store, case, reader)),
        "referrals": [ReferralItem.of(one, reader) for one in referrals_for(case, reader)],
        "attachments": [AttachmentItem.of(one) for one in attachments_for(case, reader)],
        "events": [CaseEventItem.of(event) for event in history_for(case, reader)],
        "call_ids": [call.id for call in case.calls] if of_centre else [],
        "possible_steps": list(possible_steps(case, reader)),
    }


def _ref_of(store: Session, case_id: int | None, reader: Actor) -> str | None:
    other = store.get(Case, case_id) if case_id is not None else None
    return other.ref if other and may(reader, Action.SEE_CASES, other) else None
