"""The little SIP that a telephone company's side needs: one call's messages, and what the answers say."""

import re
from dataclasses import dataclass
from typing import Final

Address = tuple[str, int]

_CONTACT: Final = re.compile(r"^(?:Contact|m):[^<\n]*<([^>]+)>", re.IGNORECASE | re.MULTILINE)
_CALL_ID: Final = re.compile(r"^(?:Call-ID|i):\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_CSEQ: Final = re.compile(r"^CSeq:\s*\d+\s+(\w+)", re.IGNORECASE | re.MULTILINE)
_TO: Final = re.compile(r"^(?:To|t):\s*(.+?)\r?$", re.IGNORECASE | re.MULTILINE)
_AUDIO: Final = re.compile(r"^m=audio (\d+) ", re.MULTILINE)
_ECHOED: Final = re.compile(
    r"^(?:(?:Via|From|To|Call-ID|CSeq):.*?)\r?$", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True)
class Route:
    """A call's two ends: whom it dials, from where, as which number, and where its speech arrives."""

    pbx: Address
    here: Address
    speech_port: int
    dialled: str
    number: str
    call_id: str


@dataclass(frozen=True)
class Answer:
    """What is read from a message: a response's code (0: it is a request), and what a 200 tells."""

    code: int
    method: str
    call_id: str
    to: str
    contact: str
    speech_port: int


def invite(route: Route) -> bytes:
    speech = (
        "v=0\r\n"
        f"o=- 1 1 IN IP4 {route.here[0]}\r\n"
        "s=-\r\n"
        f"c=IN IP4 {route.here[0]}\r\n"
        "t=0 0\r\n"
        f"m=audio {route.speech_port} RTP/AVP 8 101\r\n"
        "a=rtpmap:8 PCMA/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\n"
        "a=fmtp:101 0-16\r\n"
        "a=ptime:20\r\n"
    )
    uri = f"sip:{route.dialled}@{route.pbx[0]}:{route.pbx[1]}"
    head = _head("INVITE", route, uri=uri, to=f"<{uri}>", sequence=1, branch="i")
    contact = f"Contact: <sip:bench@{route.here[0]}:{route.here[1]}>\r\n"
    kind = f"Content-Type: application/sdp\r\nContent-Length: {len(speech)}\r\n\r\n"
    return (head + contact + kind + speech).encode()


def acknowledgement(route: Route, answer: Answer) -> bytes:
    """Of a 200 to where it came from; of a refusal as a part of the INVITE's own transaction."""
    accepted = answer.code < 300
    uri = answer.contact if accepted else f"sip:{route.dialled}@{route.pbx[0]}:{route.pbx[1]}"
    branch = "a" if accepted else "i"
    return _bare(_head("ACK", route, uri=uri, to=answer.to, sequence=1, branch=branch))


def bye(route: Route, answer: Answer) -> bytes:
    return _bare(_head("BYE", route, uri=answer.contact, to=answer.to, sequence=2, branch="b"))


def agreement(request: str) -> bytes:
    """200 to whatever Asterisk asks of us."""
    echoed = "\r\n".join(match.group(0).rstrip("\r") for match in _ECHOED.finditer(request))
    return f"SIP/2.0 200 OK\r\n{echoed}\r\nContent-Length: 0\r\n\r\n".encode()


def read(message: str) -> Answer:
    code = int(message[8:11]) if message.startswith("SIP/2.0 ") else 0
    method = _found(_CSEQ, message)
    contact = _found(_CONTACT, message) if code == 200 else ""
    port = _found(_AUDIO, message) if code == 200 and method == "INVITE" else ""
    return Answer(
        code, method, _found(_CALL_ID, message), _found(_TO, message), contact, int(port or 0)
    )


def _found(pattern: re.Pattern[str], message: str) -> str:
    found = pattern.search(message)
    return found.group(1) if found else ""


def _head(method: str, route: Route, *, uri: str, to: str, sequence: int, branch: str) -> str:
    host, port = route.here
    return (
        f"{method} {uri} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{branch}{route.call_id}\r\n"
        f"From: <sip:{route.number}@{host}>;tag=t{route.call_id}\r\n"
        f"To: {to}\r\n"
        f"Call-ID: {route.call_id}\r\n"
        f"CSeq: {sequence} {method}\r\n"
        "Max-Forwards: 70\r\n"
    )


def _bare(head: str) -> bytes:
    return f"{head}Content-Length: 0\r\n\r\n".encode()
