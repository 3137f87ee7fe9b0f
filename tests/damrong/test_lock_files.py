"""The lock files name all that pyproject.toml asks for, with hashes and without addresses."""

import re
import tomllib
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")


def _asked_for(*, dev: bool) -> set[str]:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] + (project["optional-dependencies"]["dev"] if dev else [])
    return {re.split(r"[\[<>=~! ]", line)[0].lower().replace("_", "-") for line in lines}


def _locked(name: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9.-]+)(?:\[.*\])?==", (_ROOT / name).read_text(), re.MULTILINE))


def test_every_dependency_is_locked() -> None:
    assert _asked_for(dev=False) <= _locked("requirements.lock"), "say `make lock`"
    assert _asked_for(dev=True) <= _locked("requirements-dev.lock"), "say `make lock`"


def test_both_locks_agree_on_versions() -> None:
    pins = [
        dict(re.findall(r"^([a-z0-9.-]+)(?:\[.*\])?==(\S+)", (_ROOT / name).read_text(), re.M))
        for name in _LOCKS[:2]
    ]
    assert pins[0].items() <= pins[1].items()


@pytest.mark.parametrize("name", _LOCKS)
def test_locks_have_hashes_and_name_no_address(name: str) -> None:
    text = (_ROOT / name).read_text()
    assert text.count("--hash=sha256:") >= len(_locked(name)) > 0
    assert "://" not in text
    assert "--index" not in text
