"""Who asks: a program with a bearer token. Cookies count for nothing here, so no other site can borrow them."""

from typing import Annotated

from fastapi import Depends, HTTPException, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from agent_console.dependencies import ConsoleDep
from case_store.people.permissions import Actor
from case_store.people.tokens import actor_of_token

bearer = HTTPBearer(auto_error=False, description="Made by `damrong token create`.")


def actor_of_request(
    console: ConsoleDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
) -> Actor:
    actor = None
    if credentials:
        with console.database.reading() as session:
            actor = actor_of_token(session, credentials.credentials)
    if actor is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return actor


Program = Annotated[Actor, Depends(actor_of_request)]
