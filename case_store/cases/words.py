"""The lists of words that cases use, and their start values (DOMAIN: two provincial systems in use agree on them)."""

from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.models import Category, Channel, Nature

Word = TypeVar("Word", Channel, Nature, Category)

CHANNELS: Final = (
    ("phone_1567", "สายด่วน 1567", "1567 hotline"),
    ("walk_in", "Walk In", "Walk-in"),
    ("letter", "จดหมาย", "Letter"),
    ("mobile_unit", "ลงพื้นที่/หน่วยเคลื่อนที่เร็ว", "Mobile unit"),
    ("ratchasi_box", "ตู้ราชสีห์", "Ratchasi box"),
    ("web_province", "เว็บไซต์จังหวัด", "Province's web site"),
    ("web_ministry", "เว็บไซต์กระทรวง", "Ministry's web site"),
    ("web_government", "เว็บไซต์รัฐบาล", "Government's web site"),
    ("app_moi1567", "แอป MOI1567", "MOI1567 app"),
    ("email", "อีเมล", "E-mail"),
    ("sms", "ข้อความ SMS", "SMS"),
    ("other_agency", "ผ่านหน่วยงานอื่น", "Through another agency"),
    ("other", "อื่น ๆ", "Other"),
)
NATURES: Final = (
    ("complaint", "เรื่องร้องเรียนร้องทุกข์", "Complaint"),
    ("one_stop_service", "บริการเบ็ดเสร็จ", "One-stop service"),
    ("information", "ข้อมูลข่าวสารของทางราชการ", "Official information"),
    ("advice", "ให้คำปรึกษา", "Advice"),
    ("relay", "รับ-ส่งต่อ", "Receive and pass on"),
    ("key_policy", "นโยบายสำคัญ", "Key policy"),
    ("urgent_relief", "แก้ไขปัญหาความเดือดร้อนเฉพาะหน้า", "Urgent relief"),
    ("suggestion", "ข้อเสนอแนะ", "Suggestion"),
)
CATEGORIES: Final = (
    ("land", "ที่ดิน/ที่สาธารณประโยชน์", "Land", 15),
    ("environment", "สิ่งแวดล้อม/มลพิษ", "Environment and pollution", 7),
    ("utilities", "สาธารณูปโภค", "Public utilities", 10),
    ("public_order", "ความสงบเรียบร้อย/ความปลอดภัย", "Public order and safety", 7),
    ("corruption", "ทุจริต/ประพฤติมิชอบ", "Corruption and misconduct", 30),
    ("drugs", "ยาเสพติด/อบายมุข", "Drugs and vice", 15),
    ("informal_debt", "หนี้นอกระบบ", "Informal debt", 15),
    ("consumer", "คุ้มครองผู้บริโภค", "Consumer protection", 15),
    ("labour", "แรงงาน/สวัสดิการ", "Labour and welfare", 15),
    ("assistance", "ขอความช่วยเหลือ/สงเคราะห์", "Assistance", 10),
    ("general", "ทั่วไป/อื่น ๆ", "General and other", 15),
)


def load_words(session: Session) -> None:
    """Adds the start values that are not there; what an administrator changed stays as it is."""
    for position, (code, th, en) in enumerate(CHANNELS):
        if session.get(Channel, code) is None:
            session.add(Channel(code=code, name_th=th, name_en=en, position=position, active=True))
    for position, (code, th, en) in enumerate(NATURES):
        if session.get(Nature, code) is None:
            session.add(Nature(code=code, name_th=th, name_en=en, position=position, active=True))
    for position, (code, th, en, days) in enumerate(CATEGORIES):
        if session.get(Category, code) is None:
            category = Category(code=code, name_th=th, name_en=en, position=position, active=True)
            category.days_to_settle = days
            session.add(category)


def active_words(session: Session, kind: type[Word]) -> list[Word]:
    """The words of a list that can be chosen, in its order."""
    return list(session.scalars(select(kind).where(kind.active).order_by(kind.position)))
