"""How often one source may guess: wrong codes are counted for each address, in bounded memory."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final

#: So many wrong codes from one source within the span; then it waits.
MOST_WRONG: Final = 10
SPAN: Final = timedelta(minutes=10)
#: More sources than these are not told apart: the oldest is forgotten.
_MOST_SOURCES: Final = 10_000
#: Whoever has a house's IPv6 has 2^64 addresses.
_V6_PREFIX_BITS: Final = 64


class Guesses:
    """The wrong codes of the last minutes. Mutable, owned by one door."""

    def __init__(self, most: int = MOST_WRONG) -> None:
        self._most = most
        self._wrong: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait(self, source: str, now: datetime) -> timedelta | None:
        """Tell how long this source has to wait; None when it may try."""
        wrong = self._wrong.get(_net_of(source))
        if wrong is None:
            return None
        while wrong and now - wrong[0] >= SPAN:
            wrong.popleft()
        return wrong[0] + SPAN - now if len(wrong) >= self._most else None

    def note(self, source: str, now: datetime) -> None:
        """Count a wrong code."""
        net = _net_of(source)
        self._wrong.setdefault(net, deque(maxlen=self._most)).append(now)
        self._wrong.move_to_end(net)
        if len(self._wrong) > _MOST_SOURCES:
            self._wrong.popitem(last=False)


def _net_of(source: str) -> str:
    try:
        address = ip_address(source)
    except ValueError:
        return source
    return str(address) if address.version == 4 else f"{int(address) >> (128 - _V6_PREFIX_BITS):x}/64"
