"""The words of documents and spreadsheets for the store's codes: Thai first, English second."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from case_store.cases.models import (
    CaseEventKind,
    CaseState,
    Outcome,
    RejectReason,
    Secrecy,
    Urgency,
)
from case_store.cases.referral_models import ReferralState

Pair = tuple[str, str]

_E = CaseEventKind
WORDS: Final[Mapping[StrEnum, Pair]] = {
    CaseState.RECEIVED: ("รับเรื่องแล้ว", "Received"),
    CaseState.SCREENING: ("อยู่ระหว่างคัดกรอง", "Screening"),
    CaseState.REFERRED: ("ส่งต่อหน่วยงานแล้ว", "Referred to agencies"),
    CaseState.HANDLING: ("ศูนย์ดำเนินการเอง", "Handled by the centre"),
    CaseState.REVIEW: ("ตรวจสอบผลการดำเนินการ", "Result under review"),
    CaseState.CLOSED: ("ยุติเรื่อง", "Closed"),
    CaseState.REJECTED: ("ไม่รับดำเนินการ", "Rejected"),
    CaseState.WITHDRAWN: ("ผู้ร้องถอนเรื่อง", "Withdrawn"),
    CaseState.REOPENED: ("เปิดเรื่องใหม่", "Reopened"),
    Outcome.SETTLED: ("แก้ไขปัญหาให้แล้ว", "Settled"),
    Outcome.EXPLAINED: ("ชี้แจงทำความเข้าใจแล้ว", "Explained"),
    Outcome.REFERRED_ELSEWHERE: ("ส่งหน่วยงานอื่นที่มีอำนาจหน้าที่", "Referred elsewhere"),
    Outcome.NOT_PURSUED: ("ไม่อาจดำเนินการต่อได้", "Could not be pursued"),
    RejectReason.NO_CHECKABLE_FACTS: ("ไม่ระบุข้อเท็จจริงที่ตรวจสอบได้", "No facts that can be checked"),
    RejectReason.IN_COURT: ("อยู่ระหว่างการพิจารณาของศาล", "Before a court"),
    RejectReason.DECIDED_ALREADY: ("มีคำวินิจฉัยถึงที่สุดแล้ว", "Decided already"),
    RejectReason.MONARCHY: ("เรื่องที่เกี่ยวกับสถาบันพระมหากษัตริย์", "Concerns the monarchy"),
    RejectReason.DUPLICATE: ("เป็นเรื่องซ้ำ", "A duplicate"),
    RejectReason.NO_COMPLAINT: ("ไม่ใช่เรื่องร้องเรียน", "No complaint"),
    Urgency.NORMAL: ("ปกติ", "Normal"),
    Urgency.URGENT: ("ด่วน", "Urgent"),
    Urgency.EMERGENCY: ("ฉุกเฉิน มีอันตรายต่อชีวิต", "Danger to life"),
    Secrecy.NORMAL: ("ปกติ", "Normal"),
    Secrecy.SECRET: ("ลับ", "Secret"),
    ReferralState.SENT: ("ส่งแล้ว", "Sent"),
    ReferralState.ACCEPTED: ("รับเรื่องแล้ว", "Accepted"),
    ReferralState.IN_PROGRESS: ("กำลังดำเนินการ", "In progress"),
    ReferralState.REPORTED: ("รายงานผลแล้ว", "Reported"),
    ReferralState.RETURNED: ("ส่งคืน ไม่อยู่ในอำนาจหน้าที่", "Returned as not theirs"),
    ReferralState.RECALLED: ("ศูนย์เรียกคืน", "Recalled"),
}

EVENTS: Final[Mapping[CaseEventKind, Pair]] = {
    _E.RECEIVED: ("รับเรื่อง", "Case received"),
    _E.NOTE: ("บันทึก", "Note"),
    _E.CALL_LINKED: ("รับสายเกี่ยวกับเรื่องนี้", "Call about this case"),
    _E.ASSIGNED: ("มอบหมายผู้รับผิดชอบ", "Assigned to an officer"),
    _E.CHANGED: ("แก้ไขข้อมูล", "Facts corrected"),
    _E.SCREENING_BEGUN: ("เริ่มคัดกรอง", "Screening begun"),
    _E.HANDLING_BEGUN: ("ศูนย์เริ่มดำเนินการเอง", "Handling begun by the centre"),
    _E.REFERRED: ("ส่งต่อหน่วยงาน", "Referred"),
    _E.REFERRAL_ACCEPTED: ("หน่วยงานรับเรื่อง", "Accepted by the agency"),
    _E.REFERRAL_BEGUN: ("หน่วยงานเริ่มดำเนินการ", "Work begun by the agency"),
    _E.REFERRAL_PROGRESS: ("หน่วยงานรายงานความคืบหน้า", "Progress told by the agency"),
    _E.REFERRAL_REPORTED: ("หน่วยงานรายงานผล", "Reported by the agency"),
    _E.REFERRAL_RETURNED: ("หน่วยงานส่งเรื่องคืน", "Returned by the agency"),
    _E.REFERRAL_SENT_BACK: ("ส่งผลให้หน่วยงานทบทวน", "Report sent back to the agency"),
    _E.REFERRAL_RECALLED: ("เรียกเรื่องคืนจากหน่วยงาน", "Recalled from the agency"),
    _E.PROGRESS: ("ความคืบหน้า", "Progress"),
    _E.RESULT_REPORTED: ("เสนอผลการดำเนินการ", "Result put forward"),
    _E.RESULT_SENT_BACK: ("ให้ทบทวนผลการดำเนินการ", "Result sent back"),
    _E.WAITS_FOR_COMPLAINANT: ("รอข้อมูลจากผู้ร้อง", "Waiting for the complainant"),
    _E.COMPLAINANT_ANSWERED: ("ได้รับข้อมูลจากผู้ร้อง", "The complainant answered"),
    _E.TRANSFERRED: ("โอนเรื่องให้ศูนย์อื่น", "Transferred to another centre"),
    _E.CLOSED: ("ยุติเรื่อง", "Closed"),
    _E.REJECTED: ("ไม่รับดำเนินการ", "Rejected"),
    _E.WITHDRAWN: ("ผู้ร้องถอนเรื่อง", "Withdrawn"),
    _E.REOPENED: ("เปิดเรื่องใหม่", "Reopened"),
    _E.MERGED: ("รวมเรื่องซ้ำ", "Merged"),
    _E.UNMERGED: ("แยกเรื่องที่รวมไว้", "Unmerged"),
    _E.REMINDED: ("แจ้งเตือนเรื่องไม่คืบหน้า", "Reminder sent"),
    _E.ATTACHED: ("แนบเอกสาร", "File attached"),
    _E.ATTACHMENT_REMOVED: ("นำเอกสารแนบออก", "File removed"),
    _E.ATTACHMENT_SHARED: ("ให้หน่วยงานดูเอกสารแนบได้", "File opened to agencies"),
    _E.ATTACHMENT_WITHHELD: ("ไม่ให้หน่วยงานดูเอกสารแนบ", "File closed to agencies"),
    _E.IDENTITY_REVEALED: ("เปิดดูข้อมูลผู้ร้องโดยมีเหตุผล", "Identity revealed for a reason"),
    _E.IDENTITY_DISCLOSED: ("เปิดเผยข้อมูลผู้ร้องต่อหน่วยงาน", "Identity disclosed to the agency"),
    _E.ANONYMISED: ("ลบข้อมูลที่ระบุตัวบุคคล", "Made anonymous"),
    _E.HELD: ("ระงับการทำลายข้อมูล", "Legal hold begun"),
    _E.HOLD_ENDED: ("สิ้นสุดการระงับการทำลาย", "Legal hold ended"),
}  # fmt: skip


def word(code: StrEnum | None, language: str) -> str:
    """The reader's word for a state, an outcome, a reason, an urgency."""
    return pick(WORDS.get(code, (str(code), str(code))), language) if code else ""


def event_word(kind: CaseEventKind, language: str) -> str:
    return pick(EVENTS.get(kind, (kind.value, kind.value)), language)


def pick(pair: Pair, language: str) -> str:
    return pair[1] if language == "en" else pair[0]
