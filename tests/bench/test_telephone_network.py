"""The bench's telephone network says and understands just enough SIP and RTP."""

import socket
import time
import wave
from pathlib import Path

import pytest

from bench import rtp, sip
from bench.network import Network, Plan
from bench.sip import Route
from bench.tones import Tone, a_law, heard_in, tone_of, write_tone

ROUTE = Route(("127.0.0.1", 5060), ("127.0.0.1", 6000), 7000, "1567", "053211234", "c1")
SPEECH = "v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 7777 RTP/AVP 8 101\r\n"


def response(code: int, call_id: str = "c1", method: str = "INVITE") -> str:
    return (
        f"SIP/2.0 {code} Something\r\nVia: SIP/2.0/UDP 127.0.0.1:6000;branch=z9hG4bKic1\r\n"
        f"Call-ID: {call_id}\r\nFrom: <sip:053211234@127.0.0.1>;tag=tc1\r\n"
        f"To: <sip:1567@127.0.0.1>;tag=theirs\r\nCSeq: 1 {method}\r\n"
        f"Contact: <sip:127.0.0.1:5099>\r\n\r\n{SPEECH}"
    )


class TestSip:
    def test_an_invite_says_who_calls_and_where_speech_arrives(self) -> None:
        text = sip.invite(ROUTE).decode()

        assert text.startswith("INVITE sip:1567@127.0.0.1:5060 SIP/2.0\r\n")
        assert "From: <sip:053211234@127.0.0.1>" in text
        assert "m=audio 7000 RTP/AVP 8 101" in text
        head, _, body = text.partition("\r\n\r\n")
        assert f"Content-Length: {len(body)}" in head

    def test_an_answer_is_acknowledged_where_it_came_from(self) -> None:
        answer = sip.read(response(200))

        assert (answer.code, answer.method, answer.speech_port) == (200, "INVITE", 7777)
        assert sip.acknowledgement(ROUTE, answer).startswith(b"ACK sip:127.0.0.1:5099 SIP/2.0")
        assert b"tag=theirs" in sip.bye(ROUTE, answer)

    def test_a_refusal_is_acknowledged_in_the_transaction_of_the_invite(self) -> None:
        acknowledgement = sip.acknowledgement(ROUTE, sip.read(response(486)))

        assert b"ACK sip:1567@" in acknowledgement
        assert b"branch=z9hG4bKic1" in acknowledgement

    def test_a_request_is_agreed_to_with_its_own_headers(self) -> None:
        request = (
            "BYE sip:x SIP/2.0\r\nVia: a\r\nFrom: b\r\nTo: c\r\nCall-ID: c1\r\nCSeq: 7 BYE\r\n\r\n"
        )

        assert sip.read(request).code == 0
        assert sip.agreement(request).decode().splitlines()[1:6] == [
            "Via: a", "From: b", "To: c", "Call-ID: c1", "CSeq: 7 BYE",
        ]  # fmt: skip


class TestTones:
    @pytest.mark.parametrize(
        ("sample", "coded"), [(0, 0xD5), (8000, 0x8A), (-2000, 0xEA), (500, 0xCA), (32767, 0xAA)]
    )
    def test_a_law_is_that_of_g711(self, sample: int, coded: int) -> None:
        assert a_law(sample) == coded

    @pytest.mark.parametrize("tone", list(Tone))
    def test_any_packet_of_a_tone_tells_which_it_is(self, tone: Tone, tmp_path: Path) -> None:
        write_tone(tmp_path / "x.wav", tone, 0.1)
        with wave.open(str(tmp_path / "x.wav")) as file:
            samples = memoryview(file.readframes(160)).cast("h")
            assert file.getnframes() == 800

        assert heard_in(bytes(a_law(sample) for sample in samples)) is tone

    def test_silence_is_no_tone(self) -> None:
        assert heard_in(b"\xd5" * 160) is None

    def test_a_caller_can_tell_the_greeting_from_the_queue(self) -> None:
        assert tone_of("damrong/greeting") is Tone.GREETING
        assert tone_of("damrong/connecting-to") is Tone.OTHER
        assert tone_of("queue-youarenext") is Tone.WAITING


class TestRtp:
    def test_a_key_begins_once_and_ends_three_times(self) -> None:
        packets = list(rtp.pressed("#", source=1))

        assert [packet[12] for packet in packets] == [11] * 4
        assert [bool(packet[13] & 0x80) for packet in packets] == [False, True, True, True]

    def test_a_key_is_no_tone(self) -> None:
        assert all(rtp.tone_in(packet) is None for packet in rtp.pressed("1", source=1))


class TestNetwork:
    def test_a_call_is_followed_from_its_invite_to_its_end(self) -> None:
        with _udp() as pbx, _udp() as speech, Network(pbx.getsockname()) as network:
            call = network.place(Plan("1567", until=Tone.GREETING))
            invite, caller = pbx.recvfrom(4096)
            port = int(invite.partition(b"m=audio ")[2].split()[0])
            answer = response(200, call.route.call_id)
            answer = answer.replace("7777", str(speech.getsockname()[1]))
            pbx.sendto(answer.encode(), caller)
            network.serve(1)
            assert pbx.recv(4096).startswith(b"ACK")

            packet = b"\x80\x08" + bytes(10) + bytes([a_law(Tone.GREETING)]) * 160
            speech.sendto(packet, ("127.0.0.1", port))
            network.serve(1)
            assert pbx.recv(4096).startswith(b"BYE")
            pbx.sendto(response(200, call.route.call_id, "BYE").encode(), caller)

            assert network.serve(1) == [call]
            assert call.failure == ""
            assert call.first_prompt is not None
            assert 0 < call.first_prompt < 5

    def test_a_refused_call_is_over_and_says_why(self) -> None:
        with _udp() as pbx, Network(pbx.getsockname()) as network:
            call = network.place(Plan("1567", until=Tone.GREETING))
            _, caller = pbx.recvfrom(4096)
            pbx.sendto(response(503, call.route.call_id).encode(), caller)

            assert network.serve(1) == [call]
            assert call.failure == "refused with 503"
            assert network.open_calls == 0

    def test_a_call_without_an_answer_is_dialled_again_and_given_up(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bench.network.CALL_SECONDS", 0.8)
        with _udp() as pbx, Network(pbx.getsockname()) as network:
            call = network.place(Plan("1567", until=Tone.GREETING))
            end = time.monotonic() + 5
            while call.ended is None and time.monotonic() < end:
                network.serve(0.1)

            assert call.failure == "no answer"
            assert pbx.recv(4096) == pbx.recv(4096)


def _udp() -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("127.0.0.1", 0))
    opened.settimeout(2)
    return opened
