"""The state folder: private, lockable, and complaining in sentences."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from case_store.settings import Settings
from damrong import installation
from damrong.provision.errors import SetupError
from tests.services.private_folder import private_folder


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder with a short name, since sockets will lie below it."""
    with private_folder("home") as folder:
        yield folder


def _settings(home: Path) -> Settings:
    return Settings(_env_file=None, home=home)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_random_and_their_owners_alone(tmp_path: Path) -> None:
    settings = _settings(tmp_path / "home")
    installation.prepare_home(settings)
    values = {settings.secret(name) for name in installation.SECRETS}
    assert len(values) == len(installation.SECRETS)
    assert all(len(value) > 30 for value in values)
    assert _mode(settings.home) == _mode(settings.home / "secrets") == 0o700
    assert {_mode(path) for path in (settings.home / "secrets").iterdir()} == {0o600}


def test_secrets_that_exist_are_kept(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    installation.prepare_home(settings)
    before = settings.secret("ami")
    installation.prepare_home(settings)
    assert settings.secret("ami") == before


def test_two_copies_cannot_share_a_state_folder(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    with installation.occupy(settings), pytest.raises(SetupError, match="DAMRONG_HOME"):
        installation.occupy(settings)
    installation.occupy(settings).close()


def test_a_state_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupError, match="DAMRONG_HOME"):
        installation.make_home(tmp_path / "file" / "home")


def test_a_path_too_long_for_sockets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="shorter"):
        installation.prepare_home(_settings(tmp_path / ("x" * 120)))


def test_a_full_disk_is_found_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "_NEEDED_MEGABYTES", 10**9)
    with pytest.raises(SetupError, match="free some space"):
        installation.prepare_home(_settings(tmp_path / "home"))
    assert not (tmp_path / "home" / "secrets").exists()
