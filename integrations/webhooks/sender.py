"""Sending messages to webhooks: several at once, none longer than a limit, and only the answer's status is read."""

import asyncio
import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx

from integrations.webhooks.addresses import NoAddress, address_of
from integrations.webhooks.signing import signed_headers

TOTAL_SECONDS: Final = 15.0
"""For one message, with finding the address, connecting and the answer."""
AT_ONCE: Final = 10
_AGENT: Final = "damrong-webhooks/1"


@dataclass(frozen=True)
class Delivery:
    """One message, ready to go: no session is held while it is sent."""

    message_id: int
    webhook_id: int
    key: str
    url: str
    secret: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Result:
    """`error` is empty when the other side took the message; else two or three words of ours."""

    delivery: Delivery
    error: str = ""


def deliver(
    deliveries: Sequence[Delivery],
    *,
    at: datetime,
    private: bool = False,
    seconds: float = TOTAL_SECONDS,
) -> list[Result]:
    """Sends all of them and says what became of each, in the same order."""
    return asyncio.run(_deliver_all(deliveries, at, private, seconds))


async def _deliver_all(
    deliveries: Sequence[Delivery], at: datetime, private: bool, seconds: float
) -> list[Result]:
    gate = asyncio.Semaphore(AT_ONCE)
    trust = ssl.create_default_context()

    async def one(delivery: Delivery) -> Result:
        async with gate:
            return Result(delivery, await _attempt(trust, delivery, at, private, seconds))

    return list(await asyncio.gather(*(one(delivery) for delivery in deliveries)))


async def _attempt(
    trust: ssl.SSLContext, delivery: Delivery, at: datetime, private: bool, seconds: float
) -> str:
    # A client of its own, with no proxy of the environment and no redirect: nothing may lead a message elsewhere,
    # and no connection that was made for one name serves another at the same address.
    client = httpx.AsyncClient(
        verify=trust, timeout=seconds, follow_redirects=False, trust_env=False
    )
    try:
        async with client, asyncio.timeout(seconds):
            status = await _post(client, delivery, at, private)
    except NoAddress as error:
        return str(error)
    except TimeoutError:
        return "no answer in time"
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
        return type(error).__name__
    return "" if 200 <= status < 300 else f"HTTP {status}"


async def _post(client: httpx.AsyncClient, delivery: Delivery, at: datetime, private: bool) -> int:
    url = httpx.URL(delivery.url)
    port = url.port or (443 if url.scheme == "https" else 80)
    address = await address_of(url.host, port, private=private)
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
    request = client.build_request(
        "POST",
        url.copy_with(host=address),
        content=body,
        headers={
            "host": url.netloc.decode("ascii"),
            "content-type": "application/json",
            "user-agent": _AGENT,
            **signed_headers(delivery.secret, delivery.key, body, at=at),
        },
        extensions={"sni_hostname": url.host},  # the certificate is that of the name
    )
    # Streamed and closed at once: an answer of any length costs nothing.
    response = await client.send(request, stream=True)
    await response.aclose()
    return response.status_code
