"""Sending webhooks to a real HTTP server, and not sending them where they may not go."""

import base64
import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integrations.webhooks.addresses import is_public
from integrations.webhooks.sender import Delivery, deliver
from tests.integrations.receiver import Receiver, dripping_server, running_receiver
from tests.timing import quickest

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
KEY = b"k" * 32
SECRET = "whsec_" + base64.b64encode(KEY).decode()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


def news(url: str, key: str = "case-event-1-1") -> Delivery:
    payload = {"type": "case.closed", "data": {"ref": "690000013", "note": "ก"}}
    return Delivery(1, 1, key, url, SECRET, payload)


def send(url: str, **how: Any) -> str:
    [result] = deliver([news(url)], at=NOON, **({"private": True} | how))
    return result.error


def test_the_other_side_can_check_who_sent_it_when_and_that_nothing_was_changed(
    receiver: Receiver,
) -> None:
    assert send(receiver.url) == ""

    [headers], [body] = receiver.headers, receiver.bodies
    assert json.loads(body) == news("").payload
    assert (headers["content-type"], headers["webhook-id"]) == (
        "application/json",
        "case-event-1-1",
    )
    assert headers["webhook-timestamp"] == "1795410000"
    assert headers["host"] == receiver.url.split("/")[2]
    signed = f"case-event-1-1.1795410000.{body.decode()}".encode()
    right = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{right}"


def test_the_signature_is_that_of_the_conventions_own_example() -> None:
    # From the specification at standardwebhooks.com (its libraries' common test value).
    from integrations.webhooks.signing import signed_headers

    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        at=datetime.fromtimestamp(1614265330, UTC),
    )

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [300, 307, 400, 404, 410, 429, 500, 503])
def test_only_a_2xx_is_an_acceptance_and_no_redirect_is_followed(
    receiver: Receiver, status: int
) -> None:
    receiver.answers = [status]

    assert send(receiver.url) == f"HTTP {status}"
    assert receiver.paths == ["/hook"]


def test_a_second_try_has_the_same_id(receiver: Receiver) -> None:
    receiver.answers = [500, 204]

    assert [send(receiver.url), send(receiver.url)] == ["HTTP 500", ""]
    assert len({headers["webhook-id"] for headers in receiver.headers}) == 1


def test_an_answer_without_an_end_is_not_read(receiver: Receiver) -> None:
    receiver.answers = [200]

    def is_sent() -> None:
        assert send(receiver.url) == ""

    assert quickest(is_sent, tries=2) < 5


def test_a_server_that_answers_byte_by_byte_does_not_hold_us() -> None:
    with dripping_server() as url:

        def is_given_up() -> None:
            assert send(url, seconds=1.0) == "no answer in time"

        assert quickest(is_given_up, tries=2) < 3


def test_nobody_there_is_a_failure_and_holds_up_no_other(receiver: Receiver) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        results = deliver(
            [news(closed), news("http://no-such-host.invalid/"), news(receiver.url)],
            at=NOON,
            private=True,
        )

    assert [result.error for result in results] == ["ConnectError", "unknown host", ""]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "198.18.0.1", "192.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
        "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "2001:db8::1", "2001:0:53aa:64c:0:fbff:fff5:1",
    ],
)  # fmt: skip
def test_what_is_not_of_the_open_internet_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["203.150.1.1", "8.8.8.8", "2400:cb00::1", "::ffff:8.8.8.8"])
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1"])
def test_our_own_machine_is_not_reached_by_any_of_its_names(receiver: Receiver, host: str) -> None:
    port = receiver.url.split(":")[2]

    assert send(f"http://{host}:{port}", private=False) in {"private address", "unknown host"}
    assert receiver.bodies == []


def test_a_name_with_a_public_and_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    _answer(monkeypatch, ["203.150.1.1", "127.0.0.1"])

    assert send("http://two.example:1/", private=False) == "private address"


def test_the_address_that_was_checked_is_the_one_that_is_called(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    asked = _answer(monkeypatch, ["127.0.0.1"])
    port = receiver.url.split(":")[2].removesuffix("/hook")

    assert send(f"http://once.example:{port}/hook") == ""
    assert asked == ["once.example"]
    assert receiver.headers[0]["host"] == f"once.example:{port}"


def test_a_certificate_must_be_trusted_and_of_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = tmp_path / "certificate.pem"
    certificate.write_bytes(_certificate("localhost"))
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(certificate)
    with running_receiver(trust) as receiver:
        assert send(receiver.url) == "ConnectError"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert send(receiver.url) == ""
        assert send(receiver.url.replace("localhost", "127.0.0.1")) == "ConnectError"

    assert len(receiver.bodies) == 1


def _answer(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> list[str]:
    """Makes every name of `.example` have these addresses; returns the names that were asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **words: Any) -> Any:
        if not str(host).endswith(".example"):
            return real(host, port, *args, **words)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def _certificate(name: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + made.public_bytes(serialization.Encoding.PEM)
