"""To whom a call can be handed on: colleagues on duty, and the queue of every centre."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from agent_console.i18n import gettext, language
from case_store.cases.fold import thai_fold
from case_store.people.colleagues import Colleague, on_duty
from case_store.people.permissions import Actor
from case_store.places.provinces import NATIONAL, Province, centres, province

MOST: Final = 30


def transfer_targets(
    session: Session, *, by: Actor, q: str, at: datetime, idle: timedelta
) -> list[dict[str, Any]]:
    """Own centre and the national one first, then centres with people on duty, then the rest."""
    colleagues = [one for one in on_duty(session, at=at, idle=idle) if one.user.id != by.user_id]
    free = Counter(one.user.centre_code for one in colleagues if not one.busy)
    near = {by.centre_code: 0, NATIONAL: 1}
    places = sorted(centres(), key=lambda one: (near.get(one.code, 2), -free[one.code], one.code))
    people = sorted(colleagues, key=lambda one: (near.get(one.user.centre_code, 2), one.busy))
    words = thai_fold(q).split()
    found = [_person(one) for one in people if _has(words, _person_text(one))]
    found += [_centre(one, free[one.code]) for one in places if _has(words, _centre_text(one))]
    return found[:MOST]


def _has(words: list[str], text: str) -> bool:
    return all(word in text for word in words)


def _person_text(one: Colleague) -> str:
    return thai_fold(f"{one.user.display_name} {_centre_name(one.user.centre_code)}")


def _centre_text(one: Province) -> str:
    return thai_fold(f"{one.name_th} {one.name_en} {one.code}")


def _person(one: Colleague) -> dict[str, Any]:
    state = gettext("Finishing notes") if one.busy else gettext("On duty")
    return {
        "target": one.user.extension,
        "kind": "agent",
        "label": one.user.display_name,
        "note": f"{_centre_name(one.user.centre_code)} · {state}",
        "level": "warn" if one.busy else "good",
    }


def _centre(one: Province, free: int) -> dict[str, Any]:
    note = gettext("On duty: %(count)s", count=free) if free else gettext("Nobody on duty")
    return {
        "target": one.queue,
        "kind": "province",
        "label": one.name(language()),
        "note": note,
        "level": "good" if free else "",
    }


def _centre_name(code: str) -> str:
    found = province(code)
    return found.name(language()) if found else ""
