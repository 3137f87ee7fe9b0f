"""How far a log of calls has been read into the store."""

from sqlalchemy.orm import Session

from case_store.calls.models import LedgerPosition


def ledger_position(session: Session, name: str) -> tuple[int, int]:
    """The file (inode) and the place in it up to which everything is written down; (0, 0) at the beginning."""
    saved = session.get(LedgerPosition, name)
    return (saved.inode, saved.offset) if saved else (0, 0)


def save_ledger_position(session: Session, name: str, *, inode: int, offset: int) -> None:
    """Saves the place, in the transaction that writes down what was read up to it."""
    session.merge(LedgerPosition(name=name, inode=inode, offset=offset))
