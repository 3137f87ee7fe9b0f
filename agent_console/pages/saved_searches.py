"""Searches that a person saved under a name: kept with their words, so that an address needs only a number."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import RedirectResponse, Response

from agent_console.case_search import read_search
from agent_console.dependencies import CurrentUser, Reader, Store
from agent_console.forms import FormFields, plain
from agent_console.frame import Frame
from agent_console.i18n import N_, gettext
from agent_console.pages.search import case_list_page
from case_store.clock import now
from case_store.people.permissions import Action, require
from case_store.search.saved import CannotSave, drop_search, save_search, saved_searches

router = APIRouter(include_in_schema=False, prefix="/cases/searches")
SearchId = Annotated[int, Path(ge=1, lt=10**18)]
_SENTENCES: Final = {
    "name": N_("Please give the search a name of at most 80 letters."),
    "too_many": N_("You have saved as many searches as you may. Delete one first."),
}


@router.post("")
def save(frame: Frame, store: Store, fields: FormFields) -> Response:
    """One of the same name is replaced."""
    require(frame.reader.actor, Action.SEE_CASES)
    search, name = read_search(fields), plain(fields, "name")
    try:
        save_search(store, frame.reader.user_id, name, search.fields, at=now())
    except CannotSave as problem:
        sentence = gettext(_SENTENCES[problem.field])
        return case_list_page(frame, store, search, problem=sentence, name=name)
    return case_list_page(frame, store, search)


@router.post("/{search_id}/open")
def open_saved(search_id: SearchId, frame: Frame, store: Reader) -> Response:
    for one in saved_searches(store, frame.reader.user_id):
        if one.id == search_id:
            kept = {name: str(value) for name, value in one.filters.items()}
            return case_list_page(frame, store, read_search(kept))
    raise HTTPException(404)


@router.post("/{search_id}/drop")
def drop(search_id: SearchId, reader: CurrentUser, store: Store) -> Response:
    if not drop_search(store, reader.user_id, search_id):
        raise HTTPException(404)
    return RedirectResponse("/cases", 303)
