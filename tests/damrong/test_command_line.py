"""The `damrong` command, run as a person runs it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from case_store import migrations
from case_store.agencies.keep_agencies import find_agency
from case_store.clock import now
from case_store.database import Database
from case_store.people.models import Role
from case_store.people.sign_in import password_hash_of
from case_store.people.staff import change_password, find_person
from case_store.people.tokens import actor_of_token
from damrong import demo
from damrong.cli import app
from damrong.configuration import misspelt_settings

pytestmark = pytest.mark.slow


def _damrong(
    *words: str, home: Path, said: str = "", **settings: str
) -> "subprocess.CompletedProcess[str]":
    clean = {key: value for key, value in os.environ.items() if not key.startswith("DAMRONG_")}
    return subprocess.run(
        [sys.executable, "-m", "damrong", *words],
        env={**clean, "DAMRONG_HOME": str(home), **settings},
        cwd=home,
        input=said,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("up",),
        ("ivr",),
        ("console",),
        ("worker",),
        ("doctor",),
        ("db",),
        ("demo",),
        ("person",),
        ("token",),
    ],
)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(app, [*words, "--help"])
    assert answer.exit_code == 0
    assert "Usage" in answer.output


def test_a_wrong_setting_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    done = _damrong("up", home=tmp_path, DAMRONG_SIP_PORT="telephone")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("damrong: The setting DAMRONG_SIP_PORT is wrong")
    assert done.stderr.count("\n") == 1


def test_an_address_that_is_no_redis_is_one_sentence(tmp_path: Path) -> None:
    done = _damrong("up", home=tmp_path, DAMRONG_REDIS_URL="localhost:6379")
    assert done.returncode == 1
    assert done.stderr.startswith("damrong: The setting DAMRONG_REDIS_URL is wrong")


def test_a_misspelt_setting_is_named_with_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAMRONG_SIP_PORT", "5060")
    monkeypatch.setenv("DAMRONG_SIP_PROT", "5070")

    [sentence] = misspelt_settings()

    assert sentence.startswith("DAMRONG_SIP_PROT is no setting")
    assert sentence.endswith("Is DAMRONG_SIP_PORT meant?")


def test_a_taken_port_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = _damrong("up", home=tmp_path, DAMRONG_AGI_PORT=port)
    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.store
def test_people_and_tokens_are_made_in_a_new_store(tmp_path: Path) -> None:
    assert _damrong("db", "upgrade", home=tmp_path).returncode == 0
    people = _damrong("demo", "people", home=tmp_path)
    assert "kanya" in people.stdout
    assert f"{len(demo.PEOPLE)} demo people added" in people.stdout
    assert "0 demo people added" in _damrong("demo", "people", home=tmp_path).stdout
    words = ("token", "create", "--name", "map", "--role", "agent")
    assert len(_damrong(*words, home=tmp_path).stdout.strip()) > 40
    again = _damrong(*words, home=tmp_path)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)


@pytest.mark.store
def test_an_agencys_officer_and_an_inspector_are_added_with_where_they_belong(
    tmp_path: Path,
) -> None:
    assert _damrong("db", "upgrade", home=tmp_path).returncode == 0
    _damrong("demo", "people", home=tmp_path)
    add = ("person", "add", "--name", "ก", "--centre", "50", "--role")

    right: tuple[tuple[str, ...], ...] = (
        (*add, "agency_officer", "--agency", "pea_50", "--head", "somsri"),
        (*add, "inspector", "--region", "15", "somsak"),
    )
    wrong: tuple[tuple[str, ...], ...] = (
        (*add, "agency_officer", "nobody"),
        (*add, "agency_officer", "--agency", "ufo", "nobody"),
        (*add, "inspector", "--region", "99", "nobody"),
        ("token", "create", "--name", "map", "--role", "agency_officer"),
        ("token", "create", "--name", "map", "--role", "inspector", "--region", "99"),
    )
    for words in right:
        done = _damrong(*words, home=tmp_path, said="long enough password\n")
        assert done.returncode == 0, done.stderr
    for words in wrong:
        done = _damrong(*words, home=tmp_path, said="long enough password\n")
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    of_agency = ("--role", "agency_officer", "--agency", "pea_50")
    made = _damrong("token", "create", "--name", "pea", *of_agency, home=tmp_path)
    token = made.stdout.strip()

    store = Database(f"sqlite:///{tmp_path}/damrong.sqlite3")
    with store.reading() as session:
        head, inspector = find_person(session, "somsri"), find_person(session, "somsak")
        pea, program = find_agency(session, "pea_50"), actor_of_token(session, token)
        assert head
        assert inspector
        assert pea
        assert program
        assert (head.agency_id, head.is_agency_head, program.agency_id) == (pea.id, True, pea.id)
        assert inspector.inspection_region == "15"
        assert find_person(session, "nobody") is None
    store.close()


def test_a_demo_has_somebody_for_every_role() -> None:
    assert {person.role for person in demo.PEOPLE} == set(Role)
    assert len({person.username for person in demo.PEOPLE}) == len(demo.PEOPLE)


@pytest.mark.store
def test_who_leaves_and_what_is_revoked_comes_in_no_more(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert _damrong("db", "upgrade", home=tmp_path).returncode == 0
    _damrong("demo", "people", home=tmp_path)
    token = _damrong("token", "create", "--name", "map", "--role", "agent", home=tmp_path).stdout

    for words in (("person", "retire", "kanya"), ("token", "revoke", "--name", "map")):
        assert _damrong(*words, home=tmp_path).returncode == 0
    short = _damrong("person", "password", "malee", home=tmp_path)
    nobody = _damrong("person", "retire", "nobody", home=tmp_path)

    assert (short.returncode, short.stderr.count("\n")) == (1, 1)  # standard input was empty
    assert (nobody.returncode, nobody.stderr.count("\n")) == (1, 1)
    file = tmp_path / "damrong.sqlite3"
    store = Database(f"sqlite:///{file}")
    with store.reading() as session:
        assert actor_of_token(session, token.strip()) is None
        assert password_hash_of(session, "kanya") is None
        assert password_hash_of(session, "malee")
    store.close()
    assert file.stat().st_mode & 0o077 == 0, "others can read the callers' numbers"


@pytest.mark.store
def test_demo_people_stay_behind_when_the_demo_is_over(tmp_path: Path) -> None:
    store = Database(f"sqlite:///{tmp_path}/store.sqlite3")
    migrations.upgrade(store.engine)
    assert demo.retire_people(store, tmp_path) == 0
    demo.load_people(store, tmp_path)
    with store.transaction() as session:
        malee = find_person(session, "malee")
        assert malee
        change_password(session, malee, "her own now", at=now())

    assert demo.retire_people(store, tmp_path) == len(demo.PEOPLE) - 1
    with store.reading() as session:
        assert password_hash_of(session, "malee")
        assert password_hash_of(session, "kanya") is None

    assert demo.load_people(store, tmp_path) == 0
    with store.reading() as session:
        assert password_hash_of(session, "kanya")
    store.close()


@pytest.mark.store
def test_without_tables_a_command_says_which_step_is_missing(tmp_path: Path) -> None:
    done = _damrong("demo", "people", home=tmp_path)
    assert done.returncode == 1
    assert "damrong db upgrade" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.store
def test_the_doctor_finds_what_is_missing_and_says_how_to_mend_it(tmp_path: Path) -> None:
    done = _damrong("doctor", home=tmp_path)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert any(line.startswith("✗ secret ami") and "make run" in line for line in lines)
    assert any(line.startswith("✗ Redis") for line in lines)
    assert lines[-1].endswith("to be mended.")


def test_demo_cases_are_added_and_told(tmp_path: Path) -> None:
    for words in (("demo", "people"), ("db", "upgrade")):
        _damrong(*words, home=tmp_path)
    added = _damrong("demo", "cases", "--count", "30", "--province", "50", home=tmp_path)
    refused = _damrong("demo", "cases", "--count", "3", "--province", "99", home=tmp_path)

    assert "30 of 30 cases" in added.stdout, added.stderr
    assert refused.returncode == 1
    assert "There is no province 99" in refused.stderr
