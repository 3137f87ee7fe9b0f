"""Policies: deadlines, reminders and retention, with every version there was. A change rewrites no history."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from case_store.cases.word_models import Category
from case_store.cases.words import every_word
from case_store.clock import now
from case_store.deadlines.models import Policy, PolicyKind
from case_store.deadlines.policies import (
    VALUES,
    BadPolicy,
    change_policy,
    current_policy,
    list_policies,
)
from case_store.people.permissions import Action, require
from case_store.people.staff import display_names

router = APIRouter(include_in_schema=False, prefix="/office/policies")
ALL: Final = "all"
"""Stands in an address for every category that has no policy of its own."""
Code = Annotated[str, Path(pattern="^[a-z0-9_]{1,32}$")]
_OUT_OF_BOUNDS: Final = N_("Please write a whole number from %(least)s to %(most)s.")
_CHOOSE: Final = N_("Please choose one from the list.")


@dataclass(frozen=True)
class Rule:
    """What holds for a category; `own` is False when it takes the values of another."""

    kind: PolicyKind
    category: Category | None
    policy: Policy | None
    own: bool

    @property
    def address(self) -> str:
        return f"/office/policies/{self.kind}/{self.category.code if self.category else ALL}"


@router.get("")
def policies_page(frame: Frame, store: Reader) -> Response:
    require(frame.reader.actor, Action.MANAGE_WORDS)
    newest: dict[tuple[PolicyKind, str | None], Policy] = {}
    for policy in list_policies(store):
        newest.setdefault((policy.kind, policy.category), policy)
    categories = every_word(store, Category)
    rules = {kind: _rules(kind, categories, newest) for kind in PolicyKind}
    return frame.page("office/policies.html", rules=rules)


@router.get("/{kind}/{code}")
def policy_page(kind: PolicyKind, code: Code, frame: Frame, store: Reader) -> Response:
    return _page(frame, store, kind, code)


@router.post("/{kind}/{code}")
def change(
    kind: PolicyKind, code: Code, frame: Frame, store: Store, fields: FormFields
) -> Response:
    actor = frame.reader.actor
    require(actor, Action.MANAGE_WORDS)
    values = {name: _value(fields[name]) for name in VALUES[kind].model_fields if fields.get(name)}
    try:
        change_policy(
            store, kind, _category_code(code), values,
            by=actor, at=now(), note=plain(fields, "note"),
        )  # fmt: skip
    except BadPolicy as bad:
        if bad.field == "category":
            raise HTTPException(404) from bad
        errors = {bad.field: _sentence(kind, bad.field)}
        return _page(frame, store, kind, code, typed=fields, errors=errors)
    return RedirectResponse(f"/office/policies/{kind}/{code}", 303)


def _page(
    frame: PageFrame,
    store: Session,
    kind: PolicyKind,
    code: str,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    require(frame.reader.actor, Action.MANAGE_WORDS)
    category = store.get(Category, code) if code != ALL and kind.by_category else None
    if category is None and code != ALL:
        raise HTTPException(404)
    wanted = _category_code(code)
    versions = [one for one in list_policies(store, kind) if one.category == wanted]
    current = current_policy(store, kind, wanted, at=now())
    values = current.values if current else VALUES[kind]().model_dump(mode="json")
    return frame.page(
        "office/policy.html",
        status=422 if errors else 200,
        kind=kind,
        code=code,
        category=category,
        versions=versions,
        names=display_names(store, {one.made_by for one in versions}),
        values=_shown(values) | (typed or {}),
        limits=_limits(kind),
        errors=errors or {},
    )


def _rules(
    kind: PolicyKind,
    categories: list[Category],
    newest: Mapping[tuple[PolicyKind, str | None], Policy],
) -> list[Rule]:
    common = newest.get((kind, None))
    rules = [Rule(kind, None, common, own=True)]
    if not kind.by_category:
        return rules
    for category in categories:
        own = newest.get((kind, category.code))
        parent = newest.get((kind, category.parent_code)) if category.parent_code else None
        # A second level that only takes its parent's rule would double the list.
        if own or category.parent_code is None:
            rules.append(Rule(kind, category, own or parent or common, own=own is not None))
    return rules


def _category_code(code: str) -> str | None:
    return None if code == ALL else code


def _value(typed: str) -> int | str:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else typed


def _shown(values: Mapping[str, Any]) -> Fields:
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _limits(kind: PolicyKind) -> dict[str, tuple[int, int]]:
    """The smallest and the largest number that each value may be."""
    found = {}
    for name, schema in VALUES[kind].model_json_schema()["properties"].items():
        bounds = next(
            (one for one in schema.get("anyOf", [schema]) if one.get("type") == "integer"), None
        )
        if bounds:
            found[name] = (bounds["minimum"], bounds["maximum"])
    return found


def _sentence(kind: PolicyKind, field: str) -> str:
    limits = _limits(kind).get(field)
    if limits is None:
        return gettext(_CHOOSE)
    return gettext(_OUT_OF_BOUNDS, least=limits[0], most=limits[1])
