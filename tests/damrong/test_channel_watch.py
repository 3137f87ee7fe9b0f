"""Asking web forms whether they answer, over real HTTP; and a machine that has no telephone."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from case_store.settings import Settings
from damrong.channel_watch import telephone, web_forms


class _Form(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 (a handler of one test server)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(500 if self.path == "/51" else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: a test prints what it has to say."""


@pytest.fixture
def form() -> Iterator[str]:
    _Form.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Form)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def settings(home: Path, url: str) -> Settings:
    return Settings(home=home, web_intake_url=url, _env_file=None)


def test_each_provinces_form_is_asked_and_a_broken_one_is_down(form: str, tmp_path: Path) -> None:
    found = web_forms(settings(tmp_path, f"{form}/{{province}}"), {"50", "51"})
    assert found == {"50": True, "51": False}


def test_one_form_for_all_is_asked_once(form: str, tmp_path: Path) -> None:
    assert web_forms(settings(tmp_path, f"{form}/"), {"50", "51", "52"}) == dict.fromkeys(
        ("50", "51", "52"), True
    )
    assert _Form.asked == ["/"]


def test_a_form_that_is_not_there_is_down(tmp_path: Path) -> None:
    assert web_forms(settings(tmp_path, "http://127.0.0.1:9/"), {"50"}) == {"50": False}


def test_a_machine_without_a_telephone_measures_none(tmp_path: Path) -> None:
    assert telephone(settings(tmp_path, "")) is None
