"""Attended transfers, in which the caller's channel runs no dialplan that could write to the ledger."""

import re
from typing import Final

from ivr.pbx.ami import Ami, Message

_AGENTS_CHANNEL: Final = re.compile(r"PJSIP/(ag\d{4,})-")


def note_attended_transfer(ami: Ami, event: Message) -> bool:
    """Writes into Asterisk's own ledger whom the caller speaks with now. False: not a transfer of a caller.

    The ledger alone changes the call's row; thus it stays the one record. Raises `AmiError`.
    """
    caller = event.get("TransfereeUniqueid", "")
    if event.get("Result") != "Success" or not caller:
        return False
    if answered := _AGENTS_CHANNEL.match(event.get("TransferTargetChannel", "")):
        return _write(ami, caller, answered[1], "AGENTANSWER")
    if parted := _AGENTS_CHANNEL.match(event.get("OrigTransfererChannel", "")):
        return _write(ami, caller, parted[1], "AGENTDONE")  # given over while the second one rings
    return False


def _write(ami: Ami, caller: str, agent: str, event: str) -> bool:
    ami.act("QueueLog", Queue="NONE", Uniqueid=caller, Interface=agent, Event=event, Message="")
    return True
