"""What people's trust rests on: the commands that verify the trail and change the keys, and what the doctor says."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from case_store import migrations
from case_store.audit.models import AuditEntry
from case_store.audit.trail import SYSTEM
from case_store.cases.models import Case
from case_store.cases.words import load_words
from case_store.database import Database
from case_store.identity import rotation
from case_store.identity.complainants import open_identity
from case_store.identity.keyring import SECRET
from case_store.identity.keyring_file import read_keyring
from case_store.settings import Settings
from damrong import audit_commands, identity_commands, installation, store_commands
from damrong.doctor import trust
from damrong.provision.errors import SetupError
from tests.case_store.kit import case
from tests.case_store.tampering import without_triggers


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(_env_file=None, home=tmp_path / "home")
    installation.make_home(settings.home)
    installation.make_secrets(settings.home)
    return settings


@pytest.fixture
def store(settings: Settings) -> Iterator[Database]:
    """A store of five cases, as a running process holds it open."""
    store = Database.of(settings)
    migrations.upgrade(store.engine, keyring=store.keyring)
    with store.transaction() as session:
        load_words(session)
        for number in range(5):
            case(session, complainant_name=f"สมหญิง {number}")
    yield store
    store.close()


def _names(store: Database) -> list[str | None]:
    with store.reading() as session:
        cases = session.scalars(sa.select(Case).order_by(Case.id)).all()
        return [identity.name for one in cases if (identity := open_identity(session, one))]


NAMES = [f"สมหญิง {number}" for number in range(5)]


def _tamper(store: Database, statement: str) -> None:
    with store.transaction() as session, without_triggers(session):
        session.execute(sa.text(statement))


def _mends(settings: Settings) -> list[str]:
    return [one.mend for check in trust.CHECKS for one in check(settings) if not one.is_well]


class TestRotating:
    @pytest.mark.parametrize("index", [False, True])
    def test_a_new_key_seals_everything_while_the_system_runs(
        self, settings: Settings, store: Database, index: bool
    ) -> None:
        before = read_keyring(settings)

        identity_commands.rotate(settings, index=index, drop_old=False)

        ring = read_keyring(settings)
        old, new = (before.indexes, ring.indexes) if index else (before.seals, ring.seals)
        assert new.old == {old.current}
        assert _names(store) == NAMES, "a process that was running all the time reads on"
        file = settings.home / "secrets" / SECRET
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert not list(file.parent.glob("*.new"))
        assert _mends(settings) == []

    def test_old_keys_go_only_when_told_and_make_no_new_one(
        self, settings: Settings, store: Database
    ) -> None:
        identity_commands.rotate(settings, index=False, drop_old=False)
        rotated = read_keyring(settings)

        identity_commands.rotate(settings, index=False, drop_old=True)

        ring = read_keyring(settings)
        assert ring.seals.current == rotated.seals.current
        assert not ring.seals.old
        assert _names(store) == NAMES

    def test_one_that_was_broken_off_goes_on_with_the_same_key(
        self,
        settings: Settings,
        store: Database,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def power_cut(*_args: Any, **_kwargs: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(rotation, "reseal", power_cut)
            with pytest.raises(KeyboardInterrupt):
                identity_commands.rotate(settings, index=False, drop_old=False)
        assert _names(store) == NAMES
        assert _mends(settings) == [
            "a change of keys was broken off: say `damrong identity rotate`"
        ]

        identity_commands.rotate(settings, index=False, drop_old=False)

        assert set(read_keyring(settings).seals.keys) == {"k1", "k2"}
        assert "An earlier rotation is finished." in capsys.readouterr().out
        assert _names(store) == NAMES

    def test_while_something_cannot_be_opened_the_old_keys_stay(
        self, settings: Settings, store: Database
    ) -> None:
        with store.transaction() as session:
            session.execute(sa.text("UPDATE complainants SET sealed = x'00' WHERE case_id = 1"))
        with pytest.raises(SetupError, match="complainants 1"):
            identity_commands.rotate(settings, index=False, drop_old=True)
        assert set(read_keyring(settings).seals.keys) == {"k1", "k2"}

    def test_a_lost_key_is_told_before_anything_is_changed(
        self, settings: Settings, store: Database
    ) -> None:
        with store.transaction() as session:
            session.execute(sa.text("UPDATE complainants SET key_id = 'k7' WHERE case_id = 1"))
        with pytest.raises(SetupError, match=r"missing .*\(k7\)"):
            identity_commands.rotate(settings, index=False, drop_old=False)
        assert set(read_keyring(settings).seals.keys) == {"k1"}
        assert _mends(settings) == ["k7 is used and not in the file: restore it"]

    def test_the_trail_knows_of_it(self, settings: Settings, store: Database) -> None:
        identity_commands.rotate(settings, index=False, drop_old=True)
        with store.reading() as session:
            query = "SELECT action, facts FROM audit_entries WHERE chain = 'system' ORDER BY id"
            actions = [tuple(row) for row in session.execute(sa.text(query))]
        assert actions == [("keys.rotated", '{"key": "k2"}'), ("keys.dropped", '{"key": "k1"}')]


class TestTheTrail:
    def test_whole_it_is_said_so(
        self, settings: Settings, store: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert audit_commands.verify(settings, None, None)
        assert capsys.readouterr().out == "✓ All entries are as they were written (5, chains: 1).\n"
        assert _mends(settings) == []

    def test_a_changed_entry_is_named(
        self, settings: Settings, store: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _tamper(store, "UPDATE audit_entries SET actor = 'x' WHERE number = 3")

        assert not audit_commands.verify(settings, "50", None)
        assert capsys.readouterr().out == "✗ chain 50, entry 3: its content was changed\n"
        assert audit_commands.verify(settings, "10", None)
        assert _mends(settings) == [
            "chain 50, entry 3: its content was changed: say `damrong audit verify`"
        ]

    def test_printed_heads_are_what_is_compared_with(
        self, settings: Settings, store: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        audit_commands.heads(settings)
        saved = settings.home / "saved"
        saved.write_text(capsys.readouterr().out)
        assert audit_commands.verify(settings, None, saved)
        saved.write_text(saved.read_text().replace("50 5 ", "50 4 "))
        assert not audit_commands.verify(settings, None, saved)
        saved.write_text("x")
        with pytest.raises(SetupError, match="line 1"):
            audit_commands.verify(settings, None, saved)


def test_the_doctor_says_what_is_wrong_with_the_keys(settings: Settings, store: Database) -> None:
    path = settings.home / "secrets" / SECRET
    path.chmod(0o640)
    assert _mends(settings) == [f"others can read them: chmod 600 {path}"]
    installation.write_secret(path, "not the keys")
    assert "is not whole: restore it" in _mends(settings)[0]
    path.unlink()
    assert "is missing: restore it" in _mends(settings)[0]


def test_who_lets_somebody_in_at_the_command_line_stands_in_the_trail(
    settings: Settings, store: Database
) -> None:
    belonging = store_commands.Belonging()
    store_commands.add_staff(
        settings, "somchai", "ส", "agent", "50", "long enough password", belonging
    )
    store_commands.change_staff_password(settings, "somchai", "another long password")
    store_commands.create_api_token(settings, "map", "agent", "50", belonging)
    store_commands.revoke_api_token(settings, "map")
    store_commands.retire_staff(settings, "somchai")

    with store.reading() as session:
        done = [
            (entry.action, entry.subject, entry.actor.startswith("cli:"))
            for entry in session.scalars(
                sa.select(AuditEntry).where(AuditEntry.chain == SYSTEM).order_by(AuditEntry.id)
            )
        ]
    assert done == [
        ("person.added", "person:somchai", True),
        ("person.password_reset", "person:somchai", True),
        ("token.made", "token:map", True),
        ("token.revoked", "token:map", True),
        ("person.retired", "person:somchai", True),
    ]
