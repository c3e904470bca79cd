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
#: More attempts than failures allow: workers died of it, and one more must not.
LAST_ATTEMPT: Final = 6

#: Calls on their way to one receiver at the same time: one that is dead must not hold up everybody.
LANE_WIDTH: Final = 16
#: A call that finds its lane full for so long is tried again later.
LANE_PATIENCE_SECONDS: Final = 1.0


def lane_of(contact: Contact) -> str:
    """Name the receiver that a contact shares with others: its host, or the one mail server."""
    if contact.channel is Channel.EMAIL:
        return contact.channel
    try:
        host = urlsplit(contact.address).netloc
    except ValueError:
        host = ""
    return f"{contact.channel}/{host.rpartition('@')[2].lower()}"


def wait_after(attempt: int) -> timedelta | None:
    """Tell how long to wait after a failed attempt, counted from 1; None: not with this contact again."""
    return WAITS[attempt - 1] if attempt <= len(WAITS) else None
