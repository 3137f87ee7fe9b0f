"""Demo cases as rows of tables: what the domain's functions would have written, many at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, Final, TypeVar

from case_store.cases.fold import thai_fold
from case_store.cases.models import CaseState, Secrecy, Urgency
from case_store.identity.keyring import Keyring
from case_store.identity.models import Anonymity, ComplainantKind, IndexKind
from case_store.search.index import Indexed, searched_text
from damrong.demo_cases.clocks import Clocks
from damrong.demo_cases.matters import Matter
from damrong.demo_cases.stories import Asked, Story

Row = tuple[Any, ...]
OneT = TypeVar("OneT")
MAKER: Final = "demo"
"""Whoever did something where no member of staff is there to have done it."""
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "cases": (
        "id", "ref", "state", "centre_code", "officer_id", "channel", "service_type", "nature", "category", "urgency",
        "secrecy", "subject", "description", "respondent", "province_code", "district_code", "subdistrict_code",
        "postcode", "place_note", "anonymity", "state_since", "progress_at", "screening_due_at", "screened_at",
        "due_at",
        "deadline_policy_id", "waiting_since", "waited_days", "result", "outcome", "reject_reason", "transferred_to",
        "closed_at", "reopened", "search_text", "created_by", "created_at", "updated_at", "version",
    ),
    "complainants": ("case_id", "kind", "key_id", "index_key_id", "sealed", "sealed_pin"),
    "identity_indexes": ("case_id", "kind", "digest"),
    "referrals": (
        "id", "case_id", "agency_id", "state", "request", "disclose_identity", "report", "sent_by", "sent_at", "due_at",
        "accepted_at", "ended_at", "progress_at", "version",
    ),
    "case_events": ("case_id", "at", "kind", "by", "note", "referral_id", "data"),
}  # fmt: skip
_CHANNELS: Final = (
    ("phone_1567", 46), ("walk_in", 14), ("web_province", 9), ("web_government", 8), ("letter", 7), ("app_moi1567", 6),
    ("mobile_unit", 4), ("web_ministry", 3), ("other_agency", 2), ("ratchasi_box", 1),
)  # fmt: skip
_NATURES: Final = (
    ("complaint", 82), ("urgent_relief", 6), ("advice", 5), ("information", 4), ("suggestion", 3),
)  # fmt: skip
_SERVICE_TYPES: Final = (("general", 86), ("important", 8), ("anonymous_letter", 4), ("wide_impact", 2))  # fmt: skip
_ANONYMITY: Final = ((Anonymity.NAMED, 74), (Anonymity.TO_AGENCY, 13), (Anonymity.TO_ALL, 13))
_URGENCY: Final = ((Urgency.NORMAL, 88), (Urgency.URGENT, 10), (Urgency.EMERGENCY, 2))


@dataclass(frozen=True, slots=True)
class Officer:
    user_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a case before its story: number, reference, who complains, who looks after it."""

    case_id: int
    ref: str
    at: datetime
    channel: str
    officer: Officer
    complainant: tuple[str, str]


