"""Asterisk's configuration as it is rendered, and what the dialplan promises to the rest of the program."""

import re
from pathlib import Path
from typing import Any, cast

import pytest
from jinja2 import UndefinedError

from case_store.places.provinces import centres
from case_store.settings import Settings
from ivr.flows.scripts import scripts
from ivr.pbx import config
from ivr.pbx.config import ConfigError, render
from ivr.pbx.ledger_events import EVENTS


def settings(home: Path, **values: object) -> Settings:
    return Settings(home=home, **values, _env_file=None)  # type: ignore[arg-type]


def rendered(home: Path, **values: object) -> Path:
    render(settings(home, **values), home / "etc")
    return home / "etc"


@pytest.fixture
def dialplan(tmp_path: Path) -> str:
    return (rendered(tmp_path) / "extensions.conf").read_text()


def test_every_file_is_rendered_whole(tmp_path: Path) -> None:
    etc = rendered(tmp_path)

    assert {f.name for f in etc.iterdir()} == {f.name for f in config.SOURCE.glob("*.conf")}
    for file in etc.iterdir():
        assert "{{" not in file.read_text()
        assert "{%" not in file.read_text()


def test_a_placeholder_that_nobody_fills_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "rtp.conf").write_text("rtpstart = {{ nobody_knows }}")
    monkeypatch.setattr(config, "SOURCE", source)

    with pytest.raises(UndefinedError):
        rendered(tmp_path / "home")


def test_files_with_a_secret_are_for_their_owner_only(tmp_path: Path) -> None:
    etc = rendered(tmp_path)
    secret = (tmp_path / "secrets" / "ami").read_text().strip()

    assert secret in (etc / "manager.conf").read_text()
    for file in etc.iterdir():
        if "secret = " in file.read_text() or "password = " in file.read_text():
            assert file.stat().st_mode & 0o077 == 0, file
    assert (tmp_path / "secrets" / "ami").stat().st_mode & 0o077 == 0
    assert (tmp_path / "asterisk" / "log").stat().st_mode & 0o077 == 0


def test_a_second_rendering_keeps_the_secrets(tmp_path: Path) -> None:
    first = (rendered(tmp_path) / "manager.conf").read_text()

    assert (rendered(tmp_path) / "manager.conf").read_text() == first


def test_there_is_a_queue_for_every_centre(tmp_path: Path) -> None:
    text = (rendered(tmp_path) / "queues.conf").read_text()

    queues = re.findall(r"^\[(p\d\d)\]\(centre\)$", text, re.MULTILINE)

    assert queues == [centre.queue for centre in centres()]
    assert len(queues) == 78


def test_without_demo_there_is_no_demo_phone(tmp_path: Path) -> None:
    etc = rendered(tmp_path, demo=False)

    assert "[demo-phone]" not in (etc / "pjsip.conf").read_text()
    assert "[from-demo]" not in (etc / "extensions.conf").read_text()
    assert "PJSIP_DIAL_CONTACTS" not in (etc / "extensions.conf").read_text()
    assert not (tmp_path / "secrets" / "demo-phone").exists()


def test_calls_back_leave_by_the_trunk_when_there_is_one(tmp_path: Path) -> None:
    etc = rendered(tmp_path, trunk_contact="sip:sbc.example.th:5080")

    dials = re.findall(r"Dial\(PJSIP/trunk/([^,]+)", (etc / "extensions.conf").read_text())

    assert dials == ["sip:${DAMRONG_DIAL}@sbc.example.th:5080"] * 2  # citizens, and standby


def test_the_trunk_is_known_by_its_addresses_alone(tmp_path: Path) -> None:
    text = (rendered(tmp_path, trunk_match="192.0.2.0/24, 198.51.100.7") / "pjsip.conf").read_text()

    assert re.findall(r"^match = (.*)$", text, re.MULTILINE) == ["192.0.2.0/24", "198.51.100.7/32"]
    assert "identify_by = ip" in text


def test_a_home_too_long_for_a_socket_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="DAMRONG_HOME"):
        rendered(tmp_path / ("long" * 30))


def test_every_flow_that_the_dialplan_asks_for_exists_and_every_flow_is_asked_for(
    dialplan: str, tmp_path: Path
) -> None:
    asked = set(re.findall(r"AGI\(\$\{FLOWS\}/([a-z-]+)", dialplan))

    assert asked == set(scripts(settings(tmp_path), cast("Any", None)))


def test_the_ledger_knows_every_event_that_the_dialplan_writes(dialplan: str) -> None:
    written = set(re.findall(r"QueueLog\([^,]*,[^,]*,[^,]*,([A-Z]+),", dialplan))

    assert written == {e for e in EVENTS if e not in QUEUE_WRITES}


QUEUE_WRITES = {
    "ENTERQUEUE",
    "CONNECT",
    "COMPLETEAGENT",
    "COMPLETECALLER",
    "BLINDTRANSFER",
    "ATTENDEDTRANSFER",
}


def test_every_flow_has_its_dead_mans_switch_and_a_way_on(dialplan: str) -> None:
    lines = dialplan.splitlines()

    for number, line in enumerate(lines):
        if "AGI(${FLOWS}" in line:
            assert "TIMEOUT(absolute)=2" in lines[number - 1]
            assert "TIMEOUT(absolute)=0" in lines[number + 1]
            context = [row for row in lines[:number] if row.startswith("[")][-1]
            following = "\n".join(lines[number:]).split("\n[")[0]
            assert "exten => T,1," in following, context


def test_no_dialled_number_reaches_a_telephone_line(dialplan: str) -> None:
    patterns = re.findall(r"^exten => (_[^,]+)", dialplan, re.MULTILINE)

    assert set(patterns) == {"_pXX", "_agXXXX", "_cbZ!", "_sbZ!"}
    for target in re.findall(r"Dial\(([^,]+)", dialplan):
        assert target in {"PJSIP/${EXTEN}", "${PJSIP_DIAL_CONTACTS(demo-phone)}"}


def test_every_goto_has_a_place_to_go_to(dialplan: str) -> None:
    contexts = set(re.findall(r"^\[([a-z-]+)\]", dialplan, re.MULTILINE))

    for target in re.findall(r"(?:Goto|Gosub)\(([a-z-]+),[^,)]+,", dialplan):
        assert target in contexts
    for target in re.findall(r"[?:]([a-z-]+),(?:\$|[a-z])[^,:)]*,(?:1|end)", dialplan):
        assert target in contexts
