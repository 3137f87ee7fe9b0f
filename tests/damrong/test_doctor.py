"""Single checks of the doctor."""

from collections.abc import Iterator

import pytest

from case_store import clock, migrations
from case_store.database import Database
from case_store.people.models import Role
from case_store.people.staff import add_person
from case_store.settings import Settings
from damrong import installation
from damrong.doctor import exposure, on_disk, running, trust
from damrong.doctor.check import Finding
from damrong.doctor.examination import examine
from tests.services.private_folder import private_folder
from tests.services.redis import RedisServer
from tests.trained import trained


@pytest.fixture
def settings() -> Iterator[Settings]:
    with private_folder("doctor") as folder:
        yield Settings(_env_file=None, home=folder / "home")


def test_a_secret_that_others_can_read_is_found(settings: Settings) -> None:
    installation.prepare_home(settings)
    assert all(finding.is_well for finding in on_disk.secrets(settings))
    path = settings.home / "secrets" / "ami"
    path.chmod(0o644)
    wrong = [finding for finding in on_disk.secrets(settings) if not finding.is_well]
    assert [str(finding) for finding in wrong] == [
        f"✗ secret ami: others can read it: chmod 600 {path}"
    ]


def test_a_missing_thai_font_is_found(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"fonts": settings.home / "fonts"})
    (finding,) = on_disk.font(elsewhere)
    assert not finding.is_well
    assert "Laksaman.ttf" in str(finding) and "fonts-tlwg-laksaman-ttf" in str(finding)


def test_a_broken_check_does_not_hide_the_others(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_settings: Settings) -> Iterator[Finding]:
        """The broken piece."""
        raise OSError("no such thing")

    def well(_settings: Settings) -> Iterator[Finding]:
        yield Finding("the other piece")

    assert not examine(settings, [broken, well])
    assert capsys.readouterr().out.splitlines() == [
        "✗ The broken piece: could not be checked (OSError: no such thing)",
        "✓ the other piece",
        "1 of 2 are to be mended.",
    ]


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, []),
        ({"console_bind": "0.0.0.0"}, ["DAMRONG_DEMO=0", "DAMRONG_SECURE_COOKIES=true"]),
        ({"console_bind": "0.0.0.0", "demo": False, "secure_cookies": True}, []),
        ({"sip_bind": "192.0.2.1", "demo": False}, ["127.0.0.1/32 out of DAMRONG_TRUNK_MATCH"]),
        (
            {"sip_bind": "192.0.2.1", "demo": False, "trunk_match": "0.0.0.0/0"},
            ["0.0.0.0/0 out of DAMRONG_TRUNK_MATCH"],
        ),
        ({"sip_bind": "192.0.2.1", "demo": False, "trunk_match": "198.51.100.0/24"}, []),
    ],
)
def test_what_strangers_could_reach_is_found(values: dict[str, object], wrong: list[str]) -> None:
    settings = Settings(_env_file=None, **values)  # type: ignore[arg-type]  # as the environment has them

    found = exposure.warnings(settings)

    assert len(found) == len(wrong)
    assert all(words in line for words, line in zip(wrong, found, strict=True))


@pytest.mark.store
def test_a_database_that_is_behind_is_found(settings: Settings, database_url: str) -> None:
    here = settings.model_copy(update={"database_url": database_url})
    installation.prepare_home(here)
    behind = list(on_disk.database(here))
    assert [finding.is_well for finding in behind] == [True, False]
    assert "damrong db upgrade" in str(behind[1])
    store = Database.of(here)
    migrations.upgrade(store.engine)
    store.close()
    assert all(finding.is_well for finding in on_disk.database(here))


@pytest.mark.store
def test_a_database_that_is_away_is_found(settings: Settings) -> None:
    away = settings.model_copy(
        update={"database_url": "postgresql+psycopg://nobody@127.0.0.1:1/nothing"}
    )
    found = list(on_disk.database(away))
    assert len(found) == 1
    assert "DAMRONG_DATABASE_URL" in str(found[0])


@pytest.mark.store
def test_redis_is_asked_for_an_answer(settings: Settings, redis_server: RedisServer) -> None:
    outside = settings.model_copy(update={"redis_url": redis_server.url})
    assert [finding.is_well for finding in running.redis(outside)] == [True]
    assert [finding.is_well for finding in running.redis(settings)] == [False]


def test_who_would_take_calls_and_has_no_certificate_is_named(settings: Settings) -> None:
    installation.prepare_home(settings)
    store = Database.of(settings)
    migrations.upgrade(store.engine)
    with store.transaction() as session:
        for name in ("somchai", "suda"):
            user = add_person(
                session, username=name, display_name=name, role=Role.AGENT, centre_code="50",
                password="correct-horse-battery", at=clock.now(),
            )  # fmt: skip
        trained(session, user)
    store.close()

    (wrong,) = trust.certificates(settings)

    assert "somchai (50)" in str(wrong)
    assert "suda" not in str(wrong)
