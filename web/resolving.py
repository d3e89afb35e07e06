"""Names to addresses, once: what was looked at is what is connected to, so a name that changes changes nothing."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv6Address, ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
_LONGEST_SECONDS = 5.0


class NotPublicError(OSError):
    """A name leads to an address that isn't of the public network."""


def is_public(address: str) -> bool:
    """Whether an address is of the public network: none of this machine, this network, or a cloud's inside.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64) is judged as what it is.
    """
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or _nat64(found)
        if found.teredo is not None:
            return False
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def _nat64(address: IPv6Address) -> object | None:
    packed = address.packed
    if packed[:12] == bytes.fromhex("0064ff9b0000000000000000"):
        return ip_address(packed[12:])
    return None


async def look_up(host: str, port: int) -> Sequence[str]:
    """What the system says a name's addresses are."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(_LONGEST_SECONDS):
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class PublicResolver(AbstractResolver):
    """Asks once for each connection and refuses a name if any of its addresses isn't public."""

    def __init__(self, lookup: Lookup = look_up, judge: Callable[[str], bool] = is_public) -> None:
        self._lookup = lookup
        self._judge = judge

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises NotPublicError, OSError."""
        addresses = await self._lookup(host, port)
        if not addresses or not all(self._judge(one) for one in addresses):
            raise NotPublicError(host)
        return [
            ResolveResult(
                hostname=host,
                host=one,
                port=port,
                family=socket.AF_INET6 if ":" in one else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for one in addresses
        ]

    async def close(self) -> None:
        """Nothing is kept."""
