"""The parts of the set-up that can be tried without a network."""

import os
import sys
from pathlib import Path

import pytest

from damrong.provision import fonts
from damrong.provision.apt_sources import machine_source, os_release, parse_deb822, parse_one_line
from damrong.provision.commands import run
from damrong.provision.disk import require_free
from damrong.provision.errors import SetupError
from damrong.provision.stamps import Stamp

_MIRROR = "https://mirror.example/debian"
_DEBIAN = {"ID": "debian", "VERSION_CODENAME": "bookworm"}


def _apt(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return tmp_path


def test_the_mirror_is_found_in_the_newer_format(tmp_path: Path) -> None:
    text = (
        f"Types: deb\nURIs: {_MIRROR}\nSuites: bookworm bookworm-updates\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )
    source = machine_source(_apt(tmp_path, "sources.list.d/debian.sources", text), _DEBIAN)
    assert source.uri == _MIRROR
    assert source.suites == ("bookworm",)
    assert source.signed_by == "/usr/share/keyrings/debian-archive-keyring.gpg"


def test_the_mirror_is_found_in_the_older_format(tmp_path: Path) -> None:
    text = f"# a comment\ndeb [arch=amd64 signed-by=/k.gpg] {_MIRROR} bookworm main contrib\n"
    source = machine_source(_apt(tmp_path, "sources.list", text), _DEBIAN)
    assert (source.uri, source.signed_by) == (_MIRROR, "/k.gpg")


def test_another_suite_keeps_its_signature_check_and_loses_only_its_date_check() -> None:
    source = parse_one_line(f"deb [signed-by=/k.gpg] {_MIRROR} bookworm main")[0]
    line = source.line_for("forky")
    assert line == f"deb [check-valid-until=no signed-by=/k.gpg] {_MIRROR} forky main\n"
    assert "trusted" not in line


def test_sources_that_are_switched_off_or_only_hold_source_code_are_passed_over() -> None:
    off = f"Enabled: no\nTypes: deb\nURIs: {_MIRROR}\nSuites: bookworm\nComponents: main\n"
    source_code = f"Types: deb-src\nURIs: {_MIRROR}\nSuites: bookworm\nComponents: main\n"
    assert parse_deb822(f"{off}\n{source_code}") == []
    assert parse_one_line(f"deb-src {_MIRROR} bookworm main") == []


def test_a_machine_that_is_not_debian_gets_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="Fedora is not Debian: install asterisk"):
        machine_source(tmp_path, {"ID": "fedora", "PRETTY_NAME": "Fedora"})


def test_a_debian_without_a_mirror_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="add Debian's mirror"):
        machine_source(tmp_path, _DEBIAN)


def test_os_release_is_read_without_its_quotes(tmp_path: Path) -> None:
    path = tmp_path / "os-release"
    path.write_text('ID=debian\nPRETTY_NAME="Debian GNU/Linux 12"\n')
    assert os_release(path) == {"ID": "debian", "PRETTY_NAME": "Debian GNU/Linux 12"}


def test_a_stamp_holds_until_an_input_changes(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("one")
    Stamp(tmp_path / "stamp", lock, "pip").write()
    assert Stamp(tmp_path / "stamp", lock, "pip").is_current()
    assert not Stamp(tmp_path / "stamp", lock, "uv").is_current()
    lock.write_text("two")
    assert not Stamp(tmp_path / "stamp", lock, "pip").is_current()


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("E: Failed to fetch x  Temporary failure resolving", "network"),
        ("npm error code ENOTFOUND", "network"),
        ("tar: write error: No space left on device", "disk is full"),
        ("something odd", "something odd"),
    ],
)
def test_a_failed_program_is_explained(printed: str, sentence: str) -> None:
    program = f"import sys; print({printed!r}); sys.exit(3)"
    with pytest.raises(SetupError, match=sentence):
        run([sys.executable, "-c", program], "Fetching things")


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(SetupError, match="no-such-program"):
        run(["no-such-program"], "Fetching things")


def test_too_little_disk_is_told_before_it_hurts(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="free some space"):
        require_free(tmp_path / "not" / "yet", 10**9, "The tools")


def _font_folder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in fonts.FILES:
        (folder / name).write_bytes(b"font")
    return folder


def test_the_machines_own_thai_font_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FONTS", tmp_path / "fonts")
    own = _font_folder(tmp_path / "system")

    fonts.provide(system=[tmp_path / "nothing", own])
    assert fonts.are_there()
    assert {(tmp_path / "fonts" / name).resolve().parent for name in fonts.FILES} == {own}


def test_a_font_whose_link_leads_nowhere_is_provided_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FONTS", tmp_path / "fonts")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / fonts.FILES[0]).symlink_to(tmp_path / "gone")
    assert not fonts.are_there()

    fonts.provide(system=[_font_folder(tmp_path / "system")])
    assert fonts.are_there()


def test_the_set_up_needs_nothing_but_the_standard_library() -> None:
    program = "import damrong.provision.__main__"
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root}
    with pytest.raises(SetupError, match="usage:"):
        run(
            [
                sys.executable,
                "-I",
                "-S",
                "-c",
                f"import sys; sys.path.insert(0, {root!r}); {program}",
            ],
            "Importing",
            env=environment,
        )
