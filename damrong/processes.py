"""The processes of ours that `damrong up` keeps running."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from case_store.settings import MissingSecret, Settings
from damrong.installation import write_privately
from damrong.provision.errors import SetupError

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def run_ivr(settings: Settings) -> None:
    """Serve calls until SIGTERM."""
    from ivr.service import run

    _begin()
    with _missing_secret_told():
        run(settings)


def run_console(settings: Settings) -> None:
    """Serve the console until SIGTERM."""
    from agent_console.service import run

    _begin()
    with _missing_secret_told():
        run(settings)


def run_worker(settings: Settings) -> None:
    """Send what leaves the house, and keep deadlines, until SIGTERM."""
    from damrong.worker import run

    _begin()
    with _missing_secret_told():
        run(settings)


def _begin() -> None:
    write_privately()
    logging.basicConfig(level=logging.INFO, format=_FORMAT)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells every look at the revision


@contextmanager
def _missing_secret_told() -> Iterator[None]:
    try:
        yield
    except MissingSecret as error:
        raise SetupError(str(error)) from None
