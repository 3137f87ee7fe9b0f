"""What somebody at the command line did, in the audit trail."""

from getpass import getuser
from typing import Any

from sqlalchemy.orm import Session

from case_store import clock
from case_store.audit.trail import SYSTEM, record


def write_trail(session: Session, action: str, subject: str, **facts: Any) -> None:
    """Notes it under the name of the operating system's user."""
    record(
        session,
        chain=SYSTEM,
        action=action,
        subject=subject[:80],
        by=f"cli:{_user()}",
        at=clock.now(),
        facts=facts,
    )


def _user() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return "unknown"
