"""Which addresses a webhook may reach: none of this machine, of private networks, or of what only looks public.

The address that was checked is the one that is called: a name that answers otherwise the second time gains nothing.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""IPv6 addresses that stand for an IPv4 address, whichever it is."""


class NoAddress(Exception):
    """The name has no address, or one that a webhook may not reach."""


async def address_of(host: str, port: int, *, private: bool) -> str:
    """The address to call. Raises `NoAddress`, also when only one of several is not for us."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoAddress("unknown host") from None
    addresses = [str(info[4][0]).partition("%")[0] for info in found]
    if not addresses:
        raise NoAddress("unknown host")
    if not private and not all(is_public(ip_address(one)) for one in addresses):
        raise NoAddress("private address")
    return addresses[0]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to the open internet, also inside of what it is wrapped in."""
    if isinstance(address, IPv6Address):
        if any(address in network for network in _TRANSLATED):
            return False
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None,))[0]
        if inner is not None:
            return address.ipv4_mapped is not None and is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved
