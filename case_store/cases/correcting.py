"""Correcting the facts of a case and who complains. What the facts were before stays in the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from case_store.cases.complete import NotComplete, needed
from case_store.cases.history import write_history
from case_store.cases.intake import NewCase, check_words
from case_store.cases.lifecycle import Step, check_step
from case_store.cases.models import Case, CaseEvent, CaseEventKind
from case_store.cases.revealing import SHORTEST_REASON
from case_store.deadlines.clocks import restart_clocks
from case_store.identity.complainants import Identity, may_read, pin_of, seal_identity
from case_store.identity.keyring import keyring_of
from case_store.identity.models import Anonymity, ComplainantKind
from case_store.people.permissions import Action, Actor, NotAllowed
from case_store.search.index import index_case

WORDS: Final = frozenset({"channel", "service_type", "nature", "category"})
CORRECTABLE: Final = WORDS | {
    "urgency", "secrecy", "subject", "description", "respondent", "province_code", "district_code",
    "subdistrict_code", "postcode", "place_note", "latitude", "longitude", "anonymity",
}  # fmt: skip
"""Facts that an officer may correct; the responsible centre changes by a transfer."""
_MORE_MAY_KNOW: Final = (Anonymity.TO_ALL, Anonymity.TO_AGENCY, Anonymity.NAMED)


def correct(
    session: Session,
    case: Case,
    changes: Mapping[str, object],
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> CaseEvent | None:
    """Corrects facts of a case (CORRECTABLE); None when nothing differs. The history names the fields.

    That more people may know who complains needs a `reason`, as a reveal does. Raises pydantic's `ValidationError`
    and `UnknownWord` as intake does, `NotComplete` for a field that is none or a reason that is missing.
    """
    check_step(case, Step.CORRECT, by)
    for name in sorted(set(changes) - CORRECTABLE):
        raise NotComplete(name)
    before: dict[str, Any] = {name: getattr(case, name) for name in CORRECTABLE}
    after = NewCase.model_validate(before | dict(changes))
    changed = sorted(name for name in CORRECTABLE if getattr(after, name) != before[name])
    if not changed:
        return None
    if _may_more_know(before["anonymity"], after.anonymity):
        reason = needed(reason, "reason", least=SHORTEST_REASON)
    check_words(session, {name: getattr(after, name) for name in WORDS.intersection(changed)})
    for name in changed:
        setattr(case, name, getattr(after, name))
    _bring_up_to_date(session, case, changed)
    was = [f"{name}: {before[name] or ''}" for name in changed]
    return write_history(
        session, case, CaseEventKind.CHANGED, by=by, at=at, fields=changed,
        private_detail="\n".join([*was, *([reason] if reason else [])]),
    )  # fmt: skip


def correct_complainant(
    session: Session,
    case: Case,
    identity: Identity,
    *,
    by: Actor,
    at: datetime,
    kind: ComplainantKind | None = None,
) -> CaseEvent:
    """Corrects who complains, for an officer who may read it; the PIN stays. What was there before is kept nowhere.

    Raises `NotComplete` when nobody is written down, or was erased.
    """
    check_step(case, Step.CORRECT, by)
    if not may_read(case, by):
        raise NotAllowed(by, Action.SEE_IDENTITY)
    complainant = case.complainant
    if complainant is None or complainant.sealed is None:
        raise NotComplete("complainant")
    pin = pin_of(session, case)
    seal_identity(keyring_of(session), case.ref, complainant, identity, pin=pin)
    complainant.kind = kind or complainant.kind
    return write_history(session, case, CaseEventKind.CHANGED, by=by, at=at, fields=["complainant"])


def _may_more_know(before: Anonymity, after: Anonymity) -> bool:
    return _MORE_MAY_KNOW.index(after) > _MORE_MAY_KNOW.index(before)


def _bring_up_to_date(session: Session, case: Case, changed: list[str]) -> None:
    if "category" in changed:
        restart_clocks(session, case, at=case.created_at)
    session.flush()
    session.refresh(case, ["category_row", "nature_row", "channel_row", "service_type_row"])
    index_case(session, case)
