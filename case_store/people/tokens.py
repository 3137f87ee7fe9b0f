"""Bearer tokens of other programs. The token is shown once, when it is made."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.people.models import ApiToken, Role
from case_store.people.passwords import new_token, token_hash
from case_store.people.permissions import Actor
from case_store.places.provinces import NATIONAL


class TokenNameTaken(Exception):
    """There is a living token of that name: revoke it, or choose another name."""


def create_token(
    session: Session,
    *,
    name: str,
    role: Role,
    at: datetime,
    centre_code: str = NATIONAL,
    agency_id: int | None = None,
    inspection_region: str | None = None,
) -> str:
    """Makes a token and returns it. A revoked token's name may be used again. Raises `TokenNameTaken`."""
    earlier = session.scalar(select(ApiToken).where(ApiToken.name == name))
    if earlier is not None and earlier.revoked_at is None:
        raise TokenNameTaken(name)
    if earlier is not None:
        session.delete(earlier)
        session.flush()
    token = new_token()
    session.add(
        ApiToken(
            name=name,
            role=role,
            centre_code=centre_code,
            agency_id=agency_id,
            inspection_region=inspection_region,
            token_hash=token_hash(token),
            created_at=at,
        )
    )
    return token


def actor_of_token(session: Session, token: str) -> Actor | None:
    """Who a bearer token stands for; None when it is unknown or revoked."""
    found = session.scalar(
        select(ApiToken).where(
            ApiToken.token_hash == token_hash(token), ApiToken.revoked_at.is_(None)
        )
    )
    if found is None:
        return None
    return Actor(
        f"api:{found.name}",
        found.role,
        found.centre_code,
        agency_id=found.agency_id,
        inspection_region=found.inspection_region,
    )


def revoke_token(session: Session, name: str, *, at: datetime) -> bool:
    """Ends a token; False when there is no living one of that name."""
    found = session.scalar(
        select(ApiToken).where(ApiToken.name == name, ApiToken.revoked_at.is_(None))
    )
    if found is None:
        return False
    found.revoked_at = at
    return True
