"""The catalogue refuses what could not be spoken, and holds nothing that a Thai voice would stumble over."""

import re
from pathlib import Path

import pytest

from ivr.prompts.catalogue import CatalogueError, every_prompt, load_catalogue

THAI = re.compile(r"[\u0e01-\u0e5b]")


def written(folder: Path, text: str) -> Path:
    path = folder / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[hello]\nth = "สวัสดีค่ะ"\n', "needs both th and en"),
        ('[hello]\nth = " "\nen = "Hello"\n', "needs both th and en"),
        ("[hello]\n", "says nothing"),
        ('["สวัสดี"]\nth = "สวัสดีค่ะ"\nen = "Hello"\n', "a-z, 0-9 and hyphens"),
        ('["../x"]\nth = "สวัสดีค่ะ"\nen = "Hello"\n', "a-z, 0-9 and hyphens"),
        ('[hello]\nth = "สวัสดีค่ะ"\nen = "Hello"\nde = "Hallo"\n', "only th and en"),
        ("[hello\n", "catalogue.toml"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_reason(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(CatalogueError, match=re.escape(complaint)):
        load_catalogue(written(tmp_path, text))


def test_our_sounds_lie_in_their_own_folder(tmp_path: Path) -> None:
    loaded = load_catalogue(written(tmp_path, '[hello]\nth = "สวัสดีค่ะ"\nen = "Hello"\n'))

    assert loaded["hello"].sound == "damrong/hello"
    assert loaded["hello"].text("en") == "Hello"


def test_no_two_prompts_share_a_sound() -> None:
    sounds = [prompt.sound for prompt in every_prompt()]

    assert len(sounds) == len(set(sounds))


def test_thai_texts_hold_only_thai_words() -> None:
    for prompt in every_prompt():
        thai = re.sub(r"<en>.*?</en>", "", prompt.th)
        assert re.fullmatch(r"[\u0e01-\u0e3a\u0e40-\u0e4e ]*", thai), prompt


def test_english_texts_hold_no_digits_that_a_voice_might_read_as_a_number() -> None:
    assert [prompt for prompt in every_prompt() if re.search(r"\d", prompt.en)] == []


def test_sentences_are_polite_and_short() -> None:
    for prompt in every_prompt():
        assert len(prompt.th) <= 130, prompt
        if prompt.th.startswith("กรุณา"):
            assert prompt.th.endswith("ค่ะ"), prompt
