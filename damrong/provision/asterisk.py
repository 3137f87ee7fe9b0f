"""Asterisk: the machine's own when it is new enough, else a private copy of a newer Debian's."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from damrong.provision import debian, launchers
from damrong.provision.errors import SetupError
from damrong.provision.paths import BIN, STAMPS, TOOLS

OLDEST = (22, 10, 1)  # the version in which twenty security advisories were mended
_SUITES = ("forky", "sid")
_SYSTEM_BINARIES = ("/usr/sbin/asterisk", "/usr/local/sbin/asterisk")
_LINKS = TOOLS / "asterisk"


@dataclass(frozen=True)
class Asterisk:
    """An Asterisk that can be started: its launcher, and where its modules and data lie."""

    binary: Path
    modules: Path
    data: Path
    version: tuple[int, ...]

    def link_into(self, home: Path) -> None:
        """Make modules and documentation reachable below a state folder, as its config expects.

        `<home>/asterisk/modules` is the module folder, and `<home>` itself is Asterisk's data
        folder, whose sounds are ours and whose documentation is Asterisk's.
        """
        (home / "asterisk").mkdir(parents=True, exist_ok=True)
        _link(home / "asterisk" / "modules", self.modules)
        _link(home / "documentation", self.data / "documentation")


def provide() -> Asterisk:
    """Find or fetch Asterisk and write its launchers."""
    return _system() or _private()


def installed() -> Asterisk | None:
    """The Asterisk that an earlier set-up provided, without fetching anything."""
    binary = BIN / "asterisk"
    version = _version(binary) if binary.exists() else None
    if version is None:
        return None
    return Asterisk(binary, _LINKS / "modules", _LINKS / "data", version)


def _system() -> Asterisk | None:
    candidates = [*_SYSTEM_BINARIES, shutil.which("asterisk") or ""]
    for candidate in (Path(c) for c in candidates if c):
        version = _version(candidate) if candidate.exists() else None
        modules = _first_existing(
            [
                *Path("/usr/lib").glob("*-linux-gnu/asterisk/modules"),
                Path("/usr/lib/asterisk/modules"),
            ]
        )
        data = _first_existing([Path("/usr/share/asterisk"), Path("/var/lib/asterisk")])
        if version and version >= OLDEST and modules and data:
            launchers.write_system_launcher("asterisk", candidate)
            launchers.write_system_launcher("rasterisk", candidate)
            return _remember(version, modules, data)
    return None


def _private() -> Asterisk:
    for suite in _SUITES:
        tree = debian.suite_tree(TOOLS, suite)
        stamp_exists = any(STAMPS.glob(f"{suite}-*asterisk*"))
        if not stamp_exists and _parse(tree.version_of("asterisk") or "") < OLDEST:
            continue
        tree.provide(["asterisk"], stamps=STAMPS)
        for name in ("asterisk", "rasterisk"):
            launchers.write_tree_launcher(name, tree, "usr/sbin/asterisk")
        version = _version(BIN / "asterisk")
        if version is None:
            raise SetupError(
                "The fetched Asterisk does not start on this machine: "
                f"run `{BIN / 'asterisk'} -V` to see why, or install Asterisk 22.10.1 yourself."
            )
        modules = launchers.library_folder(tree) / "asterisk" / "modules"
        return _remember(version, modules, tree.root / "usr/share/asterisk")
    raise SetupError(
        "No Asterisk 22.10.1 or later is to be had: neither this machine nor Debian "
        f"({', '.join(_SUITES)}) offers one; install it yourself and start again."
    )


def _remember(version: tuple[int, ...], modules: Path, data: Path) -> Asterisk:
    _LINKS.mkdir(parents=True, exist_ok=True)
    _link(_LINKS / "modules", modules)
    _link(_LINKS / "data", data)
    return Asterisk(BIN / "asterisk", modules, data, version)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink():
        if link.readlink() == target:
            return
        link.unlink()
    link.symlink_to(target)


def _first_existing(paths: list[Path]) -> Path | None:
    return next((path for path in paths if path.exists()), None)


def _version(binary: Path) -> tuple[int, ...] | None:
    try:
        done = subprocess.run(
            [binary, "-V"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return _parse(done.stdout) or None


def _parse(text: str) -> tuple[int, ...]:
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    return tuple(int(part) for part in found.groups()) if found else ()
