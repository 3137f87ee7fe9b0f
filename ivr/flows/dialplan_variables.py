"""The channel variables by which a flow tells the dialplan what comes next."""

from typing import Final

QUEUE: Final = "DAMRONG_QUEUE"
"""p10 … p96 or p00, set by `citizen`."""

NEXT: Final = "DAMRONG_NEXT"
"""Set by `unanswered` (WAIT or END) and `agent-left` (REQUEUE or END)."""
WAIT: Final = "wait"
REQUEUE: Final = "requeue"
END: Final = "end"

DIAL: Final = "DAMRONG_DIAL"
"""The digits to dial, set by `callback`; empty when nothing may be dialled."""

MESSAGE: Final = "DAMRONG_MESSAGE"
"""The recording's file, set by `unanswered` before it records: the dialplan writes it into the ledger at the call's
end, so that a message counts even if the flow is killed while somebody speaks."""
