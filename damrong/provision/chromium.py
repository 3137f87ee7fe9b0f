"""Chromium for the browser tests: the one thing that is installed into the machine, by root."""

import os
import shutil

from damrong.provision import launchers
from damrong.provision.commands import run
from damrong.provision.errors import SetupError
from damrong.provision.progress import say, step

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def provide() -> None:
    """Write a launcher for Chromium, installing Debian's when the machine has none."""
    found = _find() or _install()
    launchers.write_system_launcher("chromium", found)


def _find() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name, path="/usr/bin"))), None)


def _install() -> str:
    root = [] if os.geteuid() == 0 else ["sudo"]
    if root and not shutil.which("sudo"):
        raise SetupError(
            "The browser tests need Chromium: as root, say `apt-get install chromium`, "
            "then start again (all other tests run without it)."
        )
    say("  Chromium's sandbox and fonts must be installed into the system, which needs root.")
    with step("Installing Chromium with apt-get"):
        run([*root, "apt-get", "update"], "Reading Debian's package list")
        command = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
        run([*root, *command], "Installing Chromium", env={"DEBIAN_FRONTEND": "noninteractive"})
    return _find() or "/usr/bin/chromium"
