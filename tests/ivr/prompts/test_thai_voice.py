"""Thai is read as Thais read it, and espeak-ng takes every sound we hand to it."""

import re
import shutil
import subprocess

import pytest

from ivr.prompts.catalogue import every_prompt
from ivr.prompts.pronunciation import UnreadableText
from ivr.prompts.thai_voice import phonemes, respellings, syllables, words
from ivr.prompts.voice import VOICES

ESPEAK = shutil.which("espeak-ng") or ".tools/bin/espeak-ng"


def thai_phrases() -> list[str]:
    texts = (re.sub(r"<en>.*?</en>", " ", prompt.th) for prompt in every_prompt())
    return [phrase for text in texts for phrase in text.split()]


def sounds(word: str) -> str:
    """Vowel length and tone, spelled for a reader: `sa- ˨ wat ˨ dii ˧`."""
    marks = {"MID": "˧", "LOW": "˨", "FALLING": "˥˩", "HIGH": "˦", "RISING": "˩˦"}
    return " ".join(
        f"{s.vowel.symbol}{'ː' if s.vowel_length.value == 'LONG' else ''}{marks[s.tone.value]}"
        for s in syllables(word)
    )


@pytest.mark.parametrize(
    ("word", "expected"),
    [  # as the dictionary of the Royal Society gives them
        ("สวัสดี", "a˨ a˨ iː˧"),
        ("ศูนย์", "uː˩˦"),
        ("ดำรงธรรม", "a˧ o˧ a˧"),
        ("ไปรษณีย์", "a˧ a˨ iː˧"),
        ("โทรศัพท์", "oː˧ a˦ a˨"),
        ("กรุณา", "a˨ u˦ aː˧"),
        ("ประชาชน", "a˨ aː˧ o˧"),
        ("สามารถ", "aː˩˦ aː˥˩"),
        ("กรุงเทพมหานคร", "u˧ eː˥˩ a˦ aː˩˦ a˦ ɔː˧"),
        ("ฉะเชิงเทรา", "a˨ ɤ˧ a˧"),
        ("เพชรบูรณ์", "e˦ a˦ uː˧"),
        ("ราชบุรี", "aː˥˩ u˨ iː˧"),
        ("นครศรีธรรมราช", "a˦ ɔː˧ iː˩˦ a˧ a˦ aː˥˩"),
        ("ค่ะ", "a˥˩"),
        ("หนึ่ง", "ɯ˨"),
        ("ห้า", "aː˥˩"),
        ("หก", "o˨"),
        ("แปด", "ɛː˨"),
        ("เก้า", "aː˥˩"),
        ("สี่", "iː˨"),
    ],
)
def test_a_word_is_read_with_its_vowels_and_tones(word: str, expected: str) -> None:
    assert sounds(word) == expected


def test_every_respelling_is_one_plain_syllable_at_a_time() -> None:
    unclear = {
        word: said
        for word, said in respellings().items()
        if len(list(syllables(word))) != len(said.split())
    }

    assert unclear == {}


def test_every_thai_text_can_be_read() -> None:
    assert all(phonemes(phrase) for phrase in thai_phrases())


def test_espeak_says_our_sounds_and_no_others() -> None:
    written = [phonemes(phrase) for phrase in dict.fromkeys(thai_phrases())]

    spoken = subprocess.run(
        [ESPEAK, "-v", VOICES["th"].name, "-x", "-q"],
        input="\n\n".join(f"[[{phrase}]]" for phrase in written),
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    assert "".join(spoken.split()) == "".join(written).replace(" ", "")


def test_a_province_is_one_word_to_the_voice() -> None:
    assert words("จังหวัดพระนครศรีอยุธยา") == ["จังหวัด", "พระนครศรีอยุธยา"]


@pytest.mark.parametrize("text", ["กด1", "กดOK", "กด๑", "กด!", ""])
def test_what_is_not_thai_is_refused(text: str) -> None:
    with pytest.raises(UnreadableText):
        phonemes(text)
