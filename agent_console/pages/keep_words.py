"""The lists of words that cases use: categories on two levels, channels, natures, service types."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from case_store.cases.keep_words import (
    BadWord,
    Word,
    add_category,
    add_word,
    change_word,
    switch_word,
)
from case_store.cases.word_models import Category, Channel, Nature, ServiceType
from case_store.cases.words import every_word
from case_store.clock import now
from case_store.people.permissions import Action, Actor, require

router = APIRouter(include_in_schema=False, prefix="/office/words")
LISTS: Final[dict[str, type[Any]]] = {
    "category": Category,
    "channel": Channel,
    "nature": Nature,
    "service_type": ServiceType,
}
ListName = Annotated[str, Path(pattern="^(category|channel|nature|service_type)$")]
Code = Annotated[str, Path(pattern="^[a-z0-9_]{1,32}$")]
_SENTENCES: Final = {
    "code": N_("Please write a code of small English letters, digits and _ that no other has."),
    "name_th": N_("Please write the Thai name, at most 120 letters."),
    "name_en": N_("Please write the English name, at most 120 letters."),
    "parent_code": N_("Please choose one of the first level."),
    "days_to_settle": N_("Please write a whole number from 1 to 365."),
}
_NEEDED: Final = N_(
    "The system itself relies on this word: it can be renamed and not switched off."
)
_PARENT_OFF: Final = N_("The category above it is switched off. Switch that one on first.")
_MOST_PLACES: Final = 100_000


@router.get("")
def words_page(frame: Frame, store: Reader) -> Response:
    return _list(frame, store, "category")


@router.get("/{name}")
def list_page(name: ListName, frame: Frame, store: Reader) -> Response:
    return _list(frame, store, name)


@router.post("/{name}")
def add(name: ListName, frame: Frame, store: Store, fields: FormFields) -> Response:
    try:
        _add(store, name, fields, frame.reader.actor)
    except BadWord as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
        return _list(frame, store, name, typed=fields, errors=errors)
    return RedirectResponse(f"/office/words/{name}", 303)


@router.get("/{name}/{code}")
def word_page(name: ListName, code: Code, frame: Frame, store: Reader) -> Response:
    return _word(frame, store, name, code)


@router.post("/{name}/{code}")
def change(name: ListName, code: Code, frame: Frame, store: Store, fields: FormFields) -> Response:
    word = _found(store, name, code)
    try:
        change_word(
            store,
            word,
            name_th=plain(fields, "name_th"),
            name_en=plain(fields, "name_en"),
            position=_position(fields),
            by=frame.reader.actor,
            at=now(),
        )
    except BadWord as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
        return _word(frame, store, name, code, typed=fields, errors=errors)
    return RedirectResponse(f"/office/words/{name}", 303)


@router.post("/{name}/{code}/switch")
def switch(name: ListName, code: Code, frame: Frame, store: Store, fields: FormFields) -> Response:
    word, active = _found(store, name, code), fields.get("active") == "1"
    try:
        switch_word(store, word, active=active, by=frame.reader.actor, at=now())
    except BadWord as bad:
        problem = _PARENT_OFF if bad.field == "parent_code" else _NEEDED
        return _word(frame, store, name, code, errors={"active": gettext(problem)})
    return RedirectResponse(f"/office/words/{name}", 303)


def _add(store: Session, name: str, fields: Fields, by: Actor) -> None:
    """Only categories stand below one another and have days. Raises `BadWord`."""
    code, name_th, name_en = (plain(fields, field) for field in ("code", "name_th", "name_en"))
    if name != "category":
        add_word(store, LISTS[name], code=code, name_th=name_th, name_en=name_en, by=by, at=now())
        return
    add_category(
        store,
        code=code,
        name_th=name_th,
        name_en=name_en,
        parent_code=plain(fields, "parent_code") or None,
        days_to_settle=_days(fields),
        by=by,
        at=now(),
    )


def _days(fields: Fields) -> int | None:
    """Empty: as the category above it; what is no number is one that cannot be."""
    return whole_number(fields, "days_to_settle") if plain(fields, "days_to_settle") else None


def _position(fields: Fields) -> int | None:
    place = whole_number(fields, "position")
    return place if place is not None and place < _MOST_PLACES else None


def _found(store: Session, name: str, code: str) -> Word:
    word: Word | None = store.get(LISTS[name], code)
    if word is None:
        raise HTTPException(404)
    return word


def _list(
    frame: PageFrame,
    store: Session,
    name: str,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    require(frame.reader.actor, Action.MANAGE_WORDS)
    return frame.page(
        "office/words.html",
        status=422 if errors else 200,
        name=name,
        names=list(LISTS),
        words=_in_order(every_word(store, LISTS[name])),
        typed=typed or {},
        errors=errors or {},
    )


def _in_order(words: list[Word]) -> list[Word]:
    """The second level below its first, whatever places they were given."""
    below: dict[str | None, list[Word]] = {}
    for word in words:
        below.setdefault(getattr(word, "parent_code", None), []).append(word)
    return [one for word in below.get(None, []) for one in (word, *below.get(word.code, []))]


def _word(
    frame: PageFrame,
    store: Session,
    name: str,
    code: str,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    require(frame.reader.actor, Action.MANAGE_WORDS)
    word = _found(store, name, code)
    shown = {"name_th": word.name_th, "name_en": word.name_en, "position": str(word.position)}
    return frame.page(
        "office/word.html",
        status=422 if errors else 200,
        name=name,
        word=word,
        fields=shown | (typed or {}),
        errors=errors or {},
    )
