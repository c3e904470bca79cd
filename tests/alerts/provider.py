"""A gateway on this machine that fails the test on any message that it does not expect."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from homes.model import Channel
from runtime.settings import Alerts, Secret
from tests.alerts.receiver import Got, Receiver, receiving
from tests.alerts.running import SECRET

INBOUND = "an-inbound-secret-of-the-tests-and-no-more"


@dataclass(kw_only=True)
class Provider:
    """What it got, and how it answers."""

    receiver: Receiver
    #: To whom it may be asked to send; anybody else is an error of ours.
    expected: set[str] = field(default_factory=set)
    #: The status of each answer; None hangs.
    answer: Callable[[Got], int | None] = lambda _: 200

    @property
    def url(self) -> str:
        return self.receiver.url

    def texts(self, to: str) -> list[str]:
        return [str(got.json["text"]) for got in self.receiver.got if got.json["to"] == to]

    def keys(self) -> list[str]:
        return [str(got.json["reference"]) for got in self.receiver.got]

    def unexpected(self) -> list[str]:
        return [str(got.json["to"]) for got in self.receiver.got if got.json["to"] not in self.expected]


@asynccontextmanager
async def provider(*expected: str) -> AsyncIterator[Provider]:
    async with receiving() as receiver:
        made = Provider(receiver=receiver, expected=set(expected))
        receiver.answer = lambda got: made.answer(got)
        receiver.body = lambda got: msgspec.json.encode({"id": f"p-{got.json.get('reference', '')}"})
        yield made
        assert not made.unexpected(), "a message went to somebody who should not have been called"


def settings_of(gateway: Provider, channel: Channel = Channel.SMS, **more: object) -> Alerts:
    """Set up a gateway for a channel, as the shipped template wants it."""
    name = channel.value
    values: dict[str, object] = {
        f"{name}_gateway": "generic-json",
        f"{name}_gateway_url": gateway.url,
        f"{name}_gateway_secret": Secret("a key"),
        f"{name}_gateway_sender": "15990000",
        f"{name}_inbound_secret": Secret(INBOUND),
        "link_secret": Secret(SECRET),
        "webhook_secret": Secret(SECRET),
    }
    return Alerts(**(values | more))  # type: ignore[arg-type]  # each has the type of its setting
