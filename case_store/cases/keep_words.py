"""Keeping the lists of words: added, renamed, switched off; never deleted, as cases and policies use them."""

import re
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.audit.trail import SYSTEM, record
from case_store.cases.intake import DEFAULT_NATURE, DEFAULT_SERVICE_TYPE
from case_store.cases.screening import ANONYMOUS_LETTER
from case_store.cases.word_models import Category, Channel, Nature, ServiceType
from case_store.deadlines.models import PolicyKind
from case_store.deadlines.policies import change_policy
from case_store.people.permissions import Action, Actor, require

Word = Category | Channel | Nature | ServiceType
PlainWord = TypeVar("PlainWord", Channel, Nature, ServiceType)

CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,31}")
PHONE_CHANNEL: Final = "phone_1567"
NEEDED: Final = frozenset({PHONE_CHANNEL, DEFAULT_NATURE, DEFAULT_SERVICE_TYPE, ANONYMOUS_LETTER})
"""Words that programs rely on: they can be renamed and not be switched off."""


class BadWord(ValueError):
    """Something about a word is not right; `field` says what."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


def add_category(
    session: Session,
    *,
    code: str,
    name_th: str,
    name_en: str,
    by: Actor,
    at: datetime,
    parent_code: str | None = None,
    days_to_settle: int | None = None,
) -> Category:
    """A new category; below a `parent_code` it is one of the second level, and has the parent's days unless it says.

    Raises `NotAllowed`, `BadWord`.
    """
    require(by, Action.MANAGE_WORDS)
    _check_code(session, Category, code)
    parent = session.get(Category, parent_code) if parent_code else None
    if parent_code and (parent is None or parent.parent_code is not None):
        raise BadWord("parent_code")
    days = days_to_settle or (parent.days_to_settle if parent else None)
    if days is None or not 1 <= days <= 365:
        raise BadWord("days_to_settle")
    category = Category(
        code=code,
        name_th=_name(name_th, "name_th"),
        name_en=_name(name_en, "name_en"),
        position=_next_position(session, parent),
        active=True,
        parent_code=parent_code,
        days_to_settle=days,
    )
    session.add(category)
    session.flush()
    _record(session, "added", category, by, at, parent=parent_code, days=days)
    if days_to_settle is not None or parent is None:
        change_policy(session, PolicyKind.DEADLINE, code, {"days": days}, by=by, at=at)
    return category


def add_word(
    session: Session,
    kind: type[PlainWord],
    *,
    code: str,
    name_th: str,
    name_en: str,
    by: Actor,
    at: datetime,
) -> PlainWord:
    """A new channel, nature or service type, at the end of its list. Raises `NotAllowed`, `BadWord`."""
    require(by, Action.MANAGE_WORDS)
    _check_code(session, kind, code)
    last = session.scalar(select(func.max(kind.position)))
    word = kind(
        code=code,
        name_th=_name(name_th, "name_th"),
        name_en=_name(name_en, "name_en"),
        position=0 if last is None else last + 1,
        active=True,
    )
    session.add(word)
    session.flush()
    _record(session, "added", word, by, at)
    return word


def change_category(
    session: Session,
    category: Category,
    *,
    by: Actor,
    at: datetime,
    name_th: str | None = None,
    name_en: str | None = None,
    position: int | None = None,
) -> None:
    """Renames or moves a category; its days are a policy (case_store.deadlines.policies)."""
    change_word(
        session, category, by=by, at=at, name_th=name_th, name_en=name_en, position=position
    )


def change_word(
    session: Session,
    word: Word,
    *,
    by: Actor,
    at: datetime,
    name_th: str | None = None,
    name_en: str | None = None,
    position: int | None = None,
) -> None:
    """Renames or moves a word of any list. Raises `NotAllowed`, `BadWord`."""
    require(by, Action.MANAGE_WORDS)
    th = word.name_th if name_th is None else _name(name_th, "name_th")
    en = word.name_en if name_en is None else _name(name_en, "name_en")
    place = word.position if position is None else position
    if (th, en, place) != (word.name_th, word.name_en, word.position):
        word.name_th, word.name_en, word.position = th, en, place
        _record(session, "changed", word, by, at, name_th=th, name_en=en, position=place)


def switch_word(session: Session, word: Word, *, active: bool, by: Actor, at: datetime) -> None:
    """Lets a word be chosen or not; cases that have it keep it. A category takes its second level along when it goes.

    Raises `NotAllowed`; `BadWord` for a word that programs rely on, or below a category that is off.
    """
    require(by, Action.MANAGE_WORDS)
    if not active and word.code in NEEDED and not isinstance(word, Category):
        raise BadWord("code")
    changed = [word]
    if isinstance(word, Category):
        if active and word.parent_code and not session.get_one(Category, word.parent_code).active:
            raise BadWord("parent_code")
        if not active:
            changed += _below(session, word)
    for one in changed:
        if one.active != active:
            one.active = active
            _record(session, "switched", one, by, at, active=active)


def _below(session: Session, category: Category) -> list[Word]:
    return list(session.scalars(select(Category).where(Category.parent_code == category.code)))


def _next_position(session: Session, parent: Category | None) -> int:
    """Behind its siblings. The first level counts in hundreds, as the start values do, so that the second fits in."""
    if parent is None:
        last = session.scalars(select(Category.position).where(Category.parent_code.is_(None)))
        return (max(last, default=-100) // 100 + 1) * 100
    return max([parent.position, *(word.position for word in _below(session, parent))]) + 1


def _check_code(session: Session, kind: type[Word], code: str) -> None:
    if not CODE.fullmatch(code) or session.get(kind, code) is not None:
        raise BadWord("code")


def _name(text: str, field: str) -> str:
    text = text.strip()
    if not text or len(text) > 120:
        raise BadWord(field)
    return text


def _record(session: Session, what: str, word: Word, by: Actor, at: datetime, **facts: Any) -> None:
    kind = type(word).__name__.lower()
    record(
        session, chain=SYSTEM, action=f"word.{what}", subject=f"{kind}:{word.code}",
        by=by.name, at=at, facts=facts,
    )  # fmt: skip
