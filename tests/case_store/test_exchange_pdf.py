"""A case on paper: read back by another program, with the marks of Thai in their places."""

import io
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.agencies.models import Agency
from case_store.audit.models import AuditEntry
from case_store.cases.history import add_note
from case_store.cases.models import Case, Outcome, Secrecy
from case_store.cases.reference import grouped
from case_store.cases.referrals import refer
from case_store.cases.steps import begin_screening, close
from case_store.exchange.case_pdf import case_pdf
from case_store.exchange.line_breaking import lines_of
from case_store.exchange.paper import FILES, FontMissing
from case_store.identity.models import Anonymity
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.settings import CHECKOUT
from case_store.storage.attachments import add_attachment
from tests.case_store import files_kit
from tests.case_store.kit import NOON, case

OFFICER = Actor("มาลี", Role.CASE_OFFICER, "50")
INSPECTOR = Actor("วิชัย", Role.INSPECTOR, "00", inspection_region="15")

pytestmark = pytest.mark.skipif(
    not all((CHECKOUT / ".tools" / "fonts" / name).exists() for name in FILES.values()),
    reason="the Thai font is not set up: run `make tools`",
)


def _text(document: bytes) -> str:
    with pypdfium2.PdfDocument(document) as pdf:
        pages = [page.get_textpage().get_text_range() for page in pdf]
    return "\n".join(pages).replace("\r\n", "\n")


def _print(session: Session, of: Case, by: Actor = OFFICER, language: str = "th") -> str:
    return _text(case_pdf(session, of, by=by, at=NOON, language=language))


def test_it_reads_as_it_was_written(session: Session) -> None:
    subject = "น้ำท่วมขังที่ปั๊มน้ำ ฝุ่นฟุ้ง กู้ภัยเข้าไม่ถึงผู้ป่วย"
    of = case(session, subject=subject, district_code="5001")
    text = _print(session, of)

    assert subject in text
    assert "ศูนย์ดำรงธรรมจังหวัดเชียงใหม่" in text
    assert "วันที่ ๒๓ พฤศจิกายน ๒๕๖๙" in text
    assert f"เลขที่เรื่อง {grouped(of.ref)}" in text
    assert "อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่" in text
    assert "หน้า ๑/๑" in text and "(ลงชื่อ)" in text
    assert "\x08" not in text


def test_the_english_one_has_common_years_and_english_words(session: Session) -> None:
    text = _print(session, case(session), language="en")

    assert "Damrongdhama Centre, Chiang Mai" in text
    assert "23 November 2026" in text and "Page 1/1" in text and "Received" in text


def test_marks_stand_above_their_letters(session: Session) -> None:
    """The tone of a short letter and the same tone over a vowel are not drawn at one height."""
    of = case(session, subject="กกกก")
    with pypdfium2.PdfDocument(case_pdf(session, of, by=OFFICER, at=NOON)) as pdf:
        plain = pdf[0].render(scale=3).to_numpy()
    of.subject = "กี่กกก"
    with pypdfium2.PdfDocument(case_pdf(session, of, by=OFFICER, at=NOON)) as pdf:
        marked = pdf[0].render(scale=3).to_numpy()
    rows = (plain != marked).any(axis=(1, 2)).nonzero()[0]
    of.subject = "ก่กกก"
    with pypdfium2.PdfDocument(case_pdf(session, of, by=OFFICER, at=NOON)) as pdf:
        short = pdf[0].render(scale=3).to_numpy()
    low = (plain != short).any(axis=(1, 2)).nonzero()[0]

    assert rows.min() < low.min() - 3


def test_long_details_go_on_over_pages_that_are_counted(session: Session) -> None:
    details = "ขอให้เร่งซ่อมแซมถนนที่ชำรุดเป็นหลุมเป็นบ่อ " * 150
    text = _print(session, case(session, description=details))

    assert "หน้า ๑/๔" in text and "หน้า ๔/๔" in text
    assert text.replace("\n", "").replace(" ", "").count("ขอให้เร่งซ่อมแซมถนน") >= 148


