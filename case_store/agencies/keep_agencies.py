"""Keeping the list of agencies: added, renamed, switched off; never deleted, as cases were referred to them."""

import re
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from case_store.agencies.models import Agency
from case_store.audit.trail import SYSTEM, record
from case_store.people.permissions import Action, Actor, require
from case_store.places.provinces import province

CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,31}")
_MOST: Final = 2_000


class BadAgency(ValueError):
    """Something about an agency is not right; `field` says what."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


def list_agencies(
    session: Session, centre_code: str | None = None, *, active_only: bool = True
) -> list[Agency]:
    """The agencies that serve a centre, and those of the whole country; with None every agency."""
    query = select(Agency)
    if centre_code is not None:
        query = query.where(or_(Agency.centre_code == centre_code, Agency.centre_code.is_(None)))
    if active_only:
        query = query.where(Agency.active)
    return list(session.scalars(query.order_by(Agency.name_th, Agency.id).limit(_MOST)))


def find_agency(session: Session, code: str) -> Agency | None:
    return session.scalar(select(Agency).where(Agency.code == code))


def add_agency(
    session: Session,
    *,
    code: str,
    name_th: str,
    name_en: str,
    centre_code: str | None = None,
    by: Actor,
    at: datetime,
) -> Agency:
    """A new agency of a province, or of the whole country. Raises `NotAllowed`, `BadAgency`."""
    require(by, Action.MANAGE_WORDS)
    if not CODE.fullmatch(code) or find_agency(session, code) is not None:
        raise BadAgency("code")
    if centre_code is not None and province(centre_code) is None:
        raise BadAgency("centre_code")
    agency = Agency(
        code=code,
        name_th=_name(name_th, "name_th"),
        name_en=_name(name_en, "name_en"),
        centre_code=centre_code,
        active=True,
    )
    session.add(agency)
    session.flush()
    _record(session, "agency.added", agency, by, at)
    return agency


def change_agency(
    session: Session,
    agency: Agency,
    *,
    by: Actor,
    at: datetime,
    name_th: str | None = None,
    name_en: str | None = None,
    active: bool | None = None,
) -> None:
    """Renames an agency or switches it off, so that nothing new is referred to it; what it has, it goes on with."""
    require(by, Action.MANAGE_WORDS)
    th = agency.name_th if name_th is None else _name(name_th, "name_th")
    en = agency.name_en if name_en is None else _name(name_en, "name_en")
    on = agency.active if active is None else active
    if (th, en, on) != (agency.name_th, agency.name_en, agency.active):
        agency.name_th, agency.name_en, agency.active = th, en, on
        _record(session, "agency.changed", agency, by, at)


def _name(text: str, field: str) -> str:
    text = text.strip()
    if not text or len(text) > 160:
        raise BadAgency(field)
    return text


def _record(session: Session, action: str, agency: Agency, by: Actor, at: datetime) -> None:
    facts = {
        "name_th": agency.name_th, "name_en": agency.name_en,
        "centre_code": agency.centre_code, "active": agency.active,
    }  # fmt: skip
    record(
        session, chain=SYSTEM, action=action, subject=f"agency:{agency.code}",
        by=by.name, at=at, facts=facts,
    )  # fmt: skip
