"""What of a case can be searched, folded, and the runs of signs that the index finds it by."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import geothai
from sqlalchemy.orm import Session

from case_store.cases.fold import thai_fold
from case_store.cases.models import Case
from case_store.places.provinces import province
from case_store.search.grams import (
    block_of,
    letters,
    of_agency,
    of_centre,
    of_province,
    tagged,
    triples,
)
from case_store.search.models import SearchEntry


@dataclass(frozen=True)
class Indexed:
    """All that a case is found by in the index."""

    text: str
    centre_code: str
    province_code: str
    agency_ids: Iterable[int] = field(default=())
    """Every agency that was ever asked: who may see it now is decided elsewhere."""

    def codes(self, case_id: int) -> list[int]:
        """For PostgreSQL: the runs of three, the places and the agencies, as numbers of the case's block."""
        codes = triples(letters(self.text))
        codes |= {of_centre(self.centre_code), of_province(self.province_code)}
        codes |= {of_agency(agency_id) for agency_id in self.agency_ids}
        return tagged(codes, block_of(case_id))

    def signs(self) -> bytes:
        """For SQLite: places and agencies as words, then the signs of the text."""
        agencies = (f"a{agency_id}" for agency_id in sorted(self.agency_ids))
        scope = " ".join([f"c{self.centre_code}", f"p{self.province_code}", *agencies])
        return scope.encode() + b"\0" + letters(self.text)


def index_case(session: Session, case: Case) -> None:
    """Brings what the search box looks in up to date: subject, details, respondent, place, result and history.

    Complainants' names and numbers stay out: they are looked up by themselves, under their own rules.
    Call it after any change of these, of the centre, and of the agencies; deleting a case takes its entry along.
    """
    case.search_text = thai_fold(
        searched_text(
            case.subject,
            case.description,
            case.respondent,
            case.place_note,
            places=_places(case),
            result=case.result,
            notes=[event.note for event in case.events if event.note],
        )
    )
    if case.id is None:
        session.flush()
    agencies = {referral.agency_id for referral in case.referrals}
    indexed = Indexed(case.search_text, case.centre_code, case.province_code, agencies)
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    grams = indexed.codes(case.id) if on_postgresql else indexed.signs()
    if case.search_entry is None:
        case.search_entry = SearchEntry(grams=grams)
    elif case.search_entry.grams != grams:
        case.search_entry.grams = grams


def searched_text(*own: str, places: Iterable[str], result: str, notes: Iterable[str]) -> str:
    """All that is looked through, in its order, before it is folded."""
    return "\n".join([*own, *places, result, *notes])


def _places(case: Case) -> list[str]:
    district = geothai.district(case.district_code) if case.district_code else None
    subdistrict = geothai.subdistrict(case.subdistrict_code) if case.subdistrict_code else None
    area = province(case.province_code)
    return [place.name_th for place in (subdistrict, district, area) if place]