def test_what_was_done_and_what_came_of_it(session: Session) -> None:
    of = case(session)
    begin_screening(session, of, by=OFFICER, at=NOON)
    add_note(session, of, "โทรแจ้งเทศบาลแล้ว", by=OFFICER, at=NOON + timedelta(days=1))
    add_attachment(session, of, io.BytesIO(files_kit.picture()), "ก่อนซ่อม.jpg", by=OFFICER, at=NOON)
    close(session, of, Outcome.SETTLED, "เปลี่ยนหลอดไฟแล้ว", by=OFFICER, at=NOON)
    text = _print(session, of)

    assert "๒๔ พฤศจิกายน ๒๕๖๙ บันทึก: โทรแจ้งเทศบาลแล้ว" in text
    assert "แก้ไขปัญหาให้แล้ว" in text and "เปลี่ยนหลอดไฟแล้ว" in text
    assert "๑. ก่อนซ่อม.jpg" in text


def test_who_complains_is_printed_for_whoever_may_know(session: Session) -> None:
    named = case(session, complainant_name="สมชาย ใจดี", complainant_phone="0812345678")
    unknown = case(session, complainant_name="สมชาย ใจดี", anonymity=Anonymity.TO_ALL)

    text = _print(session, named)
    assert "สมชาย ใจดี" in text and "081 234 5678" in text
    for hidden in (_print(session, named, by=INSPECTOR), _print(session, unknown)):
        assert "สมชาย" not in hidden and "ปกปิดข้อมูลผู้ร้อง" in hidden


def test_an_agency_prints_its_own_part(session: Session) -> None:
    of = case(session, complainant_name="สมชาย ใจดี")
    begin_screening(session, of, by=OFFICER, at=NOON)
    actors = []
    for code in ("roads", "police"):
        agency = Agency(code=code, name_th=code, name_en=code, active=True)
        session.add(agency)
        session.flush()
        refer(session, of, agency, f"ขอให้ {code} ตรวจสอบ", by=OFFICER, at=NOON)
        actors.append(Actor(code, Role.AGENCY_OFFICER, "50", agency_id=agency.id))
    add_note(session, of, "เฉพาะภายในศูนย์", by=OFFICER, at=NOON)
    text = _print(session, of, by=actors[0])

    assert "ขอให้ roads ตรวจสอบ" in text
    assert "police" not in text and "เฉพาะภายในศูนย์" not in text and "สมชาย" not in text


def test_a_secret_case_says_so_above_and_below(session: Session) -> None:
    assert _print(session, case(session, secrecy=Secrecy.SECRET)).count("ลับ") == 2


def test_that_it_was_printed_is_in_the_audit_trail(session: Session) -> None:
    of = case(session, complainant_name="สมชาย")
    case_pdf(session, of, by=OFFICER, at=NOON)

    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.subject) == ("case.printed", f"case:{of.ref}")
    assert entry.facts == {"format": "pdf", "identity": True}


def test_it_is_not_for_another_centre(session: Session) -> None:
    with pytest.raises(NotAllowed):
        _print(session, case(session), by=Actor("x", Role.CASE_OFFICER, "83"))


def test_without_the_font_it_says_what_to_do(session: Session, tmp_path: Path) -> None:
    session.info["fonts"] = tmp_path
    with pytest.raises(FontMissing, match="make tools"):
        _print(session, case(session))


@given(st.text(alphabet="กขงจนรวอาิีุู่้ำเแโ ๆฯ().a1\n", max_size=300))
@settings(max_examples=60, deadline=None)
def test_breaking_lines_loses_no_letter_and_keeps_the_width(text: str) -> None:
    lines = list(lines_of(text, 20, len))

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(len(line) <= 20 or " " not in line for line in lines)


def test_a_line_begins_with_no_mark_of_repetition_and_no_closing_bracket() -> None:
    text = "เร็ว ๆ นี้ (ด่วน) มากๆ " * 10
    lines = [line for width in range(6, 30) for line in lines_of(text, width, len)]

    assert not [line for line in lines if line[:1] in ("ๆ", ")")]
