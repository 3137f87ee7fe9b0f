"""Checks of what ought to be running and answering."""

from collections.abc import Iterator

from case_store.settings import Settings
from damrong import probes
from damrong.doctor.check import Check, Finding, finding
from damrong.ports import Port, ports_of

_START = "start the system with `make run` (or `damrong up`)"


def redis(settings: Settings) -> Iterator[Finding]:
    """Redis."""
    mend = _START if settings.owns_redis else "start it, or mend DAMRONG_REDIS_URL"
    mend = f"it does not answer, so screens are not live: {mend}"
    yield finding("Redis", probes.redis_answers(settings), mend)


def asterisk_sip(settings: Settings) -> Iterator[Finding]:
    """Asterisk's SIP port."""
    port = _port(settings, "DAMRONG_SIP_PORT")
    yield _answering(port, "Asterisk hears SIP", probes.sip_answers(settings))


def asterisk_manager(settings: Settings) -> Iterator[Finding]:
    """Asterisk's manager."""
    port = _port(settings, "DAMRONG_AMI_PORT")
    yield _answering(port, "Asterisk's manager admits us", probes.ami_admits(settings))


def fastagi(settings: Settings) -> Iterator[Finding]:
    """The call flows' FastAGI server."""
    port = _port(settings, "DAMRONG_AGI_PORT")
    yield _answering(port, "call flows answer Asterisk", probes.agi_answers(settings))


def browsers_phone(settings: Settings) -> Iterator[Finding]:
    """The browsers' telephone port."""
    port = _port(settings, "DAMRONG_WS_PORT")
    yield _answering(port, "browsers' telephones can connect", probes.ws_answers(settings))


def console(settings: Settings) -> Iterator[Finding]:
    """The console."""
    port = _port(settings, "DAMRONG_CONSOLE_PORT")
    missing = probes.readiness(settings)
    found = _answering(port, f"console at {probes.console_url(settings)}", not missing)
    if missing and not port.is_free():
        found = Finding(found.subject, f"it is not ready: {missing}")
    yield found


def worker(settings: Settings) -> Iterator[Finding]:
    """The worker."""
    mend = f"nothing is sent and nobody is reminded: {_START}, or look into log/worker.log"
    yield finding("worker", probes.worker_lives(settings), mend)


def _port(settings: Settings, setting: str) -> Port:
    return next(port for port in ports_of(settings) if port.setting == setting)


def _answering(port: Port, subject: str, answers: bool) -> Finding:
    subject = f"{subject} ({port.kind} {port.number})"
    if answers:
        return Finding(subject)
    if port.is_free():
        return Finding(subject, f"nothing listens there: {_START}")
    return Finding(
        subject,
        f"what listens there does not answer as it should: look into log/ of the state folder, or "
        f"set {port.setting} to another port if it is another program",
    )


CHECKS: tuple[Check, ...] = (
    redis,
    asterisk_sip,
    asterisk_manager,
    browsers_phone,
    fastagi,
    worker,
    console,
)
