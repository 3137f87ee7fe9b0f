"""Asks the parts behind the channels whether they answer, and has the store keep and tell it. Once a minute.

The parts are asked before the store is opened: a part that is stuck keeps no transaction waiting.
"""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

import httpx

from case_store.clock import now
from case_store.database import Database
from case_store.rotation.channels.answering import started_centres
from case_store.rotation.channels.watching import Measured, Why, watch
from case_store.settings import Settings
from damrong import probes

PATIENCE: Final = 5.0
TRIES: Final = 3
"""A lost packet is no outage."""
AT_ONCE: Final = 8


def watch_channels(settings: Settings, database: Database) -> None:
    """One measurement of all channels that this machine can measure."""
    centres: set[str] = set()
    if settings.web_intake_url:
        with database.reading() as session:
            centres = started_centres(session)
    measured = Measured(telephone(settings), web_forms(settings, centres))
    with database.transaction() as session:
        watch(
            session, measured, at=now(),
            told_after=timedelta(minutes=settings.channel_down_minutes),
            idle=timedelta(minutes=settings.session_idle_minutes),
        )  # fmt: skip


def telephone(settings: Settings) -> str | None:
    """What of the telephone fails, empty when nothing does; None where this machine has no Asterisk of ours."""
    if not (settings.home / "asterisk").is_dir():
        return None
    if not (
        _once_at_least(probes.sip_answers, settings) and _once_at_least(probes.ami_admits, settings)
    ):
        return Why.TELEPHONE
    return "" if _once_at_least(probes.agi_answers, settings) else Why.FLOWS


def web_forms(settings: Settings, centres: Collection[str]) -> dict[str, bool]:
    """By centre, whether its form answers. Where all have one address, it is asked once."""
    addresses = {code: settings.web_intake_url.replace("{province}", code) for code in centres}
    different = sorted(set(addresses.values()))
    with ThreadPoolExecutor(AT_ONCE) as several:
        answers = dict(zip(different, several.map(_answers, different), strict=True))
    return {code: answers[address] for code, address in addresses.items()}


def _answers(address: str) -> bool:
    try:
        with httpx.stream("GET", address, timeout=PATIENCE, follow_redirects=True) as answer:
            return answer.is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


def _once_at_least(probe: Callable[[Settings], bool], settings: Settings) -> bool:
    return any(probe(settings) for _ in range(TRIES))
