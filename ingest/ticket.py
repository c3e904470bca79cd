"""One message on its way to Kafka."""

from dataclasses import dataclass

from contracts import HomeId
from ingest.message import Mark


@dataclass(kw_only=True, slots=True)
class Ticket:
    """How many parts of a message Kafka does not have yet; at zero the broker may forget it. Mutable, one owner."""

    left: int
    #: On the clock that never steps.
    heard_at: float = 0.0
    home_id: HomeId | None = None
    mark: Mark | None = None
