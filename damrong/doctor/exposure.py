"""Checks of what strangers could reach: settings that are right on one's own machine and wrong on a network."""

from collections.abc import Iterator
from ipaddress import IPv4Network, ip_address

from case_store.settings import Settings
from damrong.doctor.check import Check, Finding, finding

_LOOPBACK = IPv4Network("127.0.0.0/8")
_WIDEST = 8
"""No telephone company's network is larger than this prefix says."""


def demonstration(settings: Settings) -> Iterator[Finding]:
    """Who can take part in the demonstration."""
    if settings.demo:
        open_to = [a for a in (settings.console_bind, settings.sip_bind) if not _is_own(a)]
        yield finding(
            "the demonstration is for this machine alone",
            not open_to,
            "its sign-in page shows the password to everybody who reaches it: set DAMRONG_DEMO=0, "
            "or DAMRONG_CONSOLE_BIND and DAMRONG_SIP_BIND to 127.0.0.1",
        )


def cookies(settings: Settings) -> Iterator[Finding]:
    """Whether sign-ins can be overheard."""
    yield finding(
        "sign-ins cannot be overheard",
        settings.secure_cookies or _is_own(settings.console_bind),
        "put a TLS proxy before the console and set DAMRONG_SECURE_COOKIES=true",
    )


def trunk(settings: Settings) -> Iterator[Finding]:
    """Whom Asterisk takes for the telephone company."""
    wrong = [
        net
        for net in settings.trunk_match
        if not _is_own(settings.sip_bind) and (net.prefixlen < _WIDEST or net.overlaps(_LOOPBACK))
    ]
    names = ", ".join(str(net) for net in wrong)
    yield finding(
        "only the telephone company is the telephone company",
        not wrong,
        f"take {names} out of DAMRONG_TRUNK_MATCH: whoever comes from there calls as any number",
    )


def warnings(settings: Settings) -> list[str]:
    """What is to be said at every start."""
    return [str(one) for check in CHECKS for one in check(settings) if not one.is_well]


def _is_own(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


CHECKS: tuple[Check, ...] = (demonstration, cookies, trunk)
