"""Runs all checks, in the order in which their trouble would stop a call; then what strangers could reach."""

from collections.abc import Iterable, Iterator

from case_store.settings import Settings
from damrong.doctor import exposure, on_disk, running, trust
from damrong.doctor.check import Check, Finding
from damrong.provision.progress import say

CHECKS: tuple[Check, ...] = (
    *on_disk.CHECKS,
    *trust.CHECKS,
    *running.CHECKS,
    *exposure.CHECKS,
)


def examine(settings: Settings, checks: Iterable[Check] = CHECKS) -> bool:
    """Print one line for each piece; True when nothing is to be mended."""
    findings = []
    for check in checks:
        for found in _findings(check, settings):
            say(str(found))
            findings.append(found)
    wrong = [found for found in findings if not found.is_well]
    say(f"{len(wrong)} of {len(findings)} are to be mended." if wrong else "All is well.")
    return not wrong


def _findings(check: Check, settings: Settings) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except Exception as error:  # noqa: BLE001 - one broken piece must not hide the others
        subject = (check.__doc__ or check.__name__).strip().rstrip(".")
        yield Finding(subject, f"could not be checked ({type(error).__name__}: {error})")
