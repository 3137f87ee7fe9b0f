"""A private tree of Debian packages: fetched by apt's own tools, unpacked, never installed.

It needs no root, touches nothing outside its folder, and its programs run through the tree's own
dynamic loader, so that a newer Debian's programs run on an older one.
"""

import re
import shutil
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from damrong.provision import apt_sources, disk
from damrong.provision.commands import run
from damrong.provision.errors import SetupError
from damrong.provision.progress import step
from damrong.provision.stamps import Stamp

# What only an installation needs (users, services, package scripts), or only a rare feature:
# never started from a private tree, so not fetched.
_NOT_NEEDED = re.compile(
    r"^(perl(-.*)?|libperl.*|gnupg.*|gpg.*|gpgconf|dirmngr|pinentry.*|passwd|login.*|adduser|dpkg"
    r"|debconf|systemd.*|init-system-helpers|lsb-base|sysvinit-utils|base-passwd|tar|ucf|sed"
    r"|libllvm\d+|libz3-\d+|ssl-cert|openssl|mawk|coreutils|util-linux|mount|dbus.*"
    r"|netbase|procps|psmisc|logrotate|locales|python3.*|libpython3.*|media-types)$"
)
_APT_CONF = """\
Dir::State "{root}";
Dir::State::lists "{root}/lists";
Dir::State::status "{root}/status";
Dir::State::extended_states "{root}/extended_states";
Dir::Cache "{root}";
Dir::Cache::archives "{root}/archives";
Dir::Cache::pkgcache "{root}/pkgcache.bin";
Dir::Cache::srcpkgcache "{root}/srcpkgcache.bin";
Dir::Etc::sourcelist "{root}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Retries "3";
Debug::NoLocking "true";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


_ONE_AT_A_TIME: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class PackageTree:
    """The packages of one Debian suite, unpacked below one folder."""

    def __init__(self, suite: str, source: apt_sources.Source, folder: Path) -> None:
        self.suite = suite
        self.root = folder / "trees" / suite
        self._source = source
        self._apt = folder / "apt" / suite
        self._updated = False

    def provide(self, packages: Sequence[str], *, stamps: Path, only: bool = False) -> None:
        """Unpack these packages and all that they depend on (`only`: not what they depend on)."""
        names = " ".join(sorted(packages))
        stamp = Stamp(stamps / f"{self.suite}-{'+'.join(sorted(packages))}", names, str(self.root))
        if stamp.is_current():
            return
        disk.require_free(self.root, 600, f"Unpacking {names}")
        with _ONE_AT_A_TIME[self.suite]:
            self._fetch(packages, names, only=only)
        stamp.write()

    def _fetch(self, packages: Sequence[str], names: str, *, only: bool) -> None:
        self._update()
        if only:
            wanted = list(packages)
        else:
            with step(f"Working out what {names} needs"):
                wanted = self.closure(packages)
        with step(f"Fetching {names} from Debian {self.suite} ({len(wanted)} packages)"):
            archives = self._download(wanted)
        with step(f"Unpacking {names}"):
            self._unpack(archives)

    def version_of(self, package: str) -> str | None:
        """Say which version of a package the suite offers, if any."""
        with _ONE_AT_A_TIME[self.suite]:
            self._update()
            answer = self._apt_tool("apt-cache", "policy", package)
        found = re.search(r"Candidate: (\S+)", answer)
        return None if not found or found[1] == "(none)" else found[1]

    def closure(self, packages: Sequence[str]) -> list[str]:
        """Name the packages and their dependencies, without what a private tree has no use for."""
        plan = self._apt_tool(
            "apt-get", "install", "--yes", "--no-install-recommends", "--simulate", *packages
        )
        names = re.findall(r"^Inst (\S+)", plan, re.MULTILINE)
        return [n for n in names if n in packages or not _NOT_NEEDED.match(n)]

    def _update(self) -> None:
        if self._updated:
            return
        for name in ("lists/partial", "archives/partial"):
            (self._apt / name).mkdir(parents=True, exist_ok=True)
        (self._apt / "status").touch()
        (self._apt / "apt.conf").write_text(_APT_CONF.format(root=self._apt))
        (self._apt / "sources.list").write_text(self._source.line_for(self.suite))
        with step(f"Reading Debian {self.suite}'s package list"):
            answer = self._apt_tool("apt-get", "update", "--error-on=any")
        if "NO_PUBKEY" in answer:
            raise SetupError(
                f"Debian {self.suite}'s signature could not be checked: upgrade the package "
                "debian-archive-keyring and start again."
            )
        self._updated = True

    def _download(self, packages: Iterable[str]) -> list[Path]:
        folder = self._apt / "archives"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "partial").mkdir(parents=True)
        self._apt_tool("apt-get", "download", *packages, cwd=folder)
        return sorted(folder.glob("*.deb"))

    def _unpack(self, archives: Sequence[Path]) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        for name in ("bin", "sbin", "lib", "lib64"):
            (self.root / "usr" / name).mkdir(parents=True, exist_ok=True)
            if not (self.root / name).is_symlink():
                (self.root / name).symlink_to(f"usr/{name}")
        with ThreadPoolExecutor(max_workers=2) as pool:
            list(pool.map(self._extract, archives))
        for archive in archives:
            archive.unlink()

    def _extract(self, archive: Path) -> None:
        # Not `dpkg-deb -x`: it would replace the tree's links `lib -> usr/lib` by folders.
        pipe = (
            'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --no-same-owner --keep-directory-symlink'
        )
        script = f"set -o pipefail; {pipe}"
        run(["bash", "-c", script, "unpack", archive, self.root], "Unpacking Debian packages")

    def _apt_tool(self, *command: str, cwd: Path | None = None) -> str:
        env = {"APT_CONFIG": str(self._apt / "apt.conf"), "LC_ALL": "C.UTF-8"}
        return run(command, f"Asking Debian {self.suite}'s archive", env=env, cwd=cwd)


def machine_suite_tree(folder: Path) -> PackageTree:
    """Make the tree for the suite that this machine itself runs."""
    source = apt_sources.machine_source()
    return PackageTree(source.suites[0], source, folder)


def suite_tree(folder: Path, suite: str) -> PackageTree:
    """Make the tree for another suite from the same mirror."""
    return PackageTree(suite, apt_sources.machine_source(), folder)
