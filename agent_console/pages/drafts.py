"""Drafts of the case form, kept while somebody types."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path
from pydantic import BaseModel, Field, StringConstraints

from agent_console.dependencies import CurrentUser, Reader, Store
from agent_console.workspace import DRAFT_KEY, intake_key
from case_store.cases.drafts import drop_draft, find_draft, save_draft
from case_store.cases.intake import case_of_intake
from case_store.clock import now
from case_store.people.permissions import Action, require

router = APIRouter(include_in_schema=False, prefix="/drafts")
Key = Annotated[str, Path(pattern=f"^{DRAFT_KEY.pattern}$")]
Name = Annotated[str, StringConstraints(max_length=64)]
NOT_KEPT = frozenset({"csrf_token"})


class DraftIn(BaseModel):
    """What the form holds now."""

    fields: Annotated[dict[Name, str | list[str]], Field(max_length=60)]
    edited_at: datetime | None = None


@router.put("/{key}")
def keep_draft(key: Key, draft: DraftIn, reader: CurrentUser, store: Store) -> dict[str, Any]:
    require(reader.actor, Action.LOG_CASES)
    if case_of_intake(store, intake_key(reader.user_id, key)):
        raise HTTPException(409)
    fields = {name: value for name, value in draft.fields.items() if name not in NOT_KEPT}
    kept = save_draft(store, reader.user(store), key, fields, at=now())
    return {"saved_at": kept.updated_at}


@router.get("/{key}")
def read_draft(key: Key, reader: CurrentUser, store: Reader) -> dict[str, Any]:
    kept = find_draft(store, reader.user(store), key)
    if kept is None:
        raise HTTPException(404)
    return {"fields": kept.fields, "saved_at": kept.updated_at}


@router.delete("/{key}", status_code=204)
def forget_draft(key: Key, reader: CurrentUser, store: Store) -> None:
    drop_draft(store, reader.user(store), key)
