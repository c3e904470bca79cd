"""How a message reaches a responder: one file per channel, all with the same one verb."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from alerts.wording import Message
from homes.model import Contact


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
    #: Worker after worker died of it.
    POISONOUS = "poisonous"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The provider took it."""

    #: What the provider calls it, when it says so.
    provider_ref: str = ""

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
