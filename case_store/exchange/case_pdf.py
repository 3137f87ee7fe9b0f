"""One case as an official document: what came in, what was done, what came of it, and where to sign."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from fpdf.enums import Align
from sqlalchemy.orm import Session

from case_store.audit.trail import record
from case_store.cases.models import Case, CaseEvent, CaseEventKind
from case_store.cases.reference import grouped
from case_store.exchange.labels import event_word, pick, word
from case_store.exchange.paper import Paper, fonts_of
from case_store.exchange.thai_style import (
    centre_name,
    long_date,
    moment,
    numerals,
    place_of,
    telephone,
)
from case_store.identity.complainants import ShownIdentity, shown_to
from case_store.identity.models import Anonymity, ComplainantKind
from case_store.people.models import Role
from case_store.people.permissions import Action, Actor, require
from case_store.storage.attachments import attachments_for

MEDIA_TYPE: Final = "application/pdf"
_COLUMN: Final = 52
_INDENT: Final = 8
_UNSHOWN: Final = frozenset({CaseEventKind.REMINDED, CaseEventKind.IDENTITY_REVEALED})
"""Events of the office itself, which are nothing that was done about the matter."""


def case_pdf(
    session: Session, case: Case, *, by: Actor, at: datetime, language: str = "th"
) -> bytes:
    """The document, with what `by` may see and nothing else; that it was made stands in the audit trail.

    Raises `NotAllowed`, `FontMissing`.
    """
    require(by, Action.SEE_CASES, case)
    fonts = fonts_of(session)
    shown = shown_to(session, case, by)
    record(
        session, chain=case.centre_code, action="case.printed", subject=f"case:{case.ref}",
        by=by.name, at=at, facts={"format": "pdf", "identity": shown.identity is not None},
    )  # fmt: skip
    draw = partial(_drawn, case, shown, fonts, by=by, at=at, language=language)
    # How many pages there are is known once they are drawn: so they are drawn twice.
    return bytes(draw(total=draw(total=0).page_no()).output())


def _drawn(
    case: Case,
    shown: ShownIdentity,
    fonts: Path,
    *,
    by: Actor,
    at: datetime,
    language: str,
    total: int,
) -> Paper:
    ref = grouped(case.ref)
    of = pick(("หน้า {}/{}", "Page {}/{}"), language)
    printed = pick(("เรื่องที่ {} พิมพ์โดย {} เมื่อ {}", "Case {}, printed by {}, {}"), language)
    paper = Paper(
        fonts,
        foot=printed.format(ref, by.name, moment(at, language)),
        page_label=lambda page: numerals(of.format(page, total), language),
        secrecy=word(case.secrecy, language) if case.is_secret else "",
    )
    paper.dated(at, ref, language)
    paper.add_page()
    _head(paper, case, at, language)
    _facts(paper, case, language)
    _complainant(paper, shown, language)
    _text(paper, ("รายละเอียด", "Details"), case.description, language)
    _referrals(paper, case, by, language)
    _history(paper, case, by, language)
    _result(paper, case, language)
    _files(paper, case, by, language)
    _signature(paper, language)
    return paper


def _head(paper: Paper, case: Case, at: datetime, language: str) -> None:
    say = partial(pick, language=language)
    paper.headline(say(("รายงานเรื่องร้องเรียน/ร้องทุกข์", "Case report")))
    paper.field(say(("ส่วนราชการ", "Office")), centre_name(case.centre_code, language))
    paper.line_of_fields(
        (say(("เลขที่เรื่อง", "Reference")), grouped(case.ref), 0.45),
        (say(("วันที่", "Date")), long_date(at, language), 0.55),
    )
    paper.field(say(("เรื่อง", "Subject")), case.subject)
    paper.rule()


def _facts(paper: Paper, case: Case, language: str) -> None:
    say = partial(pick, language=language)
    category = case.category_row.name(language)
    rows = (
        (("สถานะ", "State"), word(case.state, language)),
        (("รับเรื่องเมื่อ", "Received"), moment(case.created_at, language)),
        (("ช่องทาง", "Channel"), case.channel_row.name(language)),
        (("ลักษณะเรื่อง", "Nature"), case.nature_row.name(language)),
        (("ประเภทเรื่อง", "Category"), category),
        (("ประเภทการให้บริการ", "Service type"), case.service_type_row.name(language)),
        (("ความเร่งด่วน", "Urgency"), word(case.urgency, language)),
        (("สถานที่", "Place"), place_of(case, language)),
        (("ผู้ถูกร้อง", "Respondent"), case.respondent),
        (("กำหนดแล้วเสร็จ", "Due"), long_date(case.due_at, language)),
        (("ผู้รับผิดชอบ", "Officer"), case.officer.display_name if case.officer else ""),
    )
    for pair, value in rows:
        if value:
            paper.field(say(pair), value, column=_COLUMN)


def _complainant(paper: Paper, shown: ShownIdentity, language: str) -> None:
    say = partial(pick, language=language)
    paper.heading(say(("ผู้ร้อง", "Complainant")))
    if shown.identity is None:
        masked = ("(ปกปิดข้อมูลผู้ร้อง)", "(identity withheld)")
        paper.paragraph(say(masked if shown.masked else ("ไม่ระบุ", "Not stated")), indent=_INDENT)
        return
    if shown.anonymity is Anonymity.TO_AGENCY:
        note = ("ผู้ร้องขอมิให้เปิดเผยต่อหน่วยงาน", "Asked not to be named to agencies")
        paper.paragraph(say(note), indent=_INDENT)
    organisation = shown.kind is ComplainantKind.ORGANISATION
    identity = shown.identity
    for pair, value in (
        (("ชื่อหน่วยงาน", "Organisation") if organisation else ("ชื่อ", "Name"), identity.name),
        (("โทรศัพท์", "Telephone"), telephone(identity.phone)),
        (("อีเมล", "E-mail"), identity.email),
        (("ที่อยู่", "Address"), identity.address),
    ):
        if value:
            paper.set_x(paper.l_margin + _INDENT)
            paper.field(say(pair), value, column=44, width=paper.epw - _INDENT)


def _text(paper: Paper, heading: tuple[str, str], text: str, language: str) -> None:
    paper.heading(pick(heading, language))
    paper.paragraph(text, indent=_INDENT)


def _referrals(paper: Paper, case: Case, by: Actor, language: str) -> None:
    theirs = [one for one in case.referrals if _is_for(by, one.agency_id)]
    if not theirs:
        return
    paper.heading(pick(("การส่งต่อหน่วยงาน", "Referrals"), language))
    for one in theirs:
        state = word(one.state, language)
        line = f"{one.agency.name(language)} ({long_date(one.sent_at, language)}): {state}"
        paper.paragraph(line, indent=_INDENT)


def _history(paper: Paper, case: Case, by: Actor, language: str) -> None:
    paper.heading(pick(("การดำเนินการ", "What was done"), language))
    for event in case.events:
        if event.kind in _UNSHOWN or not _sees_event(by, event):
            continue
        what = f"{event_word(event.kind, language)}: {event.note}".removesuffix(": ")
        paper.set_x(paper.l_margin + _INDENT)
        paper.field(long_date(event.at, language), what, column=56, width=paper.epw - _INDENT)


def _result(paper: Paper, case: Case, language: str) -> None:
    paper.heading(pick(("ผลการดำเนินการ", "Result"), language))
    ending = word(case.outcome or case.reject_reason, language)
    if case.closed_at:
        ending = f"{ending} ({long_date(case.closed_at, language)})".strip()
    under_way = pick(("อยู่ระหว่างดำเนินการ", "Under way"), language)
    text = "\n".join(part for part in (ending, case.transferred_to, case.result) if part)
    paper.paragraph(text or under_way, indent=_INDENT)


def _files(paper: Paper, case: Case, by: Actor, language: str) -> None:
    files = attachments_for(case, by)
    if not files:
        return
    paper.heading(pick(("เอกสารแนบ", "Attachments"), language))
    for number, file in enumerate(files, 1):
        paper.paragraph(f"{numerals(number, language)}. {file.file_name}", indent=_INDENT)


def _signature(paper: Paper, language: str) -> None:
    dots = "." * 44
    signed = ("(ลงชื่อ){}ผู้รายงาน", "Signed {}")
    lines = (signed, ("({})", "({})"), ("ตำแหน่ง{}", "Position {}"), ("วันที่{}", "Date {}"))
    if paper.will_page_break(60):
        paper.add_page()
    paper.ln(14)
    paper.ordinary()
    for pair in lines:
        paper.set_x(paper.l_margin + 60)
        paper.put(100, 9, pick(pair, language).format(dots), Align.C)
        paper.ln(9)


def _sees_event(by: Actor, event: CaseEvent) -> bool:
    return by.role is not Role.AGENCY_OFFICER or (
        event.referral is not None and event.referral.agency_id == by.agency_id
    )


def _is_for(by: Actor, agency_id: int) -> bool:
    return by.role is not Role.AGENCY_OFFICER or by.agency_id == agency_id
