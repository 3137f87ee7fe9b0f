"""What the command line does with the audit trail."""

from pathlib import Path

from case_store.audit.heads import Head, NotHeads, current_heads, parse_heads
from case_store.audit.verify import verify as verify_trail
from case_store.settings import Settings
from damrong.provision.errors import SetupError
from damrong.provision.progress import say
from damrong.store_commands import opened_store


def verify(settings: Settings, chain: str | None, heads: Path | None) -> bool:
    """Name every entry that is not as it was written; True when there is none."""
    saved = _saved(heads) if heads else []
    with opened_store(settings) as database, database.reading() as session:
        faults = verify_trail(session, chain, saved=saved)
        known = [head for head in current_heads(session) if chain in (None, head.chain)]
    for fault in faults:
        say(f"✗ {fault}")
    if not faults:
        entries = sum(head.number for head in known)
        say(f"✓ All entries are as they were written ({entries}, chains: {len(known)}).")
    return not faults


def heads(settings: Settings) -> None:
    """Print chain, number and hash of each chain's newest entry."""
    with opened_store(settings) as database, database.reading() as session:
        for head in current_heads(session):
            say(str(head))


def _saved(path: Path) -> list[Head]:
    try:
        return list(parse_heads(path.read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path} cannot be read ({error}).") from None
    except NotHeads as error:
        raise SetupError(f"{path} is no file of saved heads: {error}.") from None
