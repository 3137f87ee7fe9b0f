"""The sounds of a value, put side by side, say the value: checked against pythainlp's own number words."""

import random
from datetime import UTC, datetime

import pytest
from pythainlp.util import num_to_thaiword
from pythainlp.util.date import thai_full_months

from case_store.places.provinces import centres
from ivr.prompts.catalogue import asterisk_sounds, every_prompt
from ivr.prompts.speech import (
    PAUSE,
    say_day,
    say_digits,
    say_number,
    say_phone_number,
    say_province,
)


def in_thai(sounds: list[str]) -> str:
    return "".join(asterisk_sounds()[name].th for name in sounds)


def in_english(sounds: list[str]) -> str:
    return " ".join(asterisk_sounds()[name].en for name in sounds)


def test_thai_numbers_to_9999_are_those_of_pythainlp() -> None:
    wrong = [n for n in range(10_000) if in_thai(say_number(n, "th")) != num_to_thaiword(n)]

    assert wrong == []


def test_large_thai_numbers_are_those_of_pythainlp() -> None:
    numbers = [random.Random(1567).randrange(10_000, 10_000_000) for _ in range(2_000)]
    numbers += [10_001, 100_001, 1_000_000, 1_000_001, 2_100_021, 11_000_011, 999_999_999]

    wrong = [n for n in numbers if in_thai(say_number(n, "th")) != num_to_thaiword(n)]

    assert wrong == []


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "zero"),
        (21, "twenty one"),
        (100, "one hundred"),
        (115, "one hundred fifteen"),
        (2_040, "two thousand forty"),
        (1_000_001, "one million one"),
        (-3, "minus three"),
    ],
)
def test_english_numbers(number: int, said: str) -> None:
    assert in_english(say_number(number, "en")) == said


def test_a_thai_minus_is_lop() -> None:
    assert in_thai(say_number(-21, "th")) == "ลบยี่สิบเอ็ด"


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_number_to_a_thousand_has_its_sounds(language: str) -> None:
    said = {name for n in range(-1, 1_001) for name in say_number(n, language)}

    assert all(asterisk_sounds()[name].text(language) for name in said)


def test_numbers_beyond_a_million_million_are_refused() -> None:
    with pytest.raises(ValueError, match="million million"):
        say_number(10**12, "th")


def test_a_postcode_is_read_digit_by_digit() -> None:
    assert say_digits("50200") == [f"digits/{digit}" for digit in "50200"]


def test_keys_and_gaps_are_said_and_thai_digits_are_not_taken_for_keys() -> None:
    assert say_digits("1 2--*#") == [
        "digits/1",
        PAUSE,
        "digits/2",
        PAUSE,
        "digits/star",
        "digits/pound",
    ]
    assert say_digits("๑") == []


@pytest.mark.parametrize(
    ("number", "groups"),
    [("0812345678", "081 234 5678"), ("053123456", "053 123 456"), ("021234567", "02 123 4567")],
)
def test_a_telephone_number_is_read_as_people_read_it(number: str, groups: str) -> None:
    assert say_phone_number(number) == say_digits(groups)


def test_every_centre_has_a_name_in_both_languages() -> None:
    prompts = {prompt.sound: prompt for prompt in every_prompt()}

    for centre in centres():
        (name,) = say_province(centre.code)
        assert prompts[name].th
        assert prompts[name].en


def asked_by_asterisk(number: int) -> list[str]:
    """The files that Asterisk's own Thai SayNumber asks for: ast_say_number_full_th of main/say.c, 1 to 9,999,999."""
    for size, name in (
        (10**6, "larn"),
        (10**5, "san"),
        (10**4, "muan"),
        (10**3, "pan"),
        (100, "roi"),
    ):
        if number >= size:
            rest = asked_by_asterisk(number % size) if number % size else []
            return [*asked_by_asterisk(number // size), f"digits/{name}", *rest]
    if number <= 20 or number % 10 == 1:
        return [f"digits/{number}"]
    return [f"digits/{number // 10 * 10}", *([f"digits/{number % 10}"] if number % 10 else [])]


def test_asterisk_finds_every_thai_number_in_its_queue_announcements() -> None:
    numbers = [*range(1, 1_000), *range(1_000, 10**7, 98_765)]

    assert all(asterisk_sounds()[name].th for n in numbers for name in asked_by_asterisk(n))
    assert in_thai(asked_by_asterisk(1_234_567)) == num_to_thaiword(1_234_567)


def test_a_day_is_said_as_it_is_in_bangkok_and_in_each_language_its_year() -> None:
    evening = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # one o'clock in the night of the 23rd

    assert in_thai(say_day(evening, "th")) == "ยี่สิบสามพฤศจิกายนสองพันห้าร้อยหกสิบเก้า"
    assert in_english(say_day(evening, "en")) == "twenty three November two thousand twenty six"


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_has_its_name(month: int) -> None:
    day = datetime(2026, month, 15, tzinfo=UTC)

    assert in_thai(say_day(day, "th"))[len("สิบห้า") :].startswith(thai_full_months[month - 1])
    assert f"{day:%B}" in in_english(say_day(day, "en"))
