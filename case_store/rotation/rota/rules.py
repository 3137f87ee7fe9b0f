"""The limits within which people work, by staff class: data with a source and a date, and the newest version counts."""

from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.rotation.rota.models import RuleSet, StaffClass, WorkingTerms

START_MADE_BY: Final = "start values"
_LABOUR_ACT: Final = (
    "พระราชบัญญัติคุ้มครองแรงงาน พ.ศ. 2541 มาตรา 23, 27, 28 (8 ชั่วโมงต่อวัน 48 ชั่วโมงต่อสัปดาห์ "
    "วันหยุดสัปดาห์ละ 1 วัน); เวลาพักระหว่างเวรเป็นนโยบาย"
)


class WorkRules(BaseModel):
    """Hard limits. Minutes count working time, without breaks and without standby at home.

    `least_rest_minutes` is policy: the Labour Protection Act knows no daily rest. Days in a row: a weekly holiday at
    most six days after the last. `most_day_minutes` binds the making of shift types, not of plans.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    most_day_minutes: Annotated[int, Field(ge=60, le=1440)] = 8 * 60
    most_week_minutes: Annotated[int, Field(ge=60, le=7 * 1440)] = 48 * 60
    """In any seven days."""
    least_rest_minutes: Annotated[int, Field(ge=0, le=48 * 60)] = 11 * 60
    most_days_in_row: Annotated[int, Field(ge=1, le=14)] = 6
    most_nights_in_row: Annotated[int, Field(ge=1, le=14)] = 3
    least_days_off_in_row: Annotated[int, Field(ge=1, le=4)] = 1
    most_weekends_in_four_weeks: Annotated[int, Field(ge=0, le=4)] = 3
    most_overtime_week_minutes: Annotated[int, Field(ge=0, le=7 * 1440)] = 36 * 60
    """With consent (section 26: overtime and work on holidays, together)."""
    notice_days: Annotated[int, Field(ge=0, le=60)] = 7
    """So near, a published shift is moved only for good reason: moving it costs more."""


START_RULES: Final = {
    StaffClass.OFFICIAL: (
        WorkRules(),
        "ระเบียบกระทรวงการคลังว่าด้วยการเบิกจ่ายเงินตอบแทนการปฏิบัติงานนอกเวลาราชการ พ.ศ. 2550 "
        "(เวลาเวรตามที่ส่วนราชการกำหนด); ขีดจำกัดเทียบเท่ากฎหมายแรงงานโดยนโยบาย",
        date(2007, 1, 31),
    ),
    StaffClass.CONTRACTOR: (
        WorkRules(),
        f"พระราชบัญญัติคุ้มครองแรงงาน (ฉบับที่ 9) พ.ศ. 2568 ใช้ {_LABOUR_ACT}",
        date(2025, 12, 7),
    ),
    StaffClass.EMPLOYEE: (WorkRules(), _LABOUR_ACT, date(1998, 8, 19)),
}
"""Not legal advice: an administrator checks and changes them. The ministry's own rules for shifts were not found."""


def start_terms(user_id: int) -> WorkingTerms:
    """How somebody works of whom nobody said otherwise: as a service contractor, full time, 40 hours a week."""
    return WorkingTerms(
        user_id=user_id,
        staff_class=StaffClass.CONTRACTOR,
        week_minutes=40 * 60,
        month_minutes=None,
        no_nights=False,
        experienced=True,
        overtime_consent=False,
        in_rota=True,
        standby_phone=None,
        changed_by=START_MADE_BY,
        changed_at=datetime(2007, 1, 29, tzinfo=UTC),
    )


def rules_of(session: Session, staff_class: StaffClass, *, on: date) -> WorkRules:
    """The limits in force on a day."""
    newest = session.scalar(
        select(RuleSet)
        .where(RuleSet.staff_class == staff_class, RuleSet.valid_from <= on)
        .order_by(RuleSet.valid_from.desc())
        .limit(1)
    )
    return WorkRules.model_validate(newest.values) if newest else START_RULES[staff_class][0]
