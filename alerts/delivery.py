"""How long a channel may take, how often one contact is tried, and how long between."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from homes.model import Channel, Contact

#: A provider that takes longer is asked again, under the same key.
TIMEOUTS: Final = {
    Channel.WEBHOOK: 5.0,
    Channel.EMAIL: 10.0,
    Channel.APPRISE: 15.0,
    Channel.WEB_PUSH: 5.0,
    Channel.SMS: 10.0,
    Channel.VOICE: 10.0,
    Channel.DEVICE: 5.0,
}
#: How long a claimed call belongs to its worker: the timeout twice over, so a lease that ends means a worker that died.
LEASES: Final = {channel: seconds * 2 for channel, seconds in TIMEOUTS.items()}
#: After the first try; when these are used up, the responder's next contact has its turn.
WAITS: Final = (timedelta(seconds=1), timedelta(seconds=4))
#: So many workers died with a call in hand: it may be the one that they die of. It is tried on, one of its kind at a
#: time and with pauses that grow, and meanwhile whoever is next is called; it is never given up for it.
MOST_DEATHS: Final = 6
_SHORTEST_PAUSE: Final = timedelta(seconds=30)
_LONGEST_PAUSE: Final = timedelta(minutes=10)
#: Suspects that came together are not tried together: the others wait for so long.
ASIDE: Final = timedelta(seconds=5)

#: Calls on their way to one receiver at the same time: one that is dead must not hold up everybody.
LANE_WIDTH: Final = 16
#: A call that finds its lane full for so long is tried again later.
LANE_PATIENCE_SECONDS: Final = 1.0
LANE_WAIT: Final = timedelta(seconds=2)
#: One that found it full so often is still tried, but whoever is next is called meanwhile.
MOST_CROWDED: Final = 4


def lane_of(contact: Contact) -> str:
    """Name the receiver that a contact shares with others: its host, or the one mail server."""
    if contact.channel is Channel.EMAIL:
        return contact.channel
    try:
        host = urlsplit(contact.address).netloc
    except ValueError:
        host = ""
    return f"{contact.channel}/{host.rpartition('@')[2].lower()}"


def wait_after(failures: int) -> timedelta | None:
    """Tell how long to wait after so many failures, counted from 1; None: not with this contact again."""
    return WAITS[failures - 1] if failures <= len(WAITS) else None


def pause_after(deaths: int) -> timedelta:
    """Tell when a call is tried again of which one more worker has died."""
    return min(_SHORTEST_PAUSE * (1 << min(max(deaths - MOST_DEATHS, 0), 8)), _LONGEST_PAUSE)
