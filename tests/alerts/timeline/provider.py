"""The provider of a story: a real server on this machine that notes every message it is given, and for whom."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from homes.model import Channel, Contact
from tests.alerts.receiver import Got, Receiver, receiving


@dataclass(kw_only=True)
class Provider:
    """Whatever comes to it is kept until the story has looked at it."""

    receiver: Receiver
    #: Whose messages it does not take.
    dead: set[str] = field(default_factory=set)
    seen: int = 0

    def contact(self, whose: str, channel: Channel = Channel.WEBHOOK, *, after_seconds: int | None = None) -> Contact:
        """Reach somebody through it."""
        address = f"{self.receiver.url}/{whose}/{channel}"
        return Contact(channel=channel, address=address, after_seconds=after_seconds)

    def new(self) -> list[Got]:
        """Take what came since it was asked last."""
        came = self.receiver.got[self.seen :]
        self.seen = len(self.receiver.got)
        return came

    def answer(self, got: Got) -> int:
        """Take a message, unless the line is dead."""
        return 503 if whose(got) in self.dead else 204


def whose(got: Got) -> str:
    """Tell for whom a message is, by where it came."""
    return got.path.split("/")[1]


@asynccontextmanager
async def a_provider() -> AsyncIterator[Provider]:
    async with receiving() as receiver:
        provider = Provider(receiver=receiver)
        receiver.answer = provider.answer
        yield provider
