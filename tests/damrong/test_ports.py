"""A port that is taken is named with the setting that moves it."""

import socket
from pathlib import Path

import pytest

from case_store.settings import Settings
from damrong.ports import require_free_ports
from damrong.provision.errors import SetupError


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    names = ("sip_port", "ws_port", "agi_port", "ami_port", "console_port")
    ports = {name: _free_port() for name in names}
    return Settings(_env_file=None, home=tmp_path).model_copy(update=ports)


def test_free_ports_are_accepted(settings: Settings) -> None:
    require_free_ports(settings)


@pytest.mark.parametrize("name", ["ws_port", "agi_port", "ami_port", "console_port"])
def test_a_taken_tcp_port_is_named_with_its_setting(settings: Settings, name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", getattr(settings, name)))
        taken.listen()
        with pytest.raises(SetupError, match=f"DAMRONG_{name.upper()}"):
            require_free_ports(settings)


def test_a_taken_sip_port_is_named_with_its_setting(settings: Settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", settings.sip_port))
        with pytest.raises(SetupError, match=rf"UDP port {settings.sip_port}.*DAMRONG_SIP_PORT"):
            require_free_ports(settings)


def test_a_port_that_was_just_left_is_free(settings: Settings) -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", settings.console_port))
        server.listen()
        client = socket.create_connection(("127.0.0.1", settings.console_port))
        accepted, _ = server.accept()
        accepted.close()  # the server's side closes first and stays in TIME_WAIT
        client.close()
    require_free_ports(settings)


def test_two_settings_may_not_name_one_port(settings: Settings) -> None:
    twice = settings.model_copy(update={"ami_port": settings.agi_port})
    with pytest.raises(SetupError, match="DAMRONG_AGI_PORT and DAMRONG_AMI_PORT"):
        require_free_ports(twice)


def test_an_address_that_is_not_ours_is_named(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"sip_bind": "192.0.2.1"})
    with pytest.raises(SetupError, match=r"192\.0\.2\.1"):
        require_free_ports(elsewhere)
