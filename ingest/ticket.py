"""One message on its way to Kafka."""

from collections.abc import Callable

import msgspec

from contracts import HomeId
from ingest.message import Mark


def nobody() -> None:
    """Stand where nobody waits."""


class Ticket(msgspec.Struct, kw_only=True, eq=False):
    """How many parts of a message Kafka does not have yet; at zero the broker may forget it. Mutable, one owner."""

    left: int
    #: On the clock that never steps.
    heard_at: float = 0.0
    home_id: HomeId | None = None
    mark: Mark | None = None
    #: What the broker calls it.
    message_id: int = 0
    qos: int = 0
    #: So much of the window it takes.
    weight: int = 1
    #: The connection that heard it is over and the broker will send it again: what still waits need not be written.
    void: bool = False
    #: Whom to tell when nothing is left.
    done: Callable[[], None] = nobody
