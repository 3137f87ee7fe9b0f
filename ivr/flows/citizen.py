"""A citizen dialled 1567: greet them, say that the call is recorded, and find out which province they need.

Who calls about an earlier case may hear how far it is, and then needs no officer.
"""

from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from case_store import clock
from case_store.calls.memory import remembered_province
from case_store.calls.record_call import (
    open_call,
    record_self_service,
    set_language,
    set_province,
)
from case_store.places.numbering import CallerNumber, read_caller
from case_store.places.provinces import NATIONAL, queue_of
from ivr.flows.call import Call, GiveUp, WantsNationalCentre, WantsOtherLanguage, WantsTracking
from ivr.flows.dialplan_variables import QUEUE
from ivr.flows.province import ASKED_FOR_A_PERSON, NOT_FOUND, FoundProvince, find_province
from ivr.flows.sentences import Sentence
from ivr.flows.store import Answer, Store
from ivr.flows.tracking import Tracking
from ivr.prompts.speech import say_province

WITHHELD: Final = "withheld"
"""Callers without a number share one count of wrong tries."""


def receive_citizen(call: Call, store: Store) -> None:
    """From the greeting to the queue. Whoever cannot or will not answer reaches the national centre."""
    began = clock.now()
    caller = read_caller(call.presented_number)
    # A landline is asked by its area code: its earlier calls are of no use.
    number = caller.e164 if caller and not caller.province_codes else None
    remembered = store.ask(lambda session: remembered_province(session, number))
    content = partial(_note_self_service, call, store, caller, began)
    tracking = Tracking(call, store, caller.e164 if caller else WITHHELD, content)
    try:
        found = converse(call, caller, remembered, tracking)
    except WantsNationalCentre:
        found = ASKED_FOR_A_PERSON
    except GiveUp:
        found = NOT_FOUND

    language = call.language

    def note(session: Session) -> None:
        row = open_call(session, call.pbx_id, caller=caller, at=began)
        set_language(session, row, language)
        set_province(session, row, province_code=found.code, source=found.source)

    store.write_down(note)
    if found.code == NATIONAL:
        call.announce(Sentence.TO_NATIONAL)
    call.tell_dialplan(QUEUE, queue_of(found.code))


def converse(
    call: Call, caller: CallerNumber | None, remembered: Answer[str | None], tracking: Tracking
) -> FoundProvince:
    """Greets and asks, and again in the other language when the caller wants that."""
    call.speak("th")
    opening = [Sentence.RECORDED, Sentence.PRESS_8_TRACK, Sentence.PRESS_9_ENGLISH]
    call.say(Sentence.GREETING, *opening)
    while True:
        call.offer_shortcuts(tracking=Sentence.PRESS_8_TRACK in opening)
        try:
            found = find_province(call, caller, remembered)
        except WantsOtherLanguage:
            call.change_language()
            call.say(*opening)
            continue
        except WantsTracking:
            opening.remove(Sentence.PRESS_8_TRACK)
            tracking.hold()
            continue
        call.say(Sentence.CONNECTING_TO, *say_province(found.code), Sentence.PLEASE_WAIT)
        return found


def _note_self_service(
    call: Call, store: Store, caller: CallerNumber | None, began: datetime
) -> None:
    language, at = call.language, clock.now()

    def note(session: Session) -> None:
        row = open_call(session, call.pbx_id, caller=caller, at=began)
        set_language(session, row, language)
        record_self_service(session, row, at=at)

    store.write_down(note)
