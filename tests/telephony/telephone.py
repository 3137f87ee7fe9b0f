"""An agent's telephone for the tests: as much SIP as the browser's has, over UDP and without sound.

SIPp plays the telephone network; this plays the agents, since transfers need two legs that know of each other.
"""

import contextlib
import hashlib
import itertools
import queue
import re
import secrets
import socket
import threading
from dataclasses import dataclass, field

ADDRESS = "127.0.0.1"
_COUNTER = itertools.count(1)


@dataclass
class Message:
    """One SIP request or response."""

    first: str
    headers: dict[str, list[str]]
    body: str

    @classmethod
    def read(cls, data: bytes) -> "Message":
        text, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        head = text.split("\r\n")
        headers: dict[str, list[str]] = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            headers.setdefault(name.strip().lower(), []).append(value.strip())
        return cls(head[0], headers, body)

    def get(self, name: str) -> str:
        return self.headers.get(name.lower(), [""])[0]

    @property
    def status(self) -> int | None:
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else None

    @property
    def method(self) -> str:
        return self.get("CSeq").split()[1]


@dataclass
class Leg:
    """One call of a telephone."""

    phone: "Telephone"
    call_id: str
    local: str
    remote: str
    target: str
    invite: Message | None = None
    cseq: int = 1
    final: int | None = None
    answer_body: str = ""
    transfer_status: int | None = None
    rings: threading.Event = field(default_factory=threading.Event)
    answered: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def header(self, name: str) -> str:
        """A header of the INVITE that made the telephone ring."""
        return self.invite.get(name) if self.invite else ""

    def answer(self) -> None:
        assert self.invite is not None
        self.phone.respond(self.invite, "200 OK", to=self.local, sdp=True)
        self.answered.set()

    def reject(self, status: str = "486 Busy Here") -> None:
        assert self.invite is not None
        self.phone.respond(self.invite, status, to=self.local)

    def hang_up(self) -> None:
        self.phone.request(self, "BYE")
        self.ended.set()

    def hear_of_transfer(self, notice: str) -> None:
        """How a transfer went. When it succeeded, a telephone hangs up: its part is over."""
        self.transfer_status = int(notice.split()[1])
        if self.transfer_status == 200 and not self.ended.is_set():
            threading.Thread(target=self.hang_up, daemon=True).start()

    def transfer(self, target: str, *, instead_of: "Leg | None" = None) -> int:
        """REFER: blind, or attended when `instead_of` is the leg to the colleague. Returns the status."""
        refer_to = f"sip:{target}@{ADDRESS}:{self.phone.pbx_port}"
        if instead_of is not None:
            to_tag, from_tag = _tag(instead_of.remote), _tag(instead_of.local)
            replaces = f"{instead_of.call_id};to-tag={to_tag};from-tag={from_tag}"
            refer_to += f"?Replaces={_escaped(replaces)}"
        answer = self.phone.request(
            self, "REFER", f"Refer-To: <{refer_to}>", f"Referred-By: <sip:{self.phone.name}@x>"
        )
        return answer.status or 0


