"""Officers, agencies and cases in every state, for the tests of what is done with a case."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.agencies.models import Agency
from case_store.audit.models import AuditEntry, AuditHead
from case_store.audit.trail import START, hash_of
from case_store.cases import referrals, steps
from case_store.cases.correcting import correct
from case_store.cases.lifecycle import Step
from case_store.cases.models import Case, CaseState, Outcome, RejectReason
from case_store.cases.referral_models import Referral
from case_store.people.models import Role, User
from case_store.people.permissions import Actor
from tests.case_store.kit import NOON, case, person

OFFICER: Final = Actor("prapai", Role.CASE_OFFICER, "50")
NOTHING: Final = Actor("root", Role.ADMINISTRATOR, "00")


def agency(session: Session, code: str = "pea_50", centre: str | None = "50") -> Agency:
    """The agency of a code, made when it is not there."""
    found = session.scalar(select(Agency).where(Agency.code == code))
    if found is None:
        found = Agency(
            code=code, name_th=f"หน่วยงาน {code}", name_en=code.upper(), centre_code=centre, active=True
        )  # fmt: skip
        session.add(found)
        session.flush()
    return found


def agency_officer(of: Agency, name: str = "suda") -> Actor:
    return Actor(name, Role.AGENCY_OFFICER, "50", agency_id=of.id)


def officer(session: Session, name: str = "malee", centre: str = "50") -> User:
    found = session.scalar(select(User).where(User.username == name))
    return found or person(session, name, Role.CASE_OFFICER, centre)


def referred(
    session: Session, one: Case, code: str = "pea_50", *, at: datetime = NOON, **more: Any
) -> Referral:
    return referrals.refer(
        session, one, agency(session, code), "โปรดตรวจสอบ", by=OFFICER, at=at, **more
    )


Taken = Callable[[Session, Case, Actor, datetime], object]

TAKE: Final[Mapping[Step, Taken]] = {
    Step.BEGIN_SCREENING: lambda s, c, by, at: steps.begin_screening(s, c, by=by, at=at),
    Step.HANDLE: lambda s, c, by, at: steps.handle(s, c, by=by, at=at),
    Step.REFER: lambda s, c, by, at: referrals.refer(
        s, c, agency(s, f"new_{len(c.referrals)}"), "โปรดตรวจสอบ", by=by, at=at
    ),
    Step.REPORT_RESULT: lambda s, c, by, at: steps.report_result(s, c, "ซ่อมแล้ว", by=by, at=at),
    Step.SEND_BACK_RESULT: lambda s, c, by, at: steps.send_back_result(
        s, c, "ยังไม่ครบถ้วน", by=by, at=at
    ),
    Step.CLOSE: lambda s, c, by, at: steps.close(s, c, Outcome.SETTLED, "แก้ไขแล้ว", by=by, at=at),
    Step.REJECT: lambda s, c, by, at: steps.reject(
        s, c, RejectReason.IN_COURT, "อยู่ในชั้นศาล", by=by, at=at
    ),
    Step.WITHDRAW: lambda s, c, by, at: steps.withdraw(s, c, "ผู้ร้องขอถอน", by=by, at=at),
    Step.REOPEN: lambda s, c, by, at: steps.reopen(s, c, "ยังไม่แก้ไข", by=by, at=at),
    Step.WAIT: lambda s, c, by, at: steps.wait_for_complainant(s, c, "ขอพิกัด", by=by, at=at),
    Step.GO_ON: lambda s, c, by, at: steps.go_on(s, c, "ได้พิกัดแล้ว", by=by, at=at),
    Step.TRANSFER: lambda s, c, by, at: steps.transfer(s, c, "83", "พื้นที่ภูเก็ต", by=by, at=at),
    Step.ASSIGN: lambda s, c, by, at: steps.assign(
        s, c, officer(s, f"officer_{c.centre_code}", c.centre_code), by=by, at=at
    ),
    Step.CORRECT: lambda s, c, by, at: correct(
        s, c, {"subject": f"{c.subject[:150]} (แก้)"}, by=by, at=at
    ),
}
"""Every step, with what it needs."""

WAY: Final[Mapping[CaseState, tuple[Step, ...]]] = {
    CaseState.RECEIVED: (),
    CaseState.SCREENING: (Step.BEGIN_SCREENING,),
    CaseState.REFERRED: (Step.BEGIN_SCREENING, Step.REFER),
    CaseState.HANDLING: (Step.BEGIN_SCREENING, Step.HANDLE),
    CaseState.REVIEW: (Step.BEGIN_SCREENING, Step.HANDLE, Step.REPORT_RESULT),
    CaseState.CLOSED: (Step.BEGIN_SCREENING, Step.CLOSE),
    CaseState.REJECTED: (Step.BEGIN_SCREENING, Step.REJECT),
    CaseState.WITHDRAWN: (Step.WITHDRAW,),
    CaseState.REOPENED: (Step.WITHDRAW, Step.REOPEN),
}
"""A way into each state."""


def in_state(session: Session, state: CaseState, **fields: Any) -> Case:
    """A new case, brought into a state by the steps themselves."""
    one = case(session, **fields)
    for step in WAY[state]:
        TAKE[step](session, one, OFFICER, NOON)
    assert one.state is state
    return one


def later(days: float) -> datetime:
    return NOON + timedelta(days=days)


def assert_unbroken(session: Session) -> list[AuditEntry]:
    """Recomputes every audit chain by hand, and gives back its entries."""
    session.flush()
    session.expire_all()
    query = select(AuditEntry).order_by(AuditEntry.chain, AuditEntry.number)
    entries = list(session.scalars(query))
    for head in session.scalars(select(AuditHead)):
        links = [entry for entry in entries if entry.chain == head.chain]
        assert [link.number for link in links] == list(range(1, head.number + 1))
        assert [link.hash for link in links] == [hash_of(link) for link in links]
        assert [link.previous for link in links][:1] == [START][: len(links)]
        assert all(after.previous == before.hash for before, after in pairwise(links))
        assert not links or links[-1].hash == head.hash
    return entries
