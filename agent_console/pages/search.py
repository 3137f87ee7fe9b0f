"""The list of cases: one box, limits that combine, how many there are of each, and the list as a file."""

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from agent_console.case_choices import choices_for
from agent_console.case_rows import case_rows
from agent_console.case_search import CaseSearch, read_search
from agent_console.dependencies import Reader
from agent_console.forms import FormFields
from agent_console.frame import Frame, PageFrame
from case_store.cases.find_cases import list_cases
from case_store.clock import now
from case_store.search.counts import count_and_facets
from case_store.search.saved import saved_searches

router = APIRouter(include_in_schema=False, prefix="/cases")
PAGE = 40


@router.get("")
def case_list(request: Request, frame: Frame, store: Reader) -> Response:
    """The limits may stand in the address; the words of a search come by POST and stay out of it."""
    fields = {**request.query_params, "q": ""}
    return case_list_page(frame, store, read_search(fields))


@router.post("/search")
def case_search(frame: Frame, store: Reader, fields: FormFields) -> Response:
    """The same list. What is searched for may be a name or a number, and must not stand in an address."""
    return case_list_page(frame, store, read_search(fields))


def case_list_page(
    frame: PageFrame, store: Session, search: CaseSearch, *, problem: str = "", name: str = ""
) -> Response:
    """The page; `problem` and `name` are those of a search that could not be saved."""
    actor, wanted = frame.reader.actor, search.filter()
    page = list_cases(store, wanted, by=actor, limit=PAGE, cursor=search.cursor or None)
    count, counts = count_and_facets(store, wanted, by=actor)
    return frame.page(
        "cases/list.html",
        status=422 if search.errors or problem else 200,
        search=replace(search, cursor=""),
        is_first=not search.cursor,
        rows=case_rows(store, page.items, search.q, at=now()),
        next=page.next,
        count=count,
        counts=counts,
        choices=choices_for(store, search, by=actor),
        saved=saved_searches(store, frame.reader.user_id),
        problem=problem,
        name=name,
    )
