"""Whoever is neither the telephone company nor a registered telephone reaches nothing, whichever way they come."""

import base64
import hashlib
import secrets
import socket
import struct
from collections.abc import Callable

import pytest

from tests.telephony.conversation import the_call
from tests.telephony.line import Line
from tests.telephony.network import Network
from tests.telephony.scenario import Citizen, press, wait
from tests.telephony.staff import Agent

PATIENCE = 3.0


class Stranger:
    """A program, or a web page from elsewhere, that opens Asterisk's web socket."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._socket.sendall(
            (
                "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nOrigin: https://elsewhere.example\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Protocol: sip\r\n\r\n"
            ).encode()
        )
        assert b" 101 " in self._socket.recv(4096)

    def call(self, number: str, user: str) -> list[int]:
        """Calls as `user` without a secret: the statuses that come back, up to the final one."""
        body = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            "m=audio 40000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
        )
        self._send(
            f"INVITE sip:{number}@127.0.0.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/WS 127.0.0.1:9;branch=z9hG4bK{secrets.token_hex(8)};rport\r\nMax-Forwards: 70\r\n"
            f"From: <sip:{user}@127.0.0.1>;tag=stranger\r\nTo: <sip:{number}@127.0.0.1>\r\n"
            f"Call-ID: {secrets.token_hex(8)}\r\nCSeq: 1 INVITE\r\n"
            f"Contact: <sip:{user}@127.0.0.1:9;transport=ws>\r\n"
            f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        statuses = [self._status()]
        while statuses[-1] < 200:
            statuses.append(self._status())
        return statuses

    def _send(self, text: str) -> None:
        data, mask = text.encode(), secrets.token_bytes(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
        self._socket.sendall(b"\x81" + struct.pack("!BH", 0x80 | 126, len(data)) + mask + masked)

    def _status(self) -> int:
        head = self._read(2)
        length = head[1] & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", self._read(2))
        return int(self._read(length).split(b" ", 2)[1])

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            data += self._socket.recv(count - len(data))
        return data

    def close(self) -> None:
        self._socket.close()


@pytest.mark.parametrize("user", ["0812345678", "trunk", "demo-phone"])
def test_nobody_is_the_telephone_company_over_the_web_socket(line: Line, user: str) -> None:
    """The trunk is known by its address, and a browser behind a proxy may well come from the same."""
    stranger = Stranger(line.settings.ws_port)

    assert stranger.call("1567", user)[-1] in {401, 403}
    stranger.close()

    assert line.calls_from(user) == []


def test_a_telephone_that_rings_is_given_the_key_of_the_call(
    line: Line, network: Network, agents: Callable[..., Agent]
) -> None:
    """The console makes the same key (agent_console/ringing.py)."""
    agent, citizen = agents("00"), Citizen("0812347701")
    call = network.play(
        citizen.call(), wait(0.5), press("0"), wait(8), citizen.hang_up(), name="citizen"
    )

    ring = agent.phone.rings(20)

    assert ring, line.asterisk_log()
    name, secret = the_call(line, "0812347701"), line.settings.secret("calls")
    assert ring.header("X-Damrong-Call") == name
    assert ring.header("X-Damrong-Key") == hashlib.sha1(f"{secret}{name}".encode()).hexdigest()
    ring.reject()
    assert call.ends_well(), call.why()
