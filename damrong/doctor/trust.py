"""Checks of what people's trust rests on: the keys that seal names, the trail of what was done, who is trained."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from case_store import clock, migrations
from case_store.audit.verify import verify
from case_store.database import Database
from case_store.identity.keyring import SECRET, Keyring
from case_store.identity.keyring_file import read_keyring
from case_store.identity.rotation import index_keys_in_use, seal_keys_in_use
from case_store.rotation.training.register import untrained
from case_store.settings import MissingSecret, Settings
from damrong.doctor.check import Check, Finding, finding

_KEYS = "the keys of identities"
_FEW = 5
_NEWEST = 200
"""So many entries of each chain are looked at here; `damrong audit verify` reads all."""


def keys(settings: Settings) -> Iterator[Finding]:
    """The keys of identities."""
    path = settings.home / "secrets" / SECRET
    if not path.exists():
        mend = f"{path} is missing: restore it; `damrong up` makes one where there is no case yet"
        yield Finding(_KEYS, mend)
        return
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(_KEYS, f"others can read them: chmod 600 {path}")
    try:
        ring = read_keyring(settings)
    except MissingSecret as error:
        yield Finding(_KEYS, str(error))
        return
    with _store(settings) as session:
        if session is not None:
            yield _in_use(ring, session)


def audit_trail(settings: Settings) -> Iterator[Finding]:
    """The audit trail."""
    with _store(settings) as session:
        if session is not None:
            faults = verify(session, newest=_NEWEST)
            mend = f"{faults[0]}: say `damrong audit verify`" if faults else ""
            yield Finding(f"audit trail (the newest {_NEWEST} entries of each chain)", mend)


def _in_use(ring: Keyring, session: Session) -> Finding:
    sealing, indexing = seal_keys_in_use(session), index_keys_in_use(session)
    lost = (sealing - set(ring.seals.keys)) | (indexing - set(ring.indexes.keys))
    if lost:
        return Finding(_KEYS, f"{', '.join(sorted(lost))} is used and not in the file: restore it")
    which = " --index" if indexing & ring.indexes.old else ""
    unfinished = bool(which or sealing & ring.seals.old)
    mend = f"a change of keys was broken off: say `damrong identity rotate{which}`"
    return finding(_KEYS, not unfinished, mend)


@contextmanager
def _store(settings: Settings) -> Iterator[Session | None]:
    """A session to read in; None while the database is away or of another revision: that has a line of its own."""
    if settings.database_url.startswith("sqlite") and not settings.home.exists():
        yield None
        return
    store = Database.of(settings)
    try:
        if not _is_at_newest(store):
            yield None
            return
        with store.reading() as session:
            yield session
    finally:
        store.close()


def _is_at_newest(store: Database) -> bool:
    try:
        return migrations.current(store.engine) == migrations.head()
    except Exception:  # noqa: BLE001 - each driver has its own
        return False


def certificates(settings: Settings) -> Iterator[Finding]:
    """The certificates of call-takers."""
    with _store(settings) as session:
        if session is None:
            return
        people = untrained(session, at=clock.now())
        few = ", ".join(f"{user.username} ({user.centre_code})" for user in people[:_FEW])
        more = f" and {len(people) - _FEW} more" if len(people) > _FEW else ""
        mend = f"nobody may be made ready without one: {few}{more}: train them (/rotation/training)"
        yield finding("certificates of call-takers", not people, mend)


CHECKS: tuple[Check, ...] = (keys, audit_trail, certificates)
