"""What several tests do with a call."""

from case_store import clock
from case_store.calls.models import Call, CallOutcome
from case_store.calls.record_call import find_call, record_finish_wish
from tests.telephony.line import Line, eventually
from tests.telephony.telephone import Leg


def the_call(line: Line, number: str) -> str:
    """Asterisk's name of the newest call from a number."""
    calls = eventually(lambda: line.calls_from(number))
    assert calls, line.asterisk_log()
    return calls[-1]


def has_outcome(line: Line, pbx_id: str, outcome: CallOutcome, *, seconds: float = 8) -> bool:
    def look() -> bool:
        row = line.row(pbx_id)
        return row is not None and row.outcome is outcome

    return eventually(look, seconds=seconds)


def answer_again(line: Line, pbx_id: str, leg: Leg) -> None:
    """A caller who has spoken with somebody before is answered once more.

    The outcome alone is no witness: until the ledger was read, it still tells of the talk before.
    """
    before = _talks_begun(line, pbx_id)
    leg.answer()
    begun = eventually(lambda: _talks_begun(line, pbx_id) > before, seconds=8)
    assert begun, line.events_of(pbx_id)
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED), line.events_of(pbx_id)


def _talks_begun(line: Line, pbx_id: str) -> int:
    return sum(event.startswith(("CONNECT", "AGENTANSWER")) for event in line.events_of(pbx_id))


def ended_row(line: Line, number: str, *, seconds: float = 8) -> Call:
    """The row of the newest call from a number, once it has ended."""
    pbx_id = the_call(line, number)

    def look() -> Call | None:
        row = line.row(pbx_id)
        return row if row is not None and row.ended_at is not None else None

    row = eventually(look, seconds=seconds)
    assert row is not None, line.events_of(pbx_id)
    return row


def means_to_hang_up(line: Line, pbx_id: str) -> None:
    """What the agent's page does before it hangs up."""
    with line.database.transaction() as session:
        call = find_call(session, pbx_id)
        assert call is not None
        record_finish_wish(session, call, at=clock.now())
