"""The lists of words that cases use, and their start values (DOMAIN: two provincial systems in use agree on them)."""

from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.word_models import Category, Channel, Nature, ServiceType

Word = TypeVar("Word", Channel, ServiceType, Nature, Category)

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
SERVICE_TYPES: Final = (
    ("general", "ทั่วไป", "General"),
    ("important", "สำคัญ", "Important"),
    ("anonymous_letter", "บัตรสนเท่ห์", "Anonymous letter"),
    ("wide_impact", "ผลกระทบวงกว้าง/สังคมสนใจ", "Wide impact or public interest"),
    ("key_policy", "นโยบายสำคัญของรัฐบาล/กระทรวง", "Key policy of government or ministry"),
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
SUBCATEGORIES: Final = (
    ("land", "land_encroachment", "บุกรุกที่สาธารณประโยชน์", "Encroachment on public land"),
    ("land", "land_title", "เอกสารสิทธิ์/แนวเขต", "Title deeds and boundaries"),
    ("environment", "env_noise", "เสียงดัง/กลิ่นรบกวน", "Noise and smell"),
    ("environment", "env_waste", "ขยะ/น้ำเสีย", "Waste and foul water"),
    ("utilities", "util_road", "ถนน/ทางเท้า/สะพาน", "Roads, pavements, bridges"),
    ("utilities", "util_power", "ไฟฟ้า/ไฟส่องสว่าง", "Electricity and street lights"),
    ("utilities", "util_water", "ประปา/น้ำอุปโภค", "Water supply"),
    ("public_order", "order_quarrel", "ทะเลาะวิวาท/เหตุรำคาญ", "Quarrels and nuisance"),
    ("public_order", "order_influence", "ผู้มีอิทธิพล/อาวุธ", "Influential persons, weapons"),
    ("assistance", "help_disaster", "ผู้ประสบภัย", "Victims of disasters"),
    ("assistance", "help_poverty", "ผู้ยากไร้/ผู้สูงอายุ/ผู้พิการ", "The poor, the old, the disabled"),
)
"""Start values of the second level, in our own words: no official list was found."""


def load_words(session: Session) -> None:
    """Adds the start values that are not there; what an administrator changed stays as it is."""
    plain = ((Channel, CHANNELS), (ServiceType, SERVICE_TYPES), (Nature, NATURES))
    for kind, words in plain:
        for position, (code, th, en) in enumerate(words):
            if session.get(kind, code) is None:
                session.add(kind(code=code, name_th=th, name_en=en, position=position, active=True))
    days_of = {}
    for position, (code, th, en, days) in enumerate(CATEGORIES):
        days_of[code] = days
        _add_category(session, code, th, en, position * 100, days, None)
    session.flush()
    places = {code: position * 100 for position, (code, *_) in enumerate(CATEGORIES)}
    for offset, (parent, code, th, en) in enumerate(SUBCATEGORIES, 1):
        _add_category(session, code, th, en, places[parent] + offset, days_of[parent], parent)


def _add_category(
    session: Session, code: str, th: str, en: str, position: int, days: int, parent: str | None
) -> None:
    if session.get(Category, code) is None:
        session.add(
            Category(
                code=code, name_th=th, name_en=en, position=position, active=True,
                days_to_settle=days, parent_code=parent,
            )
        )  # fmt: skip


def active_words(session: Session, kind: type[Word]) -> list[Word]:
    """The words of a list that can be chosen, in its order."""
    return list(session.scalars(select(kind).where(kind.active).order_by(kind.position)))


def every_word(session: Session, kind: type[Word]) -> list[Word]:
    """The words of a list, those that were switched off among them, in its order."""
    return list(session.scalars(select(kind).order_by(kind.position, kind.code)))
