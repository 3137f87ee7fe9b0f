"""A citizen's telephone that does what the test says at that moment, with sound and keys (RFC 4733) over RTP.

SIPp plays a scenario from end to end; this one waits for what the other side does.
"""

import queue
import re
import socket
import struct
import threading
import time
from contextlib import suppress
from typing import Final

from tests.telephony.telephone import ADDRESS, Leg, Telephone

_FRAME_SECONDS: Final = 0.02
_SAMPLES: Final = 160
_SPEECH: Final = 8
_EVENT: Final = 101
_KEYS: Final = "0123456789*#"
_KEY_FRAMES: Final = 6
_A_TONE: Final = bytes((0x34, 0x21, 0xB4, 0xA1)) * (_SAMPLES // 4)
_SILENCE: Final = b"\xd5" * _SAMPLES


class Caller(Telephone):
    """Dials 1567 as any number of the telephone network."""

    def __init__(self, number: str, pbx_port: int) -> None:
        super().__init__(number, "", pbx_port)
        self.number = number
        self.speaks = False
        self._sound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sound.bind((ADDRESS, 0))
        self._keys: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._leg: Leg | None = None

    def call(self) -> "Caller":
        self._leg = self.dial("1567")
        assert self._leg.final == 200, self._leg.final
        threading.Thread(target=self._talk, daemon=True).start()
        return self

    @property
    def is_connected(self) -> bool:
        """Whether the dialog lives: the network has not been told of its end."""
        return self._leg is not None and not self._leg.ended.is_set()

    def press(self, keys: str) -> None:
        for key in keys:
            self._keys.put(key)

    def hang_up(self) -> None:
        if self._leg is not None and self.is_connected:
            self._leg.hang_up()

    def close(self) -> None:
        self.hang_up()
        super().close()

    # ── Sound ─────────────────────────────────────────────────────────────────────────────────

    def _sdp(self) -> str:
        port = self._sound.getsockname()[1]
        return (
            f"v=0\r\no=- 1 1 IN IP4 {ADDRESS}\r\ns=-\r\nc=IN IP4 {ADDRESS}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {_SPEECH} {_EVENT}\r\na=rtpmap:{_SPEECH} PCMA/8000\r\n"
            f"a=rtpmap:{_EVENT} telephone-event/8000\r\na=fmtp:{_EVENT} 0-15\r\na=sendrecv\r\n"
        )

    def _talk(self) -> None:
        with self._sound, suppress(OSError):
            self._sound.connect((ADDRESS, self._far_port()))
            rtp = _Rtp(self._sound)
            while self.is_connected:
                with suppress(queue.Empty):
                    rtp.send_key(self._keys.get_nowait())
                for _ in range(_KEY_FRAMES):
                    rtp.send_speech(_A_TONE if self.speaks else _SILENCE)

    def _far_port(self) -> int:
        assert self._leg is not None
        found = re.search(r"m=audio (\d+)", self._leg.answer_body)
        assert found is not None
        return int(found[1])


class _Rtp:
    """Packets in the rhythm of speech."""

    def __init__(self, sound: socket.socket) -> None:
        self._sound = sound
        self._number = self._stamp = 0
        self._due = time.monotonic()

    def send_speech(self, frame: bytes) -> None:
        self._send(_SPEECH, frame)
        self._stamp += _SAMPLES

    def send_key(self, key: str) -> None:
        for frame in range(1, _KEY_FRAMES + 3):  # the end is said three times
            end = 0x80 if frame >= _KEY_FRAMES else 0
            lasted = min(frame, _KEY_FRAMES) * _SAMPLES
            self._send(_EVENT, struct.pack("!BBH", _KEYS.index(key), end | 10, lasted), frame == 1)
        self._stamp += _KEY_FRAMES * _SAMPLES

    def _send(self, kind: int, payload: bytes, mark: bool = False) -> None:
        self._number += 1
        head = struct.pack(
            "!BBHII", 0x80, kind | (0x80 if mark else 0), self._number & 0xFFFF, self._stamp, 1567
        )
        self._sound.send(head + payload)
        self._due += _FRAME_SECONDS
        time.sleep(max(0.0, self._due - time.monotonic()))
