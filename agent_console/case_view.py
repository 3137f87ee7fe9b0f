"""Everything that the page of one case shows to one reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from agent_console.clock_picture import ClockPicture, clock_picture
from agent_console.forms import Fields
from agent_console.history_words import HistoryWords
from agent_console.province_map import on_map
from case_store.agencies.keep_agencies import list_agencies
from case_store.agencies.models import Agency
from case_store.cases.lifecycle import (
    ReferralStep,
    Step,
    possible_referral_steps,
    possible_steps,
)
from case_store.cases.merging import parts_of
from case_store.cases.models import Case, CaseState
from case_store.cases.officers import officers_of
from case_store.cases.referral_models import Referral
from case_store.cases.related import children_of
from case_store.cases.screening import is_anonymous_letter
from case_store.deadlines.calendar import WorkingCalendar
from case_store.deadlines.due import DueState, days_left, due_state
from case_store.identity.complainants import Identity, ShownIdentity, shown_to
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, may
from case_store.people.staff import display_names
from case_store.places.provinces import Province, centres
from case_store.privacy.models import LegalHold
from case_store.storage.attachments import attachments_for, may_remove, may_share
from case_store.storage.models import Attachment


@dataclass(frozen=True)
class Tried:
    """A form that came back: which one, what was typed into it, and what is wrong."""

    form: str = ""
    fields: Fields = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    def typed(self, form: str, name: str, otherwise: str = "") -> str:
        return self.fields.get(name, otherwise) if form == self.form else otherwise

    def error(self, form: str, name: str) -> str:
        return self.errors.get(name, "") if form == self.form else ""

    def is_open(self, form: str) -> bool:
        return form == self.form


@dataclass(frozen=True)
class ReferralView:
    """A referral, and what this reader may do with it now."""

    referral: Referral
    steps: tuple[ReferralStep, ...]


@dataclass(frozen=True)
class CaseView:
    """One case for one reader. `removable`, `sharable`: the files that they may remove, or open to agencies."""

    case: Case
    complainant: ShownIdentity
    due: DueState
    days_left: int | None
    clocks: ClockPicture
    steps: tuple[Step, ...]
    referrals: Sequence[ReferralView]
    attachments: Sequence[Attachment]
    removable: frozenset[int]
    sharable: frozenset[int]
    officers: Sequence[User]
    agencies: Sequence[Agency]
    words: HistoryWords
    parent: Case | None
    merged_into: Case | None
    parts: Sequence[Case]
    children: Sequence[Case]
    held: bool
    needs_checklist: bool
    map_url: str = ""
    revealed: Identity | None = None

    @property
    def centres(self) -> list[Province]:
        """Where the case may be given to."""
        return [one for one in centres() if one.code != self.case.centre_code]

    @property
    def reported(self) -> str:
        """What agencies reported, to answer the complainant from."""
        reports = [one.referral.report for one in self.referrals if one.referral.is_theirs]
        return "\n\n".join(report for report in reports if report)

    @property
    def point(self) -> tuple[float, float] | None:
        """Where its point lies on the outline of the country."""
        latitude, longitude = self.case.latitude, self.case.longitude
        return (
            on_map(latitude, longitude) if latitude is not None and longitude is not None else None
        )


def case_view(
    session: Session,
    case: Case,
    reader: Actor,
    *,
    at: datetime,
    map_link: str = "",
    revealed: Identity | None = None,
) -> CaseView:
    """Gathers it. What the reader may not see is not in it."""
    steps = possible_steps(case, reader)
    calendar = WorkingCalendar.of(session, case.centre_code)
    files = attachments_for(case, reader)
    handles = may(reader, Action.HANDLE_CASES, case)
    return CaseView(
        case=case,
        complainant=shown_to(session, case, reader),
        due=due_state(case, at),
        days_left=days_left(case, at, calendar),
        clocks=clock_picture(session, case, at=at),
        steps=steps,
        referrals=[
            ReferralView(one, possible_referral_steps(one, reader)) for one in case.referrals
        ],
        attachments=files,
        removable=frozenset(one.id for one in files if may_remove(one, reader)),
        sharable=frozenset(one.id for one in files if may_share(one, reader)),
        officers=officers_of(session, case.centre_code) if Step.ASSIGN in steps else [],
        agencies=agencies_for(session, case) if Step.REFER in steps else [],
        words=history_words(session, case),
        parent=_visible(session, case.parent_id, reader),
        merged_into=_visible(session, case.merged_into_id, reader),
        parts=_seen(parts_of(session, case), reader),
        children=_seen(children_of(session, case), reader),
        held=_is_held(session, case),
        needs_checklist=handles and is_anonymous_letter(case) and case.state is CaseState.SCREENING,
        map_url=_map_url(case, map_link),
        revealed=revealed,
    )


def history_words(session: Session, case: Case) -> HistoryWords:
    """The names that the history of a case needs."""
    agencies = {one.agency.code: one.agency for one in case.referrals}
    return HistoryWords(display_names(session, _people(case)), agencies)


def agencies_for(session: Session, case: Case) -> list[Agency]:
    """Those that may be asked: of the case's province and of the whole country, and not at work on it already."""
    at_work = {one.agency_id for one in case.referrals if one.is_running}
    return [
        one
        for one in list_agencies(session, centre_code=case.province_code)
        if one.id not in at_work
    ]


def _is_held(session: Session, case: Case) -> bool:
    lasting = exists().where(LegalHold.case_id == case.id, LegalHold.ended_at.is_(None))
    return bool(session.scalar(select(lasting)))


def _seen(cases: Sequence[Case], reader: Actor) -> list[Case]:
    return [one for one in cases if may(reader, Action.SEE_CASES, one)]


def _map_url(case: Case, link: str) -> str:
    """The address of the place in a map of others; only a person who presses it asks for it."""
    if case.latitude is None or case.longitude is None or not link:
        return ""
    return link.replace("{lat}", f"{case.latitude:.6f}").replace("{lon}", f"{case.longitude:.6f}")


def _visible(session: Session, case_id: int | None, reader: Actor) -> Case | None:
    found = session.get(Case, case_id) if case_id else None
    return found if found and may(reader, Action.SEE_CASES, found) else None


def _people(case: Case) -> set[str]:
    named = {str(event.data.get("officer", "")) for event in case.events if event.data}
    return {event.by for event in case.events} | {one.added_by for one in case.attachments} | named
