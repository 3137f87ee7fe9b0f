"""What the command line does with the keys of identities."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from case_store.database import Database
from case_store.identity import rotation
from case_store.identity.keyring import SECRET, Keyring, KeySet
from case_store.identity.keyring_file import keyring_text, read_keyring
from case_store.settings import MissingSecret, Settings
from damrong.command_trail import write_trail
from damrong.installation import write_secret
from damrong.provision.errors import SetupError
from damrong.provision.progress import say
from damrong.store_commands import opened_store


def rotate(settings: Settings, *, index: bool, drop_old: bool) -> None:
    """Make a new key and seal everything with it; what an earlier rotation left is finished first."""
    with opened_store(settings) as database, _alone(settings):
        keys = _Keys(settings, database)
        unfinished = keys.unfinished(index)
        if unfinished or (drop_old and keys.set_of(index).old):
            say("An earlier rotation is finished." if unfinished else "The old keys are removed.")
        else:
            keys.add_new(index)
        broken = _reindexed(database) if index else _resealed(database)
        if broken:
            names = ", ".join(broken[:10])
            raise SetupError(
                f"{len(broken)} could not be opened and stay as they are ({names}): restore the "
                "keys or the rows from a backup. The old keys are kept."
            )
        if drop_old:
            keys.drop_old()
        else:
            say("The old keys stay, for backups: remove them later with --drop-old.")


class _Keys:
    """The file of the keys, changed step by step: at each moment it opens everything in the store."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._path = settings.home / "secrets" / SECRET
        self._database = database
        try:
            self.ring = read_keyring(settings)
        except MissingSecret as error:
            raise SetupError(str(error)) from None

    def set_of(self, index: bool) -> KeySet:
        return self.ring.indexes if index else self.ring.seals

    def unfinished(self, index: bool) -> bool:
        """Whether something still needs an old key. One that is not in the file stops everything."""
        sealing, indexing = self._in_use()
        lost = (sealing - set(self.ring.seals.keys)) | (indexing - set(self.ring.indexes.keys))
        if lost:
            raise SetupError(
                f"Keys that are in use are missing from secrets/{SECRET} "
                f"({', '.join(sorted(lost))}): restore the file."
            )
        return bool((indexing if index else sealing) & self.set_of(index).old)

    def add_new(self, index: bool) -> None:
        self._write(self.ring.with_new_index() if index else self.ring.with_new_key())
        kind, name = ("index", self.ring.indexes) if index else ("seal", self.ring.seals)
        self._note("keys.rotated", kind, name.current)
        say(f"{name.current} is the new key.")

    def drop_old(self) -> None:
        sealing, indexing = self._in_use()
        if sealing & self.ring.seals.old or indexing & self.ring.indexes.old:
            raise SetupError(
                "Something still needs an old key: say `damrong identity rotate` (and with "
                "--index) once more; the old keys are kept."
            )
        gone = sorted(self.ring.seals.old | self.ring.indexes.old)
        self._write(self.ring.only_current())
        for name in gone:
            self._note("keys.dropped", "index" if name.startswith("i") else "seal", name)
        say(f"Removed: {', '.join(gone) or 'nothing'}.")

    def _in_use(self) -> tuple[frozenset[str], frozenset[str]]:
        with self._database.reading() as session:
            return rotation.seal_keys_in_use(session), rotation.index_keys_in_use(session)

    def _write(self, ring: Keyring) -> None:
        write_secret(self._path, keyring_text(ring))
        self.ring = ring

    def _note(self, action: str, kind: str, name: str) -> None:
        with self._database.transaction() as session:
            write_trail(session, action, f"keys:{kind}", key=name)


def _resealed(database: Database) -> list[str]:
    broken: list[str] = []
    for kind in rotation.KINDS:
        broken += _all_batches(database, kind.name, partial(rotation.reseal, kind=kind))
    return broken


def _reindexed(database: Database) -> list[str]:
    return _all_batches(database, "complainants", rotation.reindex)


def _all_batches(
    database: Database, name: str, batch: Callable[..., rotation.Progress]
) -> list[str]:
    done, after = 0, 0
    broken: list[str] = []
    while True:
        with database.transaction() as session:
            progress = batch(session, after=after)
        broken += progress.broken
        done += progress.done
        if progress.last is None:
            return broken
        after = progress.last
        say(f"{name}: {done} done …")


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Two rotations at once would each write a file without the other's key."""
    with (settings.home / "secrets" / ".rotation.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupError("Another rotation is at work: wait until it has ended.") from None
        yield
