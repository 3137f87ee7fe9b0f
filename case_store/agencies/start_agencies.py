"""A few agencies of each province to begin with, as every province has them; an administrator adds the others."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.agencies.models import Agency
from case_store.places.provinces import NATIONAL, Province

_EACH: Final = (
    ("highways", "แขวงทางหลวง{th}", "{en} Highway District"),
    ("rural_roads", "แขวงทางหลวงชนบท{th}", "{en} Rural Roads Office"),
    ("pea", "การไฟฟ้าส่วนภูมิภาคจังหวัด{th}", "Provincial Electricity Authority, {en}"),
    ("pwa", "การประปาส่วนภูมิภาคสาขา{th}", "Provincial Waterworks Authority, {en}"),
    ("land", "สำนักงานที่ดินจังหวัด{th}", "{en} Provincial Land Office"),
    ("police", "ตำรวจภูธรจังหวัด{th}", "{en} Provincial Police"),
    ("environment", "สำนักงานทรัพยากรธรรมชาติและสิ่งแวดล้อมจังหวัด{th}", "{en} Natural Resources and Environment Office"),
    ("labour", "สำนักงานแรงงานจังหวัด{th}", "{en} Provincial Labour Office"),
    ("welfare", "สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัด{th}", "{en} Social Development and Human Security Office"),
    ("pao", "องค์การบริหารส่วนจังหวัด{th}", "{en} Provincial Administrative Organisation"),
    ("municipality", "เทศบาลเมือง{th}", "{en} Municipality"),
)  # fmt: skip
_BANGKOK: Final = (
    ("bma", "กรุงเทพมหานคร", "Bangkok Metropolitan Administration"),
    ("mea", "การไฟฟ้านครหลวง", "Metropolitan Electricity Authority"),
    ("mwa", "การประปานครหลวง", "Metropolitan Waterworks Authority"),
    ("police", "กองบัญชาการตำรวจนครบาล", "Metropolitan Police Bureau"),
    ("land", "สำนักงานที่ดินกรุงเทพมหานคร", "Bangkok Metropolitan Land Office"),
)
_COUNTRY: Final = (
    ("consumer_board", "สำนักงานคณะกรรมการคุ้มครองผู้บริโภค", "Office of the Consumer Protection Board"),
    ("pacc", "สำนักงาน ป.ป.ท.", "Public Sector Anti-Corruption Commission"),
    ("oncb", "สำนักงาน ป.ป.ส.", "Office of the Narcotics Control Board"),
)  # fmt: skip
BANGKOK: Final = "10"


def load_agencies(session: Session, centres: Iterable[Province]) -> int:
    """Adds the start agencies that are not there; says how many. What an administrator changed stays as it is."""
    there = set(session.scalars(select(Agency.code)))
    wanted = [_national(*one) for one in _COUNTRY]
    for centre in centres:
        if centre.code != NATIONAL:
            wanted += _of(centre)
    new = [agency for agency in wanted if agency.code not in there]
    session.add_all(new)
    session.flush()
    return len(new)


def _of(centre: Province) -> list[Agency]:
    return [
        Agency(
            code=f"{code}_{centre.code}",
            name_th=th.format(th=centre.name_th),
            name_en=en.format(en=centre.name_en),
            centre_code=centre.code,
            active=True,
        )
        for code, th, en in (_BANGKOK if centre.code == BANGKOK else _EACH)
    ]


def _national(code: str, th: str, en: str) -> Agency:
    return Agency(code=code, name_th=th, name_en=en, centre_code=None, active=True)
