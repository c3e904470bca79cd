"""Forward: hear the home's own broker, keep what it said on disk, and say it to ours until Kafka has it."""

import asyncio
import sqlite3
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

#: Months of a quiet home, days of a talkative one.
MOST_BYTES: Final = 64 * 2**20
#: Ingest takes 256 KiB; a larger message would never be acknowledged, and stand before all others for ever.
LARGEST_BODY: Final = 250_000
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
    #: Sessions of the gateway before were at most this; the enrolment tells it.
    session_above: int = 0
    #: What the outbox holds at most, so that weeks without a line do not fill the disk.
    most_bytes: int = MOST_BYTES


class Forwarder:
    """The gateway of one home."""

    def __init__(self, post: Post, shelf: Shelf) -> None:
        self._post, self._shelf = post, shelf
        self._outbox: Outbox = shelf.load(session_above=post.session_above)
        self._connection = 0
        self._fault: sqlite3.Error | None = None
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
            forgetful=True,
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
            if self._fault is not None:
                raise self._fault
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
        """Keep a message; paho acknowledges it to the home's broker when this returns."""
        dialect = next((each.dialect for each in self._post.sources if topic_matches_sub(each.topics, topic)), None)
        if dialect is None:  # the session at the home's broker remembers what was asked for by an older --hear
            log.warning("topic_not_wanted", mend="end the session at the home's broker, or name the topic by --hear")
            return
        told = forwarded(Heard(topic=topic, payload=payload, retained=retained, at=clock.now()), dialect)
        try:
            self._keep(Shape.MESSAGES, [told], urgent=cries(payload) and not retained)
        except sqlite3.Error as error:
            # Not a word back: the home's broker keeps it, and says it again to the process that comes after this one.
            self._fault = error
            self._near.cut()
            return
        self._pump()

    def _heard_far(self, topic: str, payload: bytes, retained: bool) -> None:
        if topic == _clock(self._post.home_id):
            log.warning("clock_is_off", said=payload.decode(errors="replace")[:200], mend="set the time by NTP")
            return
        if gone := self._outbox.hear(payload, now=clock.now()):
            try:
                self._shelf.forget(gone)
            except sqlite3.Error as error:
                self._fault = error

    def _beat(self, now: datetime) -> None:
        sensor = SensorId(GATEWAY)
        self._keep(Shape.READINGS, [reading_of(Sighting(sensor_id=sensor, at=now, value=Heartbeat()))])
        if now - self._shelf.tested_at() >= TEST_EVERY:
            self._shelf.tested_at(now)
            self._keep(Shape.READINGS, [reading_of(Sighting(sensor_id=sensor, at=now, value=TestPressed()))])

    def _keep(self, shape: Shape, said: list[dict[str, object]], *, urgent: bool = False) -> None:
        body = msgspec.json.encode(said)
        if len(body) > LARGEST_BODY:
            log.warning("message_too_large", bytes=len(body), most=LARGEST_BODY)
            return
        self._shelf.put(self._outbox.put(shape, body, at=clock.now(), urgent=urgent))
        if gone := self._outbox.shed(most_bytes=self._post.most_bytes):
            self._shelf.forget(gone)
            log.warning("messages_given_up", count=len(gone), most_bytes=self._post.most_bytes)

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
        self._connection = self._shelf.next_connection(session_above=self._post.session_above)
        return self._status(online=False, at=None)

    def _status(self, *, online: bool, at: datetime | None) -> Message:
        return status(self._post.home_id, online=online, session=self._connection, at=at)


def _clock(home_id: HomeId) -> str:
    return f"cmd/{home_id}/clock"


async def main(life: Life, post: Post) -> None:
    """Run the gateway of one home until told to stop."""
    unnumbered = not post.outbox.exists() and not post.session_above
    while unnumbered and clock.now() < _BORN and not life.stopping.is_set():
        # A new outbox begins a session, whose number must be greater than that of the gateway before.
        log.warning("clock_not_set", mend="wait for NTP, or set the clock")
        await life.rest(5)
    with Shelf(post.outbox, post.home_id) as shelf:
        await Forwarder(post, shelf).forward(life)
