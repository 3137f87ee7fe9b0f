"""Planning: ask for a rota, watch the search, look at the draft, publish and lock it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.charts import LineChart, line_chart
from agent_console.days import BadDay, read_day, typed_day
from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.plan_words import Telling, causes, user_ids
from agent_console.rota_words import (
    breaches_words,
    day_words,
    shift_name,
    shift_times,
    state_words,
)
from agent_console.safe_paths import with_query
from case_store.clock import BANGKOK, now
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, may, require
from case_store.people.staff import display_names
from case_store.places.provinces import centres, province
from case_store.rotation.rota.editing import BadChange, RotaChanged, RotaLocked, RuleBroken
from case_store.rotation.rota.jobs import OPEN, BadPlan, ask_for_plan, ask_to_stop, newest_job
from case_store.rotation.rota.models import PlanningJob, Rota, RotaState
from case_store.rotation.rota.planning import NothingToPlan
from case_store.rotation.rota.publishing import (
    Overlaps,
    WrongState,
    apply_draft,
    draft_rota,
    drop_draft,
    lock,
    moves_of,
    publish,
    rotas_of,
    unlock,
)
from case_store.rotation.rota.schedule import COUNTS
from case_store.rotation.rota.shift_types import shift_types_of

router = APIRouter(include_in_schema=False, prefix="/rotation/plans")
Id = Annotated[int, Path(ge=1, lt=10**18)]
PAST: Final = timedelta(days=31)
MOST_SHOWN: Final = 40
"""Reasons on the page; the others are counted."""
_POINTS: Final = 12
MOVES_ON_PAGE: Final = 40
SENTENCES: Final = {
    "days": N_(
        "Please write days from today on, the last not before the first, 92 days at the most."
    ),
    "day": N_(
        "Please write days from today on, the last not before the first, 92 days at the most."
    ),
    "seconds": N_("Please write a number from 5 to 600."),
    "running": N_("A search for this centre goes on already: wait for it, or stop it."),
    "people": N_("Nobody at this centre is in the rota. Say under “Staff of the rota” who is."),
    "shifts": N_("There are no shifts yet. Make them first, under “Shifts and needs”."),
    "needs": N_("No shift needs anybody on these days. Say first how many people each one wants."),
    "most": N_("There are 20 drafts already. Please drop some."),
    "overlaps": N_("Another rota counts on some of these days already: change that one instead."),
    "changed": N_("Somebody changed this rota at the same moment. Look at it again."),
    "locked": N_("The rota is locked. Unlock it first, or make overrides in the calendar."),
    "state": N_("That is not possible for this rota now."),
}


@dataclass(frozen=True)
class Trouble:
    """What is wrong with which form; `lines` are the rules that a draft breaks."""

    field: str
    sentence: str
    lines: tuple[str, ...] = ()


@router.get("")
def plans_page(
    frame: Frame, store: Reader, centre: Annotated[str, Query(max_length=2)] = ""
) -> Response:
    return page(frame, store, _centre(frame.reader.actor, centre))


@router.post("")
def ask(frame: Frame, store: Store, fields: FormFields) -> Response:
    """A search, or with `by_hand` an empty draft."""
    centre, actor = _centre(frame.reader.actor, fields.get("centre", "")), frame.reader.actor
    try:
        first, last = _days(fields)
        if fields.get("by_hand"):
            draft_rota(store, centre, first, last, by=actor, at=now())
        else:
            seconds = whole_number(fields, "seconds") or 0
            replans = _counting(store, centre, first, last) if fields.get("replan") else None
            ask_for_plan(
                store, centre, first, last, seconds=seconds, by=actor, at=now(), replans=replans
            )
    except (BadPlan, NothingToPlan, BadChange) as bad:
        trouble = Trouble(bad.field, gettext(SENTENCES[bad.field]))
        return page(frame, store, centre, typed=fields, trouble=trouble)
    return RedirectResponse(address(centre), 303)


@router.post("/jobs/{job_id}/stop")
def stop(job_id: Id, frame: Frame, store: Store) -> Response:
    job = store.get(PlanningJob, job_id)
    if job is None:
        raise HTTPException(404)
    ask_to_stop(store, job, by=frame.reader.actor, at=now())
    return RedirectResponse(address(job.centre_code), 303)


STEPS: Final = {
    "publish": publish,
    "lock": lock,
    "unlock": unlock,
    "drop": drop_draft,
}


@router.get("/{rota_id}/moves")
def moves_page(
    rota_id: Id,
    frame: Frame,
    store: Reader,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """What a draft would change of the rota that counts: who, which day, from what to what, before it is applied."""
    draft = store.get(Rota, rota_id)
    if draft is None or draft.state is not RotaState.DRAFT:
        raise HTTPException(404)
    require(frame.reader.actor, Action.PLAN_ROTA, draft.centre_code)
    found = moves_of(store, draft)
    if found is None:
        raise HTTPException(404)
    rota, moves = found
    pages = max(1, -(-len(moves) // MOVES_ON_PAGE))
    page = min(page, pages)
    first = (page - 1) * MOVES_ON_PAGE
    return frame.page(
        "rotation/moves.html",
        draft=draft,
        rota=rota,
        moves=moves[first : first + MOVES_ON_PAGE],
        first=first + 1,
        total=len(moves),
        people=len({one.user.id for one in moves}),
        page=page,
        pages=pages,
        seen=f"{draft.version}.{rota.version}",
        day_words=day_words,
        shift_name=shift_name,
        shift_times=shift_times,
    )


@router.post("/{rota_id}/{step}")
def take_step(
    rota_id: Id,
    step: Annotated[str, Path(max_length=10)],
    frame: Frame,
    store: Store,
    fields: FormFields,
) -> Response:
    rota = store.get(Rota, rota_id)
    if rota is None or step not in {*STEPS, "apply"}:
        raise HTTPException(404)
    centre = rota.centre_code
    require(frame.reader.actor, Action.PLAN_ROTA, centre)
    try:
        with store.begin_nested():
            if step == "apply":
                seen = _seen(plain(fields, "seen"))
                apply_draft(store, rota, by=frame.reader.actor, at=now(), seen=seen)
            else:
                STEPS[step](store, rota, by=frame.reader.actor, at=now())
    except RuleBroken as broken:
        trouble = Trouble(
            "rules",
            gettext("It is not published: it would break rules. Mend it in the calendar first."),
            broken_words(store, broken, centre),
        )
        return page(frame, store, centre, trouble=trouble)
    except RotaLocked:
        return page(frame, store, centre, trouble=_trouble("locked"))
    except Overlaps:
        return page(frame, store, centre, trouble=_trouble("overlaps"))
    except RotaChanged:
        return page(frame, store, centre, trouble=_trouble("changed"))
    except WrongState:
        return page(frame, store, centre, trouble=_trouble("state"))
    return RedirectResponse(address(centre), 303)


def _seen(typed: str) -> tuple[int, int] | None:
    """The versions whose differences were looked at; None where the form names none."""
    draft, _, rota = typed.partition(".")
    if not all(one.isascii() and one.isdecimal() and len(one) <= 9 for one in (draft, rota)):
        return None
    return int(draft), int(rota)


def broken_words(store: Session, broken: RuleBroken, centre: str) -> tuple[str, ...]:
    names = _names(store, broken.found)
    return tuple(
        sentence
        for user_id, found in broken.found.items()
        for sentence in breaches_words(store, found, names.get(user_id, "?"), centre)
    )[:MOST_SHOWN]


def _trouble(name: str) -> Trouble:
    return Trouble(name, gettext(SENTENCES[name]))


def page(
    frame: PageFrame,
    store: Session,
    centre: str,
    *,
    typed: Fields | None = None,
    typed_way: Fields | None = None,
    trouble: Trouble | None = None,
) -> Response:
    actor, today = frame.reader.actor, now().astimezone(BANGKOK).date()
    require(actor, Action.PLAN_ROTA, centre)
    rotas = rotas_of(store, centre, since=today - PAST)
    job = newest_job(store, centre)
    shifts = {shift.code: shift for shift in shift_types_of(store, centre, with_closed=True)}
    reasons = job.reasons if job else []
    draft = store.get(Rota, job.rota_id) if job and job.rota_id else None
    shown = reasons[:MOST_SHOWN]
    people = _names(store, user_ids(shown))
    return frame.page(
        "rotation/plans.html",
        status=422 if trouble else 200,
        centre=centre,
        centres=[one for one in centres() if may(actor, Action.PLAN_ROTA, one.code)],
        rotas=rotas,
        moves={
            rota.id: len(found[1])
            for rota in rotas
            if rota.state is RotaState.DRAFT and (found := moves_of(store, rota))
        },
        job=job,
        searching=job is not None and job.state in OPEN,
        chart=_chart(job) if job else None,
        causes=causes(Telling(store, shifts, people, centre), shown),
        short=len(reasons),
        draft=draft if draft and draft.state is RotaState.DRAFT else None,
        typed_way=typed_way or {},
        look_at=_look_at,
        state_words=state_words,
        more_reasons=max(0, len(reasons) - MOST_SHOWN),
        names=display_names(store, [rota.made_by for rota in rotas]),
        cost_words=lambda _code: gettext("What the best rota costs"),
        typed=typed or _suggested(rotas, today),
        trouble=trouble,
        today=today,
        typed_day=typed_day,
    )


def _look_at(planned: Rota | PlanningJob) -> str:
    """A day in the month that most of the days lie in: four weeks often begin at the end of one."""
    return min(planned.first_day + timedelta(days=7), planned.last_day).isoformat()


def _chart(job: PlanningJob) -> LineChart | None:
    """What the best roster cost, as the search went on: the last steps of it."""
    points = job.progress[-_POINTS:]
    if len(points) < 2:
        return None
    labels = [f"{point[0]:.0f} s" for point in points]
    return line_chart(labels, {"cost": [int(point[1]) for point in points]})


def _suggested(rotas: list[Rota], today: date) -> Fields:
    """Four weeks from the Monday after what counts already."""
    ends = [rota.last_day for rota in rotas if rota.state in COUNTS]
    after = max([*ends, today]) + timedelta(days=1)
    first = after + timedelta(days=-after.weekday() % 7) if not ends else after
    last = first + timedelta(days=27)
    return {"first": typed_day(first), "last": typed_day(last), "seconds": "30"}


def _days(fields: Fields) -> tuple[date, date]:
    try:
        first, last = read_day(plain(fields, "first")), read_day(plain(fields, "last"))
    except BadDay:
        first = last = None
    if first is None or last is None:
        raise BadPlan("days")
    return first, last


def _counting(store: Session, centre: str, first: date, last: date) -> Rota:
    """The rota that is planned anew, which must cover these days."""
    query = select(Rota).where(
        Rota.centre_code == centre, Rota.state.in_(COUNTS), Rota.first_day <= first, Rota.last_day >= last
    )  # fmt: skip
    rota = store.scalar(query.limit(1))
    if rota is None:
        raise BadPlan("days")
    return rota


def _names(store: Session, user_ids: Iterable[int]) -> dict[int, str]:
    ids = list(user_ids)
    rows = store.execute(select(User.id, User.display_name).where(User.id.in_(ids)))
    return {row.id: row.display_name for row in rows}


def _centre(actor: Actor, chosen: str) -> str:
    require(actor, Action.PLAN_ROTA)
    code = chosen if province(chosen) is not None else actor.centre_code
    require(actor, Action.PLAN_ROTA, code)
    return code


def address(centre: str) -> str:
    return with_query("/rotation/plans", centre=centre)
