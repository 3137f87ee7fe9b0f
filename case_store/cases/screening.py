"""Anonymous letters (บัตรสนเท่ห์): taken when they state facts that can be checked, by a checklist at screening."""

from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from case_store.cases.complete import NotComplete
from case_store.cases.history import write_history
from case_store.cases.models import Case, CaseEvent, CaseEventKind, CaseState
from case_store.people.permissions import Action, Actor, require

ANONYMOUS_LETTER: Final = "anonymous_letter"
"""The service type of a letter that nobody signed."""


class Checklist(BaseModel):
    """What a letter states. Who wrote it does not matter: whether it can be checked does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: bool = False
    """Whom it is about."""
    what: bool = False
    where: bool = False
    when: bool = False
    evidence: bool = False
    """Evidence, or witnesses who can be asked."""

    @property
    def is_checkable(self) -> bool:
        """What happened and where, something that proves it, and a person or a time to begin with."""
        return self.what and self.where and self.evidence and (self.who or self.when)


def is_anonymous_letter(case: Case) -> bool:
    return case.service_type == ANONYMOUS_LETTER


def checklist_of(case: Case) -> Checklist | None:
    """What was found at screening; None when nobody has looked yet."""
    return Checklist.model_validate(case.checklist) if case.checklist is not None else None


def note_checklist(
    session: Session, case: Case, checklist: Checklist, *, by: Actor, at: datetime, note: str = ""
) -> CaseEvent:
    """Keeps what an anonymous letter states. Raises `NotComplete` when the case is none, or is not being screened."""
    require(by, Action.HANDLE_CASES, case)
    if not is_anonymous_letter(case):
        raise NotComplete("service_type")
    if case.state is not CaseState.SCREENING or case.merged_into_id is not None:
        raise NotComplete("state")
    case.checklist = checklist.model_dump()
    return write_history(
        session,
        case,
        CaseEventKind.CHECKED,
        by=by,
        at=at,
        note=note.strip(),
        **checklist.model_dump(),
    )


def lacks_checkable_facts(case: Case) -> bool:
    """Whether it is an anonymous letter that nobody may be troubled with; it is rejected, with a reason."""
    checklist = checklist_of(case)
    return is_anonymous_letter(case) and (checklist is None or not checklist.is_checkable)
