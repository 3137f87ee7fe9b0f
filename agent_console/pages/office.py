"""The office: where everything stands that is kept, watched over and approved, by what the reader may do."""

from fastapi import APIRouter
from fastapi.responses import Response

from agent_console.frame import Frame
from agent_console.office_menu import groups_for
from agent_console.problems import problem_response

router = APIRouter(include_in_schema=False)


@router.get("/office")
def office_page(frame: Frame) -> Response:
    groups = groups_for(frame.reader.actor)
    if not groups:
        return problem_response(frame.request.scope, 403)
    return frame.page("office/office.html", groups=groups)
