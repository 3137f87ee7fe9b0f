"""The virtual environment in `.venv`, from the lock files, also where Python has no ensurepip."""

import shutil
import subprocess
import sys
from pathlib import Path

from damrong.provision import disk
from damrong.provision.commands import Words, run
from damrong.provision.debian import machine_suite_tree
from damrong.provision.errors import SetupError
from damrong.provision.paths import CHECKOUT, STAMPS, TOOLS, VENV, VENV_PYTHON
from damrong.provision.progress import step
from damrong.provision.stamps import Stamp

_OLDEST_PYTHON = (3, 11)


def make_venv(*, dev: bool) -> None:
    """Create `.venv` and install exactly what the lock file names."""
    if sys.version_info < _OLDEST_PYTHON:
        raise SetupError("Python 3.11 or later is needed: install it and say `make PYTHON=…`.")
    locks = {False: CHECKOUT / "requirements.lock", True: CHECKOUT / "requirements-dev.lock"}
    if any(_stamp(locks[kind], kind).is_current() for kind in ({dev, True})):
        return
    disk.require_free(CHECKOUT, 1200, "The Python environment")
    if not _has_pip():
        with step("Making the virtual environment .venv"):
            _create()
    title = "Python packages" + (" with those for tests" if dev else "")
    with step(f"Installing {title}"):
        pip: Words = [VENV_PYTHON, "-m", "pip", "install", "--quiet"]
        run([*pip, "--require-hashes", "-r", locks[dev]], f"Installing {title}")
        run(
            [*pip, "--no-deps", "--no-build-isolation", "--editable", CHECKOUT],
            "Installing the project itself",
        )
    _stamp(locks[dev], dev).write()


def _stamp(lock: Path, dev: bool) -> Stamp:
    name = "venv-dev" if dev else "venv"
    return Stamp(VENV / f"{name}.stamp", lock, CHECKOUT / "pyproject.toml", str(CHECKOUT))


def _has_pip() -> bool:
    if not VENV_PYTHON.exists():
        return False
    probe = subprocess.run(
        [VENV_PYTHON, "-m", "pip", "--version"], capture_output=True, check=False
    )
    return probe.returncode == 0


def _create() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", "--without-pip", VENV], "Making the virtual environment")
    wheel = _pip_wheel()
    run(
        [VENV_PYTHON, wheel / "pip", "install", "--quiet", "--no-index", wheel],
        "Putting pip into the virtual environment",
    )


def _pip_wheel() -> Path:
    """Find a pip wheel: Python's own, or the one in Debian's python3-pip-whl (only unpacked)."""
    for folder in _bundled_wheel_folders():
        for wheel in sorted(folder.glob("pip-*.whl"), reverse=True):
            return wheel
    tree = machine_suite_tree(TOOLS)
    tree.provide(["python3-pip-whl"], stamps=STAMPS, only=True)
    wheels = sorted((tree.root / "usr/share/python-wheels").glob("pip-*.whl"))
    if not wheels:
        raise SetupError("No pip was found: install the package python3-venv and start again.")
    return wheels[-1]


def _bundled_wheel_folders() -> list[Path]:
    folders = [Path("/usr/share/python-wheels")]
    try:
        import ensurepip
    except ImportError:
        return folders
    return [Path(ensurepip.__file__).parent / "_bundled", *folders]