@dataclass
class Batch:
    """Rows of each table, and what each case is found by."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    indexed: list[tuple[int, Indexed]] = field(default_factory=list)


class RowWriter:
    """Turns matters and their stories into rows."""

    def __init__(self, random: Random, ring: Keyring, clocks: Clocks) -> None:
        self._random, self._ring, self._clocks = random, ring, clocks
        self._digests: dict[str, str] = {}

    def channel(self) -> str:
        return self._one_of(_CHANNELS)

    def write(
        self, batch: Batch, known: Known, matter: Matter, story: Story, referral_ids: Sequence[int]
    ) -> None:
        anonymity = self._one_of(_ANONYMITY)
        asked = dict(zip(map(id, story.referrals), referral_ids, strict=False))
        due_at = self._case(batch, known, matter, story, anonymity)
        self._complainant(batch, known)
        for referral in story.referrals:
            batch.rows["referrals"].append(_referral(asked[id(referral)], known, referral, due_at))
        for step in story.steps:
            referral_id = asked[id(step.referral)] if step.referral else None
            data = json.dumps(step.data)
            batch.rows["case_events"].append(
                (known.case_id, step.at, step.kind.value, step.by, step.note, referral_id, data)
            )

    def _case(
        self, batch: Batch, known: Known, matter: Matter, story: Story, anonymity: Anonymity
    ) -> datetime:
        centre, last = matter.place.province_code, story.steps[-1].at
        reckoned = self._clocks.reckon(matter.category, story)
        text = thai_fold(
            searched_text(
                matter.subject, matter.description, matter.respondent, matter.place_note,
                places=matter.place.names, result=story.result,
                notes=[step.note for step in story.steps if step.note],
            )
        )  # fmt: skip
        ended = story.state in CaseState.ended()
        batch.rows["cases"].append(
            (
                known.case_id, known.ref, story.state.value, centre,
                known.officer.user_id if len(story.steps) > 1 else None, known.channel,
                self._one_of(_SERVICE_TYPES), self._one_of(_NATURES), matter.category,
                self._one_of(_URGENCY).value,
                (Secrecy.SECRET if self._random.random() < 0.01 else Secrecy.NORMAL).value,
                matter.subject, matter.description, matter.respondent, centre,
                matter.place.district_code, matter.place.subdistrict_code, matter.place.postcode,
                matter.place_note, anonymity.value, story.state_since, last,
                reckoned.screening_due_at, story.screened_at, reckoned.due_at, reckoned.policy_id,
                None if ended else reckoned.waiting_since, reckoned.waited_days, story.result,
                story.outcome and story.outcome.value,
                story.reject_reason and story.reject_reason.value,
                story.transferred_to, story.closed_at, story.reopened, text, known.officer.name,
                known.at, last, 1,
            )
        )  # fmt: skip
        agencies = {referral.agency.id for referral in story.referrals}
        batch.indexed.append((known.case_id, Indexed(text, centre, centre, agencies)))
        return reckoned.due_at

    def _complainant(self, batch: Batch, known: Known) -> None:
        (name, phone), ring = known.complainant, self._ring
        identity = {
            "name": name, "phone": phone, "national_id": None, "email": None, "address": None,
        }  # fmt: skip
        sealed = ring.seal(json.dumps(identity).encode(), bound_to=f"identity:{known.ref}")
        pin = f"{self._random.randrange(10_000):04d}".encode()
        sealed_pin = ring.seal(pin, bound_to=f"pin:{known.ref}").data
        batch.rows["complainants"].append(
            (
                known.case_id, ComplainantKind.PERSON.value, sealed.key_id, ring.indexes.current,
                sealed.data, sealed_pin,
            )
        )  # fmt: skip
        words = {(IndexKind.NAME, word) for word in thai_fold(name).split()}
        batch.rows["identity_indexes"] += [
            (known.case_id, kind.value, self._digest(kind, value))
            for kind, value in [*words, (IndexKind.PHONE, phone)]
        ]

    def _digest(self, kind: IndexKind, value: str) -> str:
        if kind is IndexKind.PHONE:
            return self._ring.digest(kind, value)
        if value not in self._digests:
            self._digests[value] = self._ring.digest(kind, value)
        return self._digests[value]

    def _one_of(self, weighted: Sequence[tuple[OneT, int]]) -> OneT:
        left = self._random.random() * sum(weight for _, weight in weighted)
        for value, weight in weighted:
            left -= weight
            if left < 0:
                return value
        return weighted[0][0]


def _referral(referral_id: int, known: Known, asked: Asked, due_at: datetime) -> Row:
    return (
        referral_id, known.case_id, asked.agency.id, asked.state.value, asked.request, False,
        asked.report, known.officer.name, asked.sent_at, due_at, asked.accepted_at, asked.ended_at,
        asked.progress_at, 1,
    )  # fmt: skip
