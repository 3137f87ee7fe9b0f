"""The words that a spreadsheet may say for the store's codes: those of the lists, and those that offices write."""

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy.orm import Session

from case_store.cases.models import CaseState, Outcome, Secrecy, Urgency
from case_store.cases.word_models import Category, Channel, Nature, ServiceType
from case_store.cases.words import active_words
from case_store.exchange.labels import WORDS
from case_store.identity.models import Anonymity

Words = Mapping[str, tuple[str, ...]]
"""Codes, and the names that each goes by."""

_CHANNEL_ALIASES: Final = {
    "phone_1567": ("1567", "โทรศัพท์", "สายด่วน"),
    "walk_in": ("ด้วยตนเอง", "มาด้วยตนเอง", "วอล์คอิน"),
    "letter": ("ไปรษณีย์", "หนังสือ", "หนังสือร้องเรียน"),
}
_OPEN: Final = ("อยู่ระหว่างดำเนินการ", "กำลังดำเนินการ", "รอดำเนินการ", "เรื่องใหม่", "open", "new")
_ENDED: Final = ("ยุติ", "ยุติแล้ว", "ปิดเรื่อง", "closed")
_SETTLED: Final = ("แล้วเสร็จ", "ดำเนินการแล้วเสร็จ", "เสร็จสิ้น", "เสร็จแล้ว", "settled", "done")

_FIXED: Final[Mapping[str, Words]] = {
    "urgency": {one: WORDS[one] for one in Urgency},
    "secrecy": {one: WORDS[one] for one in Secrecy},
    "outcome": {one: WORDS[one] for one in Outcome},
    "anonymity": {
        Anonymity.NAMED: ("เปิดเผย", "ไม่ปกปิด", "named"),
        Anonymity.TO_AGENCY: ("ปกปิดต่อหน่วยงาน", "to agency"),
        Anonymity.TO_ALL: ("ปกปิด", "ไม่ประสงค์ออกนาม", "บัตรสนเท่ห์", "anonymous"),
    },
    "state": {
        **{state.value: WORDS[state] for state in CaseState},
        CaseState.RECEIVED.value: (*WORDS[CaseState.RECEIVED], *_OPEN),
        CaseState.CLOSED.value: (*WORDS[CaseState.CLOSED], *_ENDED),
        Outcome.SETTLED.value: (*WORDS[Outcome.SETTLED], *_SETTLED),
    },
}


def words_of(session: Session) -> Mapping[str, Words]:
    """By field: the words of the store's lists as they are now, and those that never change."""
    channels = _names(active_words(session, Channel))
    aliased = {code: (*names, *_CHANNEL_ALIASES.get(code, ())) for code, names in channels.items()}
    return {
        **_FIXED,
        "channel": aliased,
        "nature": _names(active_words(session, Nature)),
        "service_type": _names(active_words(session, ServiceType)),
        "category": _names(active_words(session, Category)),
    }


def _names(words: Iterable[Channel | ServiceType | Nature | Category]) -> Words:
    return {word.code: (word.name_th, word.name_en) for word in words}
