"""Keeps Asterisk's queue members equal to the agents who are on duty. The store decides; Asterisk is a cache of it."""

import logging
from collections.abc import Iterable
from typing import Final

from case_store.people.presence import QueueMember
from ivr.pbx.ami import Ami, Message, Refused

NOTES: Final = "notes"
"""Why a member is paused, as Asterisk's own records say it: ASCII without , | and ;"""

log = logging.getLogger(__name__)


def reconcile_members(ami: Ami, desired: Iterable[QueueMember]) -> int:
    """Adds, removes, pauses and unpauses until Asterisk has what is desired. Says how much there was to do.

    Whoever is in a queue without a right to be there is removed, however they came in. Raises `AmiError`.
    """
    wanted = {(member.queue, _interface(member.extension)): member for member in desired}
    present = {(m["Queue"], m["Location"]): m for m in _members(ami)}
    gone, new = present.keys() - wanted.keys(), wanted.keys() - present.keys()
    wrong = {
        key
        for key in wanted.keys() & present.keys()
        if (present[key].get("Paused") == "1") != wanted[key].paused
    }
    for key in gone:
        _remove(ami, *key)
    for key in new:
        _add(ami, wanted[key])
    for key in wrong:
        _pause(ami, wanted[key])
    return len(gone) + len(new) + len(wrong)


def _members(ami: Ami) -> list[Message]:
    return [m for m in ami.ask_list("QueueStatus") if m.get("Event") == "QueueMember"]


def _interface(extension: str) -> str:
    return f"PJSIP/{extension}"


def _add(ami: Ami, member: QueueMember) -> None:
    _try(
        ami,
        "QueueAdd",
        Queue=member.queue,
        Interface=_interface(member.extension),
        MemberName=member.extension,
        Paused=int(member.paused),
        **({"Reason": NOTES} if member.paused else {}),
    )


def _remove(ami: Ami, queue: str, interface: str) -> None:
    _try(ami, "QueueRemove", Queue=queue, Interface=interface)


def _pause(ami: Ami, member: QueueMember) -> None:
    _try(
        ami,
        "QueuePause",
        Queue=member.queue,
        Interface=_interface(member.extension),
        Paused=int(member.paused),
        **({"Reason": NOTES} if member.paused else {}),
    )


def _try(ami: Ami, action: str, **values: str | int) -> None:
    try:
        ami.act(action, **values)
    except Refused as error:  # “already there”, “not there”: the next comparison tells what is true
        log.info("%s was refused: %s", action, error)
