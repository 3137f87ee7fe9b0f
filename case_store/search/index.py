"""What of a case can be searched, folded, and its bigrams for the index."""

import geothai
from sqlalchemy.orm import Session

from case_store.cases.fold import thai_fold
from case_store.cases.models import Case
from case_store.places.provinces import province


def index_case(session: Session, case: Case) -> None:
    """Brings what the search box looks in up to date: subject, details, respondent, place and history.

    Complainants' names and numbers stay out: they are looked up by themselves, under their own rules.
    """
    district = geothai.district(case.district_code) if case.district_code else None
    subdistrict = geothai.subdistrict(case.subdistrict_code) if case.subdistrict_code else None
    area = province(case.province_code)
    places = [place.name_th for place in (subdistrict, district, area) if place]
    notes = [event.note for event in case.events if event.note]
    parts = [case.subject, case.description, case.respondent, case.place_note, *places]
    case.search_text = thai_fold("\n".join([*parts, case.result, *notes]))
