"""What hosts say of being looked at (robots.txt, RFC 9309), remembered for a day."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from urllib.parse import urlsplit

from protego import Protego

from web.outside import AGENT, Outside

_LARGEST = 512 * 1024  # RFC 9309: at least 500 KiB are read
_KEPT_SECONDS = 24 * 3600.0
_KEPT = 2_000
_LONGEST_DELAY = 10.0


class Robots:
    """Asks each host once a day."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._known: OrderedDict[str, tuple[Protego | None, float]] = OrderedDict()

    async def may_ask(self, address: str) -> bool:
        """Whether we may look at an address. Raises Refused and OSError like `Outside.ask`."""
        rules = await self._rules(urlsplit(address).netloc)
        return rules is not None and bool(rules.can_fetch(address, AGENT))

    def delay(self, host: str) -> float:
        """How many seconds a host wants between two looks; 0 where it says nothing, or was not asked yet."""
        held = self._known.get(host)
        wanted = held[0].crawl_delay(AGENT) if held and held[0] is not None else None
        return min(float(wanted or 0), _LONGEST_DELAY)

    async def _rules(self, host: str) -> Protego | None:
        """None: the host cannot say, so nothing of it is looked at."""
        now = asyncio.get_running_loop().time()
        held = self._known.get(host)
        if held is None or held[1] < now:
            seen = await self._outside.ask("GET", f"https://{host}/robots.txt", largest=_LARGEST)
            if seen.status >= 500:
                rules = None
            else:
                # Without a file everything may be looked at; a redirect is taken for none.
                text = seen.body.decode("utf-8", "replace") if seen.status == 200 else ""
                rules = Protego.parse(text)
            self._known[host] = (rules, now + _KEPT_SECONDS)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return rules
        return held[0]
