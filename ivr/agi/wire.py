"""Lines over a socket, each with a deadline and a greatest length."""

import socket
from time import monotonic
from typing import Final

from ivr.agi.errors import Hangup, PeerTimeout, ProtocolError

LONGEST_LINE: Final = 8192
"""As long as Asterisk's own buffer."""
_CHUNK: Final = 4096


class Wire:
    """A connected socket that speaks lines of UTF-8. Bytes that are not UTF-8 become U+FFFD."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._unread = bytearray()
        self.has_heard = False
        """Whether the peer ever sent a byte; a health probe sends none."""

    def read_line(self, seconds: float, *, longest: int = LONGEST_LINE) -> str:
        """The next line without its end. `seconds` bounds the whole line, not each piece of it."""
        deadline = monotonic() + seconds
        searched = 0
        while (end := self._unread.find(b"\n", searched)) < 0:
            searched = len(self._unread)
            if searched > longest:
                raise ProtocolError("a line is too long")
            self._receive(deadline)
        line = bytes(self._unread[:end])
        del self._unread[: end + 1]
        return line.decode("utf-8", errors="replace").rstrip("\r")

    def write_line(self, line: str, seconds: float) -> None:
        self._connection.settimeout(seconds)
        try:
            self._connection.sendall(line.encode("utf-8", errors="replace") + b"\n")
        except TimeoutError:
            raise PeerTimeout("the peer does not read") from None
        except OSError:
            raise Hangup("the connection is gone") from None

    def _receive(self, deadline: float) -> None:
        left = deadline - monotonic()
        if left <= 0:
            raise PeerTimeout("no whole line in time")
        self._connection.settimeout(left)
        try:
            chunk = self._connection.recv(_CHUNK)
        except TimeoutError:
            raise PeerTimeout("no whole line in time") from None
        except OSError:
            raise Hangup("the connection is gone") from None
        if not chunk:
            raise Hangup("the connection ended")
        self.has_heard = True
        self._unread += chunk
