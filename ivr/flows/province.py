"""Which province is the caller's matter in? Asked in the way that is shortest for this caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from case_store.calls.models import ProvinceSource
from case_store.places.numbering import CallerNumber
from case_store.places.provinces import NATIONAL, Province, by_postcode, regions
from ivr.flows.call import STAR, Call, Digits, GiveUp, menu_of
from ivr.flows.sentences import Sentence
from ivr.flows.store import Answer
from ivr.prompts.speech import say_province, say_region

POSTCODE_LENGTH: Final = 5
_ATTEMPTS: Final = 2
_PAGE: Final = 8
_MORE: Final = "9"
_MOST_ROUNDS: Final = 3


@dataclass(frozen=True)
class FoundProvince:
    code: str
    source: ProvinceSource


ASKED_FOR_A_PERSON: Final = FoundProvince(NATIONAL, ProvinceSource.OPERATOR)
NOT_FOUND: Final = FoundProvince(NATIONAL, ProvinceSource.NONE)


def find_province(
    call: Call, caller: CallerNumber | None, remembered: Answer[str | None]
) -> FoundProvince:
    """A landline's area code knows best, then the caller's last call, then the postcode."""
    if caller is not None and caller.province_codes:
        return choose_of_area(call, caller.province_codes)
    if last := remembered.or_else(None):
        return offer_remembered(call, last)
    return ask_postcode(call)


def choose_of_area(call: Call, codes: Sequence[str]) -> FoundProvince:
    """The two to eight provinces that share the caller's area code, likeliest first."""
    chosen = call.choose(
        Sentence.CHOOSE_PROVINCE,
        *_menu(codes),
        Sentence.OTHER_PROVINCE_STAR,
        Sentence.PRESS_0_NATIONAL,
        choices={**_by_key(codes), STAR: None},
    )
    if chosen is None:
        return ask_postcode(call)
    return FoundProvince(chosen, ProvinceSource.AREA_CODE)


def offer_remembered(call: Call, last: str) -> FoundProvince:
    """The province of the same number's last call, or another one. Who keys a postcode at once is understood too."""
    answer = call.choose_or_digits(
        Sentence.REMEMBERED_BEFORE,
        *say_province(last),
        Sentence.REMEMBERED_YES_NO,
        Sentence.PRESS_0_NATIONAL,
        choices={"1": "same", "2": "other", STAR: "menu"},
        count=POSTCODE_LENGTH,
    )
    if isinstance(answer, Digits):
        return ask_postcode(call, keyed_ahead=answer)
    if answer == "menu":  # who called before may know what the star does a step later
        return choose_by_region(call)
    if answer == "other":
        return ask_postcode(call)
    return FoundProvince(last, ProvinceSource.REMEMBERED)


def ask_postcode(call: Call, keyed_ahead: str = "") -> FoundProvince:
    """Five digits, read back as a province; * for those who do not know them."""
    apology: tuple[str, ...] = ()
    for _ in range(_ATTEMPTS):
        keyed = keyed_ahead or call.ask_digits(
            *apology,
            Sentence.ASK_POSTCODE,
            Sentence.STAR_REGIONS,
            Sentence.PRESS_0_NATIONAL,
            count=POSTCODE_LENGTH,
        )
        keyed_ahead = ""
        if keyed == STAR:
            return choose_by_region(call)
        found = by_postcode(keyed) if len(keyed) == POSTCODE_LENGTH and keyed.isdigit() else ()
        if found and (confirmed := confirm(call, found)):
            return FoundProvince(confirmed, ProvinceSource.POSTCODE)
        apology = _postcode_apology(call, keyed, found)
    raise GiveUp


def _postcode_apology(call: Call, keyed: str, found: Sequence[Province]) -> tuple[str, ...]:
    if found:  # it was a postcode, but not the caller's
        return ()
    is_whole = len(keyed) == POSTCODE_LENGTH
    return (Sentence.POSTCODE_UNKNOWN,) if is_whole else call.apology(keyed)


def confirm(call: Call, found: Sequence[Province]) -> str | None:
    """The code of the province that the caller meant; None when it is another."""
    codes = [province.code for province in found]
    if len(codes) > 1:  # some postcodes lie on both sides of a provincial border
        return call.choose(
            Sentence.CHOOSE_PROVINCE,
            *_menu(codes),
            Sentence.OTHER_PROVINCE_STAR,
            choices={**_by_key(codes), STAR: None},
        )
    return call.choose(
        Sentence.CONFIRM_PROVINCE_BEFORE,
        *say_province(codes[0]),
        Sentence.CONFIRM_YES_NO,
        choices={"1": codes[0], "2": None},
    )


def choose_by_region(call: Call) -> FoundProvince:
    """One of six regions, then one of its provinces."""
    keys = {str(key): region for key, region in enumerate(regions(), 1)}
    region = call.choose(
        Sentence.CHOOSE_REGION,
        *menu_of((say_region(region.code), key) for key, region in keys.items()),
        Sentence.MENU_REPEAT,
        choices=keys,
        again=STAR,
    )
    return choose_by_page(call, region.province_codes)


def choose_by_page(call: Call, codes: Sequence[str]) -> FoundProvince:
    """Up to eight provinces at a time; 9 goes on, and from the last page back to the first."""
    pages = [codes[start : start + _PAGE] for start in range(0, len(codes), _PAGE)]
    for page in pages * _MOST_ROUNDS:
        choices: dict[str, str | None] = {**_by_key(page)}
        question = [Sentence.CHOOSE_PROVINCE, *_menu(page)]
        if len(pages) > 1:
            choices[_MORE] = None
            question += menu_of([([Sentence.MENU_MORE], _MORE)])
        chosen = call.choose(*question, Sentence.MENU_REPEAT, choices=choices, again=STAR)
        if chosen is not None:
            return FoundProvince(chosen, ProvinceSource.MENU)
    raise GiveUp


def _by_key(codes: Sequence[str]) -> dict[str, str | None]:
    return {str(key): code for key, code in enumerate(codes, 1)}


def _menu(codes: Sequence[str]) -> list[str]:
    return menu_of((say_province(code), str(key)) for key, code in enumerate(codes, 1))
