"""Rotas by centre, for lists: what counts for whoever may look, drafts for planners."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.people.permissions import Action, Actor, may, require
from case_store.rotation.rota.models import Rota, RotaState
from case_store.rotation.rota.schedule import COUNTS


def list_rotas(
    session: Session, centre_code: str, *, by: Actor, limit: int, before: int | None = None
) -> list[Rota]:
    """The newest first, from behind the id `before`. Raises `NotAllowed`."""
    require(by, Action.SEE_ROTA, centre_code)
    states = [*COUNTS]
    if may(by, Action.PLAN_ROTA, centre_code):
        states.append(RotaState.DRAFT)
    query = select(Rota).where(Rota.centre_code == centre_code, Rota.state.in_(states))
    if before is not None:
        query = query.where(Rota.id < before)
    return list(session.scalars(query.order_by(Rota.id.desc()).limit(limit)))


def find_rota(session: Session, rota_id: int, *, by: Actor) -> Rota | None:
    """A rota that `by` plans; None when there is none, or it is none of their business. Raises `NotAllowed`."""
    require(by, Action.PLAN_ROTA)
    rota = session.get(Rota, rota_id)
    if rota is None or not may(by, Action.PLAN_ROTA, rota.centre_code):
        return None
    return rota
