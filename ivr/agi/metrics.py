"""What the FastAGI server counts for Prometheus."""

from enum import StrEnum
from typing import Final

from prometheus_client import Counter, Gauge


class Outcome(StrEnum):
    """How one connection ended."""

    DONE = "done"
    HANGUP = "hangup"
    FAILED = "failed"
    TIMEOUT = "timeout"
    HOSTILE = "hostile"
    """Not an AGI request, or one that never ended."""
    UNKNOWN_SCRIPT = "unknown_script"
    REFUSED = "refused"
    """All slots were taken."""
    PROBE = "probe"
    """Connected and closed without a byte: a health check."""


CONNECTIONS: Final = Counter(
    "damrong_agi_connections_total",
    "FastAGI connections by script and how they ended",
    ["script", "outcome"],
)
SLOTS_IN_USE: Final = Gauge("damrong_agi_slots_in_use", "FastAGI connections being served")
