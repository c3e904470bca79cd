"""The provider of a story: a real server on this machine that notes every message it is given, and for whom.

It is everybody's webhook, and the gateway for text messages and calls, which reports what it brought.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from zlib import crc32

from homes.model import Channel, Contact
from tests.alerts.receiver import Got, Receiver, receiving

_BY_GATEWAY = {Channel.SMS, Channel.VOICE}


@dataclass(kw_only=True)
class Provider:
    """Whatever comes to it is kept until the story has looked at it."""

    receiver: Receiver
    #: By name: `works`, `is dead`, `is silent`.
    lines: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    seen: int = 0

    def contact(self, whose: str, channel: Channel = Channel.WEBHOOK, *, after_seconds: int | None = None) -> Contact:
        """Reach somebody through it."""
        address = self.number(whose) if channel in _BY_GATEWAY else f"{self.receiver.url}/{whose}/{channel}"
        return Contact(channel=channel, address=address, after_seconds=after_seconds)

    def number(self, whose: str) -> str:
        """Invent a telephone number."""
        number = f"010-0000-{crc32(whose.encode()) % 10_000:04}"
        self.names[_digits(number)] = whose
        return number

    def new(self) -> list[Got]:
        """Take what came since it was asked last."""
        came = self.receiver.got[self.seen :]
        self.seen = len(self.receiver.got)
        return came

    def whose(self, got: Got) -> str:
        """Tell for whom a message is, by where it came or by its number."""
        if "to" in got.json:
            return self.names[_digits(str(got.json["to"]))]
        return got.path.split("/")[1]

    def in_vain(self, got: Got) -> bool:
        """Tell whether it was not taken."""
        return self.lines.get(self.whose(got)) == "is dead"

    def reports(self, got: Got) -> bool:
        """Tell whether it says later that it brought the message."""
        return "to" in got.json and self.lines.get(self.whose(got), "works") == "works"

    def answer(self, got: Got) -> int:
        """Take a message, unless the line is dead."""
        return 503 if self.in_vain(got) else 202


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit())[-8:]


@asynccontextmanager
async def a_provider() -> AsyncIterator[Provider]:
    async with receiving() as receiver:
        provider = Provider(receiver=receiver)
        receiver.answer = provider.answer
        yield provider
