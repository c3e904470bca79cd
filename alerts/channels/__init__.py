"""How a message reaches a responder: one file per channel, all with the same one verb."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from alerts.wording import Message
from contracts import Severity
from homes.model import Contact

#: What is never held back, and looks like it.
SERIOUS: Final = frozenset({Severity.EMERGENCY, Severity.URGENT})


class Result(StrEnum):
    """How a try went; also the metric's label."""

    SENT = "sent"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    REFUSED = "refused"
    BAD_ADDRESS = "bad_address"
    NOT_SET_UP = "not_set_up"
    NO_CONTACT = "no_contact"
    #: No browser of theirs is subscribed, or none is any more.
    NOT_SUBSCRIBED = "not_subscribed"
    #: The provider took it and told later that it did not arrive.
    UNDELIVERED = "undelivered"
    #: The provider took it, reports what becomes of it, and has said nothing in time.
    NO_RECEIPT = "no_receipt"
    #: Worker after worker died with it in hand.
    POISONOUS = "poisonous"
    #: Too many others were on their way to the same receiver: it was not tried.
    CROWDED = "crowded"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The provider took it."""

    #: What the provider calls it, when it says so.
    provider_ref: str = ""
    #: The provider reports later; without a good report within so long it counts as not delivered. 0: it never does.
    receipt_within: int = 0

    @property
    def result(self) -> Result:
        """Say how it went."""
        return Result.SENT


@dataclass(frozen=True, kw_only=True)
class NotSent:
    """The provider did not take it."""

    result: Result
    #: Another try with the same key may succeed.
    retry: bool


Delivery = Sent | NotSent


class Pusher(Protocol):
    """A channel."""

    async def send(self, message: Message, contact: Contact) -> Delivery:
        """Hand a message to the provider; a repeat carries the same key."""
        ...