class Telephone:
    """Registers, rings, answers, dials and transfers."""

    def __init__(self, name: str, secret: str, pbx_port: int) -> None:
        self.name, self._secret, self.pbx_port = name, secret, pbx_port
        self._browser = secrets.token_hex(4)  # as JsSIP: another one each time a page is loaded
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((ADDRESS, 0))
        self._port = self._socket.getsockname()[1]
        self._legs: dict[str, Leg] = {}
        self._answers: dict[str, queue.SimpleQueue[Message]] = {}
        self._rings: queue.SimpleQueue[Leg] = queue.SimpleQueue()
        self.answers_by_itself = False
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    # ── What a person does ────────────────────────────────────────────────────────────────────

    def register(self, expires: int = 120) -> int:
        """The status of the answer: 200, or 401 when the secret is wrong."""
        own = f"<sip:{self.name}@{ADDRESS}>"
        leg = Leg(
            self, secrets.token_hex(8), f"{own};tag={secrets.token_hex(4)}", own, self._server
        )
        answer = self._with_digest(leg, "REGISTER", f"Expires: {expires}")
        return answer.status or 0

    def rings(self, seconds: float = 10) -> Leg | None:
        """The call that rings within that time."""
        try:
            return self._rings.get(timeout=seconds)
        except queue.Empty:
            return None

    def dial(self, target: str, *headers: str) -> Leg:
        """Dials and waits for the final answer, which is in `final`."""
        leg = self._leg_to(target)
        self._invite(leg, *headers)
        return leg

    def begin_to_dial(self, target: str) -> Leg:
        """Dials, and returns as soon as it rings."""
        leg = self._leg_to(target)
        threading.Thread(target=self._invite, args=(leg,), daemon=True).start()
        assert leg.rings.wait(5)
        return leg

    def _leg_to(self, target: str) -> Leg:
        own = f"<sip:{self.name}@{ADDRESS}>;tag={secrets.token_hex(4)}"
        uri = f"sip:{target}@{ADDRESS}:{self.pbx_port}"
        leg = Leg(self, secrets.token_hex(8), own, f"<{uri}>", uri)
        self._legs[leg.call_id] = leg
        return leg

    def _invite(self, leg: Leg, *headers: str) -> None:
        answer = self._with_digest(leg, "INVITE", *headers)
        leg.final = answer.status
        if answer.status == 200:
            leg.remote, leg.answer_body = answer.get("To"), answer.body
            self._send(leg, "ACK", _branch(), (), None)
            leg.answered.set()

    # ── Requests and responses ────────────────────────────────────────────────────────────────

    @property
    def _server(self) -> str:
        return f"sip:{ADDRESS}:{self.pbx_port}"

    def request(self, leg: Leg, method: str, *headers: str, sdp: str | None = None) -> Message:
        """Sends a request and returns its final answer."""
        leg.cseq += 1
        branch = _branch()
        answers = self._answers[branch] = queue.SimpleQueue()
        self._send(leg, method, branch, headers, sdp)
        while True:
            answer = answers.get(timeout=60)
            if answer.status == 180:
                leg.remote = answer.get("To")
                leg.rings.set()
            if (answer.status or 0) >= 200:
                if method == "INVITE" and answer.status != 200:
                    leg.remote, before = answer.get("To"), leg.remote
                    self._send(leg, "ACK", branch, (), None)
                    leg.remote = before
                return answer

    def _with_digest(self, leg: Leg, method: str, *headers: str) -> Message:
        sdp = self._sdp() if method == "INVITE" else None
        answer = self.request(leg, method, *headers, sdp=sdp)
        if answer.status != 401:
            return answer
        proof = self._digest(answer.get("WWW-Authenticate"), method, leg.target)
        return self.request(leg, method, *headers, f"Authorization: {proof}", sdp=sdp)

    def _digest(self, challenge: str, method: str, uri: str) -> str:
        asked = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
        ha1 = _md5(f"{self.name}:{asked['realm']}:{self._secret}")
        ha2 = _md5(f"{method}:{uri}")
        proof = _md5(f"{ha1}:{asked['nonce']}:00000001:abc:auth:{ha2}")
        return (
            f'Digest username="{self.name}",realm="{asked["realm"]}",nonce="{asked["nonce"]}",'
            f'uri="{uri}",response="{proof}",qop=auth,nc=00000001,cnonce="abc",algorithm=MD5'
            + (f',opaque="{asked["opaque"]}"' if "opaque" in asked else "")
        )

    def _send(
        self, leg: Leg, method: str, branch: str, headers: tuple[str, ...], sdp: str | None
    ) -> None:
        body = sdp or ""
        lines = [
            f"{method} {leg.target} SIP/2.0",
            f"Via: SIP/2.0/UDP {ADDRESS}:{self._port};branch={branch};rport",
            "Max-Forwards: 70",
            f"From: {leg.local}",
            f"To: {leg.remote}",
            f"Call-ID: {leg.call_id}",
            f"CSeq: {leg.cseq} {method}",
            f"Contact: <sip:{self._browser}@{ADDRESS}:{self._port}>",
            *headers,
            *(["Content-Type: application/sdp"] if sdp else []),
            f"Content-Length: {len(body)}",
        ]
        self._write("\r\n".join(lines) + "\r\n\r\n" + body)

    def respond(self, request: Message, status: str, *, to: str = "", sdp: bool = False) -> None:
        body = self._sdp() if sdp else ""
        lines = [f"SIP/2.0 {status}"]
        lines += [f"Via: {via}" for via in request.headers["via"]]
        lines += [
            f"From: {request.get('From')}",
            f"To: {to or request.get('To')}",
            f"Call-ID: {request.get('Call-ID')}",
            f"CSeq: {request.get('CSeq')}",
            f"Contact: <sip:{self._browser}@{ADDRESS}:{self._port}>",
            *(["Content-Type: application/sdp"] if sdp else []),
            f"Content-Length: {len(body)}",
        ]
        self._write("\r\n".join(lines) + "\r\n\r\n" + body)

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # closed at the end of the test
            self._socket.sendto(text.encode(), (ADDRESS, self.pbx_port))

    def _sdp(self) -> str:
        return (
            f"v=0\r\no=- 1 1 IN IP4 {ADDRESS}\r\ns=-\r\nc=IN IP4 {ADDRESS}\r\nt=0 0\r\n"
            f"m=audio {self._port + 1} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n"
        )

    # ── Receiving ─────────────────────────────────────────────────────────────────────────────

    def _listen(self) -> None:
        while True:
            try:
                data = self._socket.recv(65_535)
            except OSError:
                return
            message = Message.read(data)
            # Speech for a neighbour that had this port before is no SIP.
            if len(message.get("CSeq").split()) == 2:
                self._receive(message)

    def _receive(self, message: Message) -> None:
        if message.status is not None:
            branch = re.search(r"branch=([^;]+)", message.get("Via"))
            if branch and branch[1] in self._answers:
                self._answers[branch[1]].put(message)
            return
        leg = self._legs.get(message.get("Call-ID"))
        match message.method:
            case "INVITE" if leg is None:
                self._ring(message)
            case "INVITE" | "UPDATE":
                self.respond(message, "200 OK", sdp=True)
            case "CANCEL" if leg is not None and leg.invite is not None:
                self.respond(message, "200 OK")
                self.respond(leg.invite, "487 Request Terminated", to=leg.local)
                leg.ended.set()
            case "BYE":
                self.respond(message, "200 OK")
                if leg is not None:
                    leg.ended.set()
            case "NOTIFY" if leg is not None:
                self.respond(message, "200 OK")
                leg.hear_of_transfer(message.body)
            case "ACK":
                return
            case _:
                self.respond(message, "200 OK")

    def _ring(self, invite: Message) -> None:
        local = f"{invite.get('To')};tag={secrets.token_hex(4)}"
        target = re.search(r"<([^>]+)>", invite.get("Contact"))
        assert target is not None
        leg = Leg(self, invite.get("Call-ID"), local, invite.get("From"), target[1], invite)
        self._legs[leg.call_id] = leg
        self.respond(invite, "180 Ringing", to=local)
        if self.answers_by_itself:
            leg.answer()
        self._rings.put(leg)


def _branch() -> str:
    return f"z9hG4bK{next(_COUNTER)}{secrets.token_hex(4)}"


def _tag(header: str) -> str:
    found = re.search(r"tag=([^;>]+)", header)
    return found[1] if found else ""


def _escaped(text: str) -> str:
    return text.replace(";", "%3B").replace("=", "%3D").replace("@", "%40")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
