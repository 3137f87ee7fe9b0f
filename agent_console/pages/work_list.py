"""What must I do today: an officer's cases by how pressing they are, which whoever runs the floor may look at too."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from agent_console.case_rows import case_rows
from agent_console.dependencies import Reader
from agent_console.frame import Frame
from case_store.cases.officers import officers_of
from case_store.cases.work_list import work_list
from case_store.clock import now
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, may, require
from case_store.people.sign_in import actor_of

router = APIRouter(include_in_schema=False, prefix="/work")
MOST = 20


@router.get("")
def work_page(
    frame: Frame, store: Reader, officer: Annotated[str, Query(max_length=18)] = ""
) -> Response:
    actor = frame.reader.actor
    handles = may(actor, Action.HANDLE_CASES)
    if not handles:  # those who oversee see what is late in their provinces
        require(actor, Action.WATCH_BOARD)
        require(actor, Action.SEE_CASES)
    officers = _officers(store, actor)
    chosen = next((one for one in officers if str(one.id) == officer), None)
    groups = work_list(store, by=actor_of(chosen) if chosen else actor, at=now(), limit=MOST)
    return frame.page(
        "work/list.html",
        groups=[
            (group.kind, case_rows(store, group.cases, "", at=now()), group.more)
            for group in groups
        ],
        officers=officers,
        chosen=chosen,
        handles=handles,
        sees_all=may(actor, Action.WATCH_BOARD) and chosen is None,
    )


def _officers(store: Session, actor: Actor) -> list[User]:
    """Whose lists this reader may see: those who run the floor, their centre's officers'."""
    if not may(actor, Action.WATCH_BOARD, actor.centre_code) or not may(actor, Action.HANDLE_CASES):
        return []
    return officers_of(store, actor.centre_code)
