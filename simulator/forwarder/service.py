"""Forward: hear the home's own broker, keep what it said on disk, and say it to ours until Kafka has it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from math import inf
from pathlib import Path
from typing import Final

import msgspec
import structlog
from paho.mqtt.client import topic_matches_sub

from contracts import HomeId, SensorId
from contracts.values import Heartbeat, TestPressed
from runtime import clock
from runtime.lifecycle import Life
from runtime.settings import Mqtt
from simulator.dialects import GATEWAY, Message, acknowledgements, reading_of, status
from simulator.forwarder.hearing import Heard, Source, cries, forwarded
from simulator.forwarder.sqlite import Shelf
from simulator.gateway.mqtt import TEST_EVERY
from simulator.household import Sighting
from simulator.mqtt import Line
from simulator.outbox import Outbox, Shape

log = structlog.get_logger()

#: A clock before this has not been set since the power came: small computers have no battery for it.
_BORN: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Post:
    """What a forwarding gateway is told: whose it is, what it hears and where it keeps it."""

    home_id: HomeId
    #: The broker in the home.
    near: Mqtt
    #: The service's broker.
    far: Mqtt
    sources: Sequence[Source]
    outbox: Path
    heartbeat_seconds: float = 60.0


class Forwarder:
    """The gateway of one home."""

    def __init__(self, post: Post, shelf: Shelf) -> None:
        self._post, self._shelf = post, shelf
        self._outbox: Outbox = shelf.load()
        self._connection = 0
        self._near = Line(
            post.near,
            client_id=f"dolbom-{post.home_id}",
            listens=[source.topics for source in post.sources],
            heard=self._heard_near,
            lasting=True,
        )
        self._far = Line(
            post.far,
            client_id=post.far.client_id,
            will=self._will,
            birth=lambda: self._status(online=True, at=clock.now()),
            listens=(acknowledgements(post.home_id), _clock(post.home_id)),
            heard=self._heard_far,
            came=self._came,
        )

    @property
    def held(self) -> int:
        """Tell how many messages Kafka does not have yet."""
        return len(self._outbox.held)

    async def forward(self, life: Life) -> None:
        """Forward until told to stop; what is held stays on disk."""
        self._near.open()
        self._far.open()
        life.set_ready(True)
        next_beat = clock.ticks()
        while not life.stopping.is_set():
            if clock.ticks() >= next_beat and self._far.connected.is_set():
                self._beat(clock.now())
                next_beat = clock.ticks() + self._post.heartbeat_seconds
            self._pump()
            life.turned("gateway")
            await life.rest(min(1.0, self._post.heartbeat_seconds / 4))
        await self._near.close()
        await self._far.close()
        log.info("gateway_stopped", held=self.held)

    def _heard_near(self, topic: str, payload: bytes, retained: bool) -> None:
        """Keep a message; paho acknowledges it to the home's broker when this returns, and not if it fails."""
        dialects = (each.dialect for each in self._post.sources if topic_matches_sub(each.topics, topic))
        told = forwarded(Heard(topic=topic, payload=payload, retained=retained, at=clock.now()), next(dialects))
        self._keep(Shape.MESSAGES, [told], urgent=cries(payload) and not retained)
        self._pump()

    def _heard_far(self, topic: str, payload: bytes, retained: bool) -> None:
        if topic == _clock(self._post.home_id):
            log.warning("clock_is_off", said=payload.decode(errors="replace")[:200], mend="set the time by NTP")
            return
        if gone := self._outbox.hear(payload, now=clock.now()):
            self._shelf.forget(gone)

    def _beat(self, now: datetime) -> None:
        sensor = SensorId(GATEWAY)
        self._keep(Shape.READINGS, [reading_of(Sighting(sensor_id=sensor, at=now, value=Heartbeat()))])
        if now - self._shelf.tested_at() >= TEST_EVERY:
            self._shelf.tested_at(now)
            self._keep(Shape.READINGS, [reading_of(Sighting(sensor_id=sensor, at=now, value=TestPressed()))])

    def _keep(self, shape: Shape, said: list[dict[str, object]], *, urgent: bool = False) -> None:
        self._shelf.put(self._outbox.put(shape, msgspec.json.encode(said), at=clock.now(), urgent=urgent))

    def _came(self) -> None:
        self._outbox.line_came()
        self._pump()

    def _pump(self) -> None:
        if not self._far.connected.is_set():
            return
        now = clock.now()
        for entry in self._outbox.due(now):
            answered = partial(self._answered, entry.seq)
            self._far.say(self._outbox.spoken(entry, now=now)).add_done_callback(answered)

    def _answered(self, seq: int, answer: "asyncio.Future[float]") -> None:
        self._outbox.answer(seq, heard=answer.result() < inf, now=clock.now())
        self._pump()

    def _will(self) -> Message:
        self._connection = int(clock.now().timestamp() * 1000)
        return self._status(online=False, at=None)

    def _status(self, *, online: bool, at: datetime | None) -> Message:
        return status(self._post.home_id, online=online, session=self._connection, at=at)


def _clock(home_id: HomeId) -> str:
    return f"cmd/{home_id}/clock"


async def main(life: Life, post: Post) -> None:
    """Run the gateway of one home until told to stop."""
    while not post.outbox.exists() and clock.now() < _BORN and not life.stopping.is_set():
        # A new outbox begins a session, whose number must be greater than that of the gateway before.
        log.warning("clock_not_set", mend="wait for NTP, or set the clock")
        await life.rest(5)
    with Shelf(post.outbox, post.home_id) as shelf:
        await Forwarder(post, shelf).forward(life)
