"""The Debian mirror that this machine already uses, read from its own apt sources."""

import os
from dataclasses import dataclass
from pathlib import Path

from damrong.provision.errors import SetupError

_APT = Path("/etc/apt")
_OS_RELEASE = Path("/etc/os-release")
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


@dataclass(frozen=True)
class Source:
    """One repository line: where from, which suite, and the key that must have signed it."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str | None = None

    def line_for(self, suite: str) -> str:
        """Write the same mirror as a one-line source of another suite.

        A testing suite's Release file may be a few days past its date; its signature is still
        checked.
        """
        options = ["check-valid-until=no"]
        if self.signed_by:
            options.append(f"signed-by={self.signed_by}")
        return f"deb [{' '.join(options)}] {self.uri} {suite} main\n"


def os_release(path: Path = _OS_RELEASE) -> dict[str, str]:
    """Read the machine's os-release file into a dictionary."""
    if not path.exists():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text("utf-8").splitlines() if "=" in line)
    return {key: value.strip("\"'") for key, value in pairs}


def machine_source(apt: Path = _APT, release: dict[str, str] | None = None) -> Source:
    """Find the machine's Debian mirror, with the suite that the machine itself runs."""
    release = os_release() if release is None else release
    codename = release.get("VERSION_CODENAME", "")
    if release.get("ID") != "debian" or not codename:
        name = release.get("PRETTY_NAME", "this system")
        raise SetupError(
            f"The set-up brings its programs from Debian's archive, and {name} is not Debian: "
            "install asterisk (22.10.1 or later), redis-server, espeak-ng and python3-venv "
            "yourself, then start again."
        )
    for source in _sources(apt):
        if "main" in source.components and codename in source.suites:
            return Source(source.uri, (codename,), source.components, _key(source))
    raise SetupError(
        f"No apt source in {apt} offers Debian's {codename} main: add Debian's mirror to the "
        "apt sources and start again."
    )


def _key(source: Source) -> str | None:
    if source.signed_by and source.signed_by.startswith("/"):
        return source.signed_by
    return str(_KEYRING) if _KEYRING.exists() else None


def _sources(apt: Path) -> list[Source]:
    one_line = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list"))]
    found = [s for path in one_line if _readable(path) for s in parse_one_line(path.read_text())]
    for path in sorted((apt / "sources.list.d").glob("*.sources")):
        if _readable(path):
            found += parse_deb822(path.read_text())
    return found


def _readable(path: Path) -> bool:
    return path.exists() and os.access(path, os.R_OK)


def parse_one_line(text: str) -> list[Source]:
    """Read the older format: `deb [options] uri suite component…`."""
    found = []
    for line in text.splitlines():
        words = line.split("#", 1)[0].replace("[", " [ ").replace("]", " ] ").split()
        if not words or words.pop(0) != "deb":
            continue
        options = []
        if words and words[0] == "[":
            end = words.index("]")
            options, words = words[1:end], words[end + 1 :]
        if len(words) < 3:  # it lacks uri, suite or component
            continue
        keys = [o.removeprefix("signed-by=") for o in options if o.startswith("signed-by=")]
        found.append(Source(words[0], (words[1],), tuple(words[2:]), keys[0] if keys else None))
    return found


def parse_deb822(text: str) -> list[Source]:
    """Read the newer format: paragraphs of `Types:`, `URIs:`, `Suites:`, `Components:`."""
    found = []
    for paragraph in text.split("\n\n"):
        fields = {
            key.strip().lower(): value.strip()
            for key, _, value in (
                line.partition(":")
                for line in paragraph.splitlines()
                if ":" in line and not line.startswith(("#", " "))
            )
        }
        if "deb" not in fields.get("types", "").split() or fields.get("enabled") == "no":
            continue
        suites = tuple(fields.get("suites", "").split())
        components = tuple(fields.get("components", "").split())
        uris = fields.get("uris", "").split()
        found += [Source(uri, suites, components, fields.get("signed-by")) for uri in uris]
    return found
