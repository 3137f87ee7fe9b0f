"""SIPp scenarios, put together from what a person with a telephone does."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

_SDP = """
      v=0
      o=- 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [media_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 8 96
      a=rtpmap:8 PCMA/8000
      a=rtpmap:96 telephone-event/8000
      a=fmtp:96 0-15
      a=sendrecv"""  # SIPp sends keys with payload type 96, always

_CALLER_LINES = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      Max-Forwards: 70
      From: {from_}
      To: <sip:{to}@[remote_ip]:[remote_port]>[peer_tag_param]
      Call-ID: [call_id]
      Contact: <sip:caller@[local_ip]:[local_port]>"""


def send(text: str, *, repeat: bool = True) -> str:
    """A message to be sent, repeated until it is answered."""
    again = ' retrans="500"' if repeat else ""
    return f"<send{again}><![CDATA[\n      {text}\n    ]]></send>"


def receive(what: str, *, optional: bool = False, **more: str) -> str:
    kind = "response" if what.isdigit() else "request"
    options = {kind: what, **({"optional": "true"} if optional else {}), **more}
    return "<recv " + " ".join(f'{k}="{escape(v)}"' for k, v in options.items()) + "/>"


def wait(seconds: float) -> str:
    return f'<pause milliseconds="{int(seconds * 1000)}"/>'


def press(keys: str) -> str:
    """Keys by RFC 4733."""
    return f'<nop><action><exec play_dtmf="{keys}"/></action></nop>{wait(0.35 * len(keys) + 0.2)}'


def speak(seconds: float) -> str:
    """Speech: a tone of a fixed kind, sent as RTP."""
    return f'<nop><action><exec rtp_stream="[rtp_file],-1,8"/></action></nop>{wait(seconds)}'


class Citizen:
    """A caller on the telephone network, as steps of one scenario."""

    def __init__(self, number: str, *, to: str = "1567", headers: Sequence[str] = ()) -> None:
        self._from = number if "<" in number else f"<sip:{number}@[local_ip]>"
        self._to, self._headers, self._cseq = to, headers, 1

    def _request(self, method: str, *extra: str, body: str = "") -> str:
        lines = _CALLER_LINES.format(from_=f"{self._from};tag=[call_number]", to=self._to)
        head = [
            f"{method} sip:{self._to}@[remote_ip]:[remote_port] SIP/2.0",
            lines,
            f"CSeq: {self._cseq} {'INVITE' if method == 'ACK' else method}",
            *extra,
            "Content-Length: [len]",
        ]
        return "\n      ".join(head) + f"\n{body}"

    def invite(self) -> str:
        return send(
            self._request("INVITE", *self._headers, "Content-Type: application/sdp", body=_SDP)
        )

    def call(self) -> str:
        """Dials and is answered."""
        return "".join(
            [
                self.invite(),
                receive("100", optional=True),
                receive("180", optional=True),
                receive("183", optional=True),
                receive("200", rtd="true"),
                send(self._request("ACK"), repeat=False),
            ]
        )

    def refused(self, code: str) -> str:
        """Dials and is refused."""
        return "".join(
            [
                self.invite(),
                receive("100", optional=True),
                receive(code),
                send(self._request("ACK"), repeat=False),
            ]
        )

    def press_by_info(self, keys: str) -> str:
        """Keys by SIP INFO."""
        steps = []
        for key in keys:
            self._cseq += 1
            info = self._request(
                "INFO",
                "Content-Type: application/dtmf-relay",
                body=f"\n      Signal={key}\n      Duration=160\n",
            )
            steps += [send(info), receive("200"), wait(0.2)]
        return "".join(steps)

    def hang_up(self) -> str:
        self._cseq += 1
        return send(self._request("BYE")) + receive("200")

    def is_hung_up_on(self) -> str:
        return receive("BYE", timeout="60000") + send(_ok(), repeat=False)


class CalledCitizen:
    """A citizen whose telephone rings."""

    def answer(self) -> str:
        tagged = ";tag=[call_number]"
        contact = "Contact: <sip:called@[local_ip]:[local_port]>"
        answer = _answer("200 OK", tagged, contact, "Content-Type: application/sdp", body=_SDP)
        return "".join(
            [
                receive("INVITE"),
                send(_answer("180 Ringing", tagged, contact), repeat=False),
                wait(0.5),
                send(answer),
                receive("ACK"),
            ]
        )

    def answer_and_press(self, key: str, *, after: float) -> str:
        """Answers, and presses a key by SIP INFO after some seconds.

        SIPp's keys by RFC 4733 have the payload type 96, whatever Asterisk offered.
        """
        action = "".join(
            f'<ereg regexp=".*" search_in="hdr" header="{header}:" assign_to="{variable}"/>'
            for header, variable in (("From", "caller"), ("To", "called"))
        )
        heard = receive("INVITE").replace("/>", f"><action>{action}</action></recv>")
        lines = [
            "INFO sip:1567@[remote_ip]:[remote_port] SIP/2.0",
            "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
            "Max-Forwards: 70",
            "From:[$called];tag=[call_number]",
            "To:[$caller]",
            "Call-ID: [call_id]",
            "CSeq: 1 INFO",
            "Contact: <sip:called@[local_ip]:[local_port]>",
            "Content-Type: application/dtmf-relay",
            "Content-Length: [len]",
        ]
        info = "\n      ".join(lines) + f"\n\n      Signal={key}\n      Duration=160\n"
        return "".join(
            [
                self.answer().replace(receive("INVITE"), heard),
                wait(after),
                send(info),
                receive("200"),
            ]
        )

    def is_busy(self) -> str:
        return "".join(
            [receive("INVITE"), send(_answer("486 Busy Here", ";tag=1")), receive("ACK")]
        )

    def is_hung_up_on(self) -> str:
        return receive("BYE", timeout="60000") + send(_ok(), repeat=False)


def _ok() -> str:
    return _answer("200 OK", "")


def _answer(status: str, tag: str, *more: str, body: str = "") -> str:
    lines = ["[last_Via:]", "[last_From:]", f"[last_To:]{tag}", "[last_Call-ID:]", "[last_CSeq:]"]
    head = [f"SIP/2.0 {status}", *lines, *more, "Content-Length: [len]"]
    return "\n      ".join(head) + f"\n{body}"


def document(name: str, *steps: str) -> str:
    """A whole scenario file."""
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="{name}">\n'
    return head + "\n".join(steps) + "\n</scenario>\n"
