"""What the detectors send waits for Kafka, but never without a bound."""

import asyncio

from contracts import Refusal, RefusalReason
from detectors.kafka import MOST_WAITING, Outbox
from runtime.settings import Kafka
from tests.detectors.values import NOON
from tests.until import until


class Slow:
    """A producer that confirms nothing until the test lets it."""

    def __init__(self) -> None:
        self.free: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    async def send(self, topic: str, value: bytes, *, key: bytes, partition: int) -> "asyncio.Future[object]":
        return self.free


async def test_the_stream_waits_while_too_much_is_on_its_way_to_kafka() -> None:
    producer = Slow()
    outbox = Outbox(producer, Kafka())
    sending = asyncio.ensure_future(outbox.run())
    noise = Refusal(reason=RefusalReason.WRONG_SHAPE, detail="noise", topic="readings", received_at=NOON)
    for _ in range(MOST_WAITING):
        outbox.refuse(noise)
    await asyncio.wait_for(outbox.room(), 5)
    outbox.refuse(noise)
    waiting = asyncio.ensure_future(outbox.room())
    await asyncio.wait([waiting], timeout=0.05)
    assert not waiting.done()
    producer.free.set_result(None)
    await until(waiting.done, what="room for the next record")
    sending.cancel()
