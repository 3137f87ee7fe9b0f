"""What the demo's rota of Chiang Mai is made from: shifts, needs, how the agents work, who answers for channels."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.word_models import Channel
from case_store.cases.words import active_words
from case_store.deadlines.calendar import day_of
from case_store.people.models import Role, User
from case_store.people.permissions import Actor
from case_store.rotation.channels.alerts import look_again
from case_store.rotation.rota.cover_needs import HOLIDAY, WEEKDAYS, Wanted, set_needs
from case_store.rotation.rota.models import ChannelOfficer, StaffClass, WorkingTerms
from case_store.rotation.rota.shift_types import add_shift, shift_types_of
from case_store.rotation.rota.start_shifts import ROUND_THE_CLOCK
from case_store.rotation.rota.terms import NewTerms, set_terms

CENTRE: Final = "50"
_FULL: Final = 40 * 60
_BY: Final = Actor("demo", Role.NATIONAL_OFFICER, "00")
_OFFICIAL: Final = NewTerms(StaffClass.OFFICIAL, _FULL, overtime_consent=True)
_CONTRACTOR: Final = NewTerms(StaffClass.CONTRACTOR, _FULL)
TERMS: Final = {
    "kanya": NewTerms(StaffClass.CONTRACTOR, _FULL, overtime_consent=True),
    "somchai": _CONTRACTOR,
    "wichai": NewTerms(StaffClass.OFFICIAL, _FULL, in_rota=False),
    "ratana": _OFFICIAL,
    "pichai": _OFFICIAL,
    "duangjai": NewTerms(StaffClass.EMPLOYEE, _FULL),
    "surasak": _CONTRACTOR,
    "nongyao": NewTerms(StaffClass.CONTRACTOR, _FULL, no_nights=True),
    "wanchai": NewTerms(StaffClass.CONTRACTOR, _FULL, experienced=False),
    "siriporn": NewTerms(StaffClass.EMPLOYEE, 24 * 60, experienced=False),
    "anucha": _CONTRACTOR,
    "kaew": NewTerms(StaffClass.CONTRACTOR, _FULL, experienced=False, in_rota=False),
}
"""By user name. One is part time, one works no nights, two are new; supervisor and trainee are not in the rota."""

OFFICERS: Final = (("wichai", "prapai"), ("prapai", "kanya"), ("ratana", "pichai"))
"""Who shares the channels: officer and deputy. The telephone is the first one's."""
WITHOUT_OFFICER: Final = "ratchasi_box"
"""The channel that nobody answers for, so that the alert is seen."""


def load_rota_inputs(session: Session, *, at: datetime) -> None:
    """Adds what is not there yet; what somebody changed stays as it is. Without the channel's word, nothing."""
    if session.get(Channel, "phone_1567") is None:
        return
    if not shift_types_of(session, CENTRE, with_closed=True):
        for new in ROUND_THE_CLOCK:
            shift = add_shift(session, CENTRE, new, by=_BY, at=at)
            wanted = dict.fromkeys(WEEKDAYS, Wanted(2, 1))
            if new.code == ROUND_THE_CLOCK[1].code:  # mornings are the busiest
                wanted |= dict.fromkeys(range(5), Wanted(3, 1)) | {HOLIDAY: Wanted(2, 1)}
            set_needs(session, shift, wanted, by=_BY, at=at)
    _appoint_officers(session, at)
    people = session.scalars(select(User).where(User.username.in_(TERMS), User.active))
    for user in people.all():
        if session.get(WorkingTerms, user.id) is None and user.centre_code == CENTRE:
            set_terms(session, user, TERMS[user.username], by=_BY, at=at)


def _appoint_officers(session: Session, at: datetime) -> None:
    """Officers and deputies of all channels but one, of which the deputy governor is told; nobody else is."""
    of_centre = select(ChannelOfficer.id).where(ChannelOfficer.centre_code == CENTRE).limit(1)
    names = {name for pair in OFFICERS for name in pair}
    found = session.scalars(select(User).where(User.username.in_(names), User.active))
    people = {one.username: one for one in found if one.centre_code == CENTRE}
    if session.scalar(of_centre) is not None or people.keys() != names:
        return
    channels = [one for one in active_words(session, Channel) if one.code != WITHOUT_OFFICER]
    first_day = day_of(at)
    for number, channel in enumerate(channels):
        for is_deputy, name in enumerate(OFFICERS[number % len(OFFICERS)]):
            session.add(
                ChannelOfficer(
                    centre_code=CENTRE, channel=channel.code, user_id=people[name].id,
                    is_deputy=bool(is_deputy), first_day=first_day, order="ชม 0017/1567",
                    made_by=_BY.name, made_at=at,
                )
            )  # fmt: skip
    session.flush()
    look_again(session, CENTRE, [WITHOUT_OFFICER], at=at)
