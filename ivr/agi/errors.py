"""What can go wrong in a conversation with Asterisk.

    asterisk.agi.AGIError
    └── SessionError
        ├── Hangup              the caller or Asterisk is gone (also an asterisk.agi.AGIHangup)
        ├── AppFailed           result -1 while the caller is still there (also an AGIAppError)
        ├── CommandRefused      510 unknown command, 520 wrong arguments
        ├── UnsafeArgument      an argument that could become a second command; nothing was sent
        ├── NotOffered          a part of pyst2 that we do not use
        └── ProtocolError       the peer does not speak AGI
            └── PeerTimeout     the peer did not speak in time

No message of these holds what Asterisk sent or what we sent: it could be a caller's number.
"""

from asterisk.agi import AGIAppError, AGIError, AGIHangup


class SessionError(AGIError):  # type: ignore[misc]  # pyst2 has no types
    """Any failure of a session."""


class Hangup(SessionError, AGIHangup):  # type: ignore[misc]
    """The caller hung up, or the connection to Asterisk ended."""


class AppFailed(SessionError, AGIAppError):  # type: ignore[misc]
    """A command failed although the caller is still on the line."""


class CommandRefused(SessionError):
    """Asterisk does not know the command or its arguments."""


class UnsafeArgument(SessionError):
    """An argument holds a line break or a NUL."""


class NotOffered(SessionError):
    """This command of pyst2 is refused on purpose."""


class ProtocolError(SessionError):
    """What came is not AGI."""


class PeerTimeout(ProtocolError):
    """Nothing, or not enough, came in time."""
