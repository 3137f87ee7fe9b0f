"""The lists that cases are described by: agencies, categories, channels, natures and service types."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Security
from pydantic import BaseModel, ConfigDict, Field

from agent_console.api.access import actor_of_request
from agent_console.api.schemas import ListOf
from agent_console.dependencies import Reader
from case_store.agencies.keep_agencies import list_agencies
from case_store.cases.word_models import Category, Channel, Nature, ServiceType
from case_store.cases.words import Word, active_words

router = APIRouter(tags=["lists"], dependencies=[Security(actor_of_request)])


class WordItem(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    code: str
    name_th: str
    name_en: str


class CategoryItem(WordItem):
    parent_code: Annotated[str | None, Field(description="Of the first level; null: it is one.")]


class AgencyItem(WordItem):
    id: int
    centre_code: Annotated[
        str | None, Field(description="The province it serves; null: the whole country.")
    ]


@router.get("/agencies", summary="Agencies that cases can be referred to; one page holds all")
def get_agencies(
    store: Reader,
    centre_code: Annotated[str | None, Query(pattern="^[0-9]{2}$")] = None,
) -> ListOf[AgencyItem]:
    found = list_agencies(store, centre_code)
    return ListOf(items=[AgencyItem.model_validate(one) for one in found], next=None)


@router.get("/categories", summary="Categories on two levels; one page holds all")
def get_categories(store: Reader) -> ListOf[CategoryItem]:
    found = active_words(store, Category)
    return ListOf(items=[CategoryItem.model_validate(one) for one in found], next=None)


@router.get("/channels", summary="How matters come in; one page holds all")
def get_channels(store: Reader) -> ListOf[WordItem]:
    return _words(active_words(store, Channel))


@router.get("/natures", summary="What kinds of matters there are; one page holds all")
def get_natures(store: Reader) -> ListOf[WordItem]:
    return _words(active_words(store, Nature))


@router.get("/service-types", summary="How much weight a matter has; one page holds all")
def get_service_types(store: Reader) -> ListOf[WordItem]:
    return _words(active_words(store, ServiceType))


def _words(words: Sequence[Word]) -> ListOf[WordItem]:
    return ListOf(items=[WordItem.model_validate(one) for one in words], next=None)
