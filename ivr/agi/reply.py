"""Asterisk's answer to one command, told apart from the HANGUP lines that may stand before it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ivr.agi.errors import CommandRefused, ProtocolError

# The last “)” ends the data: a variable's value may hold brackets of its own.
_SUCCESS: Final = re.compile(
    r"200 result=(?P<result>[^\s(]*)(?: \((?P<data>.*)\))?(?: endpos=(?P<endpos>-?\d+))?"
    r"(?: Gosub (?:complete(?P<cut> \(abnormal exit\))?|failed))?\s*"
)
_FAILED: Final = "-1"
_LONGEST_USAGE: Final = 200


@dataclass(frozen=True)
class Reply:
    """`hangups`: how many HANGUP lines stood before it. `dead`: it was 511, a dead channel."""

    result: str = ""
    data: str = ""
    endpos: int = 0
    hangups: int = 0
    dead: bool = False


def read_reply(read_line: Callable[[], str]) -> Reply:
    """Reads lines until a command is answered. HANGUP answers none, and may come before any.

    100 only says that a step of the dialplan has begun.
    """
    hangups = 0
    while (line := read_line()) == "HANGUP" or line.startswith("100 "):
        hangups += line == "HANGUP"
    match line[:3]:
        case "200":
            return _success(line, hangups)
        case "511":
            return Reply(hangups=hangups, dead=True)
        case "510":
            raise CommandRefused("Asterisk does not know this command")
        case "520":
            _skip_usage(line, read_line)
            raise CommandRefused("Asterisk does not accept these arguments")
        case _:
            raise ProtocolError("an answer without a known code")


def _success(line: str, hangups: int) -> Reply:
    found = _SUCCESS.fullmatch(line)
    if found is None:
        raise ProtocolError("an answer that cannot be read")
    # A step of the dialplan that is cut off, as by a hangup, says 0 all the same.
    result = _FAILED if found["cut"] else found["result"]
    return Reply(result, found["data"] or "", int(found["endpos"] or 0), hangups)


def _skip_usage(line: str, read_line: Callable[[], str]) -> None:
    """520 with a hyphen opens a text that “520 ” closes; without one it stands alone."""
    left = _LONGEST_USAGE
    while line.startswith("520-") or not line.startswith("520 "):
        left -= 1
        if left < 0:
            raise ProtocolError("a usage text without an end")
        line = read_line()
