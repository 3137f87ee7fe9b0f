"""The calendar of a centre: people by days, a month or a week, changed by dragging and by keyboard."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from agent_console.dependencies import ConsoleDep, CurrentUser, Reader
from agent_console.frame import Frame
from agent_console.rota_problems import Refusal, told_why
from agent_console.rota_view import Period, View, view_of
from agent_console.rota_words import state_words
from agent_console.safe_paths import with_query
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.people.permissions import Action, Actor, may, require
from case_store.places.provinces import Province, centres, province
from case_store.rotation.calendar.changes import Wanted, change_days
from case_store.rotation.calendar.sheet import Sheet, drafts_of, sheet_of
from case_store.rotation.rota.models import Rota, RotaState

router = APIRouter(include_in_schema=False, prefix="/rotation/calendar")

EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)
"""What a calendar is asked for beyond them is a slip."""


@dataclass(frozen=True)
class Shown:
    """Which centre, which days, and which draft over them."""

    centre_code: str
    period: Period
    draft: Rota | None

    def address(
        self,
        path: str = "/rotation/calendar",
        *,
        view: str = "",
        day: date | None = None,
        draft_id: int | None = None,
    ) -> str:
        """A page about the same, but for what is given. `draft_id` 0: what counts."""
        kept = self.draft.id if self.draft else None
        chosen = kept if draft_id is None else draft_id or None
        return with_query(
            path,
            centre=self.centre_code,
            view=view or self.period.view.value,
            day=(day or self.period.first).isoformat(),
            rota=str(chosen) if chosen else "",
        )


Centre = Annotated[str, Query(max_length=2)]
ViewQuery = Annotated[str, Query(max_length=10)]
DayQuery = Annotated[str, Query(max_length=10)]
RotaQuery = Annotated[int | None, Query(ge=1, lt=10**18)]


def shown(
    store: Session, actor: Actor, centre: str, view: str, day: str, rota: int | None
) -> Shown:
    """What is asked for. Raises `NotAllowed`; 404 for a draft that the reader may not see, or a centre that is none."""
    require(actor, Action.SEE_ROTA)
    code = centre or actor.centre_code
    if province(code) is None:
        raise HTTPException(404)
    require(actor, Action.SEE_ROTA, code)
    draft = _draft(store, actor, code, rota)
    start = draft.first_day if draft else day_of(now())
    return Shown(code, Period.of(_view(view), _day(day, start)), draft)


def _draft(store: Session, actor: Actor, centre_code: str, rota_id: int | None) -> Rota | None:
    if rota_id is None:
        return None
    found = store.get(Rota, rota_id)
    if found is None or found.centre_code != centre_code:
        raise HTTPException(404)
    if found.state is not RotaState.DRAFT:
        return None  # published meanwhile: it is in what counts
    if not may(actor, Action.PLAN_ROTA, centre_code):
        raise HTTPException(404)
    return found


def _view(asked: str) -> View:
    return View(asked) if asked in set(View) else View.MONTH


def _day(asked: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return otherwise
    return day if EARLIEST <= day <= LATEST else otherwise


def seen_centres(actor: Actor) -> list[Province]:
    return [one for one in centres() if may(actor, Action.SEE_ROTA, one.code)]


def sheet_shown(store: Session, actor: Actor, chosen: Shown) -> Sheet:
    period = chosen.period
    return sheet_of(
        store, chosen.centre_code, period.first, period.last, by=actor, draft=chosen.draft
    )


@router.get("")
def calendar_page(
    frame: Frame,
    store: Reader,
    centre: Centre = "",
    view: ViewQuery = "",
    day: DayQuery = "",
    rota: RotaQuery = None,
) -> Response:
    actor = frame.reader.actor
    chosen = shown(store, actor, centre, view, day, rota)
    plans = may(actor, Action.PLAN_ROTA, chosen.centre_code)
    sheet = sheet_shown(store, actor, chosen)
    return frame.page(
        "rotation/calendar.html",
        chosen=chosen,
        view=view_of(
            sheet, today=day_of(now()), reader_id=frame.reader.user_id, sees_reasons=plans
        ),
        centres=seen_centres(actor),
        drafts=drafts_of(store, chosen.centre_code) if plans else [],
        plans=plans,
        today=day_of(now()),
        state_words=state_words,
    )


Code = Annotated[str, StringConstraints(min_length=1, max_length=8)]


class DayIn(BaseModel):
    """A person's day as it is to be; `code` null: off."""

    user_id: Annotated[int, Field(ge=1, lt=2**31)]
    day: date
    code: Code | None = None


class EditIn(BaseModel):
    """What the calendar's script sends."""

    centre: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
    rota: Annotated[int | None, Field(ge=1, lt=2**31)] = None
    """The draft that was looked at."""
    versions: Annotated[dict[int, int], Field(max_length=20)]
    changes: Annotated[list[DayIn], Field(min_length=1, max_length=100)]
    reason: Annotated[str, StringConstraints(max_length=300)] = ""
    insist: bool = False
    override: bool = False


class DayOut(BaseModel):
    user_id: int
    day: date
    code: str | None


class EditOut(BaseModel):
    """The versions now, and the way back."""

    versions: dict[int, int]
    before: list[DayOut]


@router.post("/duties", response_model=EditOut)
def edit(edit: EditIn, console: ConsoleDep, reader: CurrentUser) -> EditOut | Response:
    """All of the changes, or none: the answer then says why."""
    require(reader.actor, Action.PLAN_ROTA, edit.centre)
    wanted = [Wanted(one.user_id, one.day, one.code) for one in edit.changes]
    try:
        with (
            told_why(console.database, edit.centre),
            console.database.transaction() as store,
        ):
            done = change_days(
                store,
                edit.centre,
                wanted,
                by=reader.actor,
                at=now(),
                draft=_draft(store, reader.actor, edit.centre, edit.rota),
                versions=edit.versions,
                reason=edit.reason.replace("\0", ""),
                insist=edit.insist,
                override=edit.override,
            )
    except Refusal as refusal:
        return refusal.answer()
    before = [DayOut(user_id=one.user_id, day=one.day, code=one.code) for one in done.before]
    return EditOut(versions=dict(done.versions), before=before)
