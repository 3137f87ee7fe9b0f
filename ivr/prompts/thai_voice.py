"""Thai text as sounds for espeak-ng.

espeak-ng has a Thai sound system (consonants, vowels, five tones) but reads Thai spelling letter by letter and drops
most vowels. So we read it ourselves: pythainlp finds the words, pronunciation.toml respells what spelling alone does
not tell, thaiphon gives each syllable's sounds and tone, and this module writes them in espeak's phoneme alphabet.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import thaiphon
from pythainlp.corpus import thai_words
from pythainlp.tokenize import word_tokenize
from pythainlp.util import Trie, dict_trie
from thaiphon.model.enums import Tone, VowelLength
from thaiphon.model.phoneme import Cluster, Phoneme
from thaiphon.model.syllable import Syllable

from ivr.prompts.pronunciation import UnreadableText, pronunciation

_THAI = re.compile(r"[\u0e01-\u0e3a\u0e40-\u0e4e]+")

_ONSETS: Final = {
    "k": "k", "kʰ": "k_h", "t": "t", "tʰ": "t_h", "p": "p", "pʰ": "p_h", "tɕ": "tS;", "tɕʰ": "tS",
    "b": "b", "d": "d", "f": "f", "s": "s", "h": "h", "ʔ": "?",
    "m": "m", "n": "n", "ŋ": "N", "j": "j", "w": "w", "r": "*", "l": "l",
}  # fmt: skip
_CODAS: Final = {
    "k̚": "k", "t̚": "t", "p̚": "p", "m": "m", "n": "n", "ŋ": "N", "j": "j", "w": "w",
    "f": "f", "s": "s", "l": "n",
}  # fmt: skip
_VOWELS: Final = {
    "a": "a", "i": "i", "u": "u", "e": "e", "ɛ": "E", "o": "o", "ɔ": "O", "ɯ": "W", "ɤ": "@",
}  # fmt: skip
_GLIDING_VOWELS: Final = {"iə": "i", "ɯə": "W", "uə": "u"}
"""These end in a second vowel, [a] or [@]; espeak's table has no such pairs, so each half gets its own pitch."""

_TONES: Final = {Tone.MID: "3", Tone.LOW: "2", Tone.FALLING: "5", Tone.HIGH: "4", Tone.RISING: "1"}
_HALVED_TONES: Final = {
    Tone.MID: ("3", "3"),
    Tone.LOW: ("2", "2"),
    Tone.FALLING: ("4", "5"),
    Tone.HIGH: ("4", "4"),
    Tone.RISING: ("2", "1"),
}


def phonemes(phrase: str) -> str:
    """A phrase of Thai words as espeak phonemes; `UnreadableText` for anything that is not Thai letters."""
    spoken = " ".join("".join(_espeak(s) for s in syllables(word)) for word in words(phrase))
    if not spoken:
        raise UnreadableText(f"Nothing to say in {phrase!r}.")
    return spoken


def words(phrase: str) -> list[str]:
    """The words of a phrase, our respelled words kept whole."""
    found = word_tokenize(phrase, engine="newmm", custom_dict=_dictionary(), keep_whitespace=False)
    for word in found:
        if not _THAI.fullmatch(word):
            raise UnreadableText(f"{word!r} in {phrase!r} is not Thai: write it in Thai words.")
    return [str(word) for word in found]


def syllables(word: str) -> Iterator[Syllable]:
    """The sounds of one word, from its respelling when it has one."""
    parts = respellings().get(word, word).split()
    for place, part in enumerate(parts, start=1):
        result = thaiphon.analyze(part, is_final_in_compound=place == len(parts))
        if not result.best.syllables or result.best.source == "fallback":
            raise UnreadableText(f"Cannot read {part!r}: add it to ivr/prompts/pronunciation.toml.")
        yield from result.best.syllables


def respellings() -> dict[str, str]:
    """Thai words and how to say them."""
    return pronunciation("th")


@cache
def _dictionary() -> Trie:
    return dict_trie(set(thai_words()) | set(respellings()))


def _espeak(syllable: Syllable) -> str:
    coda = _CODAS[syllable.coda.symbol] if syllable.coda else ""
    return _onset(syllable.onset) + _rhyme(syllable, coda)


def _onset(onset: Phoneme | Cluster | None) -> str:
    if onset is None:
        return "?"
    parts = (onset.first, onset.second) if isinstance(onset, Cluster) else (onset,)
    return "".join(_ONSETS[part.symbol] for part in parts)


def _rhyme(syllable: Syllable, coda: str) -> str:
    symbol, long = syllable.vowel.symbol, syllable.vowel_length is VowelLength.LONG
    if symbol == "i" and long and coda == "w":
        symbol = "iə"  # เ-ียว: thaiphon writes it as a long i
    if symbol in _GLIDING_VOWELS:
        first, second = _HALVED_TONES[syllable.tone]
        return f"'{_GLIDING_VOWELS[symbol]}{first}@{second}{coda}"
    if symbol == "ɤ" and coda:
        long = True  # เ-ิด, เ-ย are long; thaiphon's short ɤ is only right before a glottal stop
    vowel = f"'{_VOWELS[symbol]}:" if long else _VOWELS[symbol]
    return f"{vowel}{_TONES[syllable.tone]}{coda}"
