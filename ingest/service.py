"""The bridge: hears the gateways of its partitions, publishes, and starts over when either side fails."""

import asyncio
import gc
from socket import gethostname
from typing import Final

import structlog

from contracts import HomeId, WatchedHome, partition_of
from contracts.topics import PARTITIONS
from homes.postgres import HomeStore
from ingest import metrics, topics
from ingest.bridge.kafka import RawView
from ingest.bridge.live import Directory
from ingest.bridge.mqtt import Ward
from ingest.bridge.postgres import LeaseStore
from ingest.bridge.service import Share
from ingest.bridge.stream import Hearing
from ingest.files import load_profiles
from ingest.intake import Intake
from ingest.kafka import Publisher
from ingest.message import GatewayMessage
from ingest.postgres import DeclarationStore, Words
from ingest.ticket import Ticket
from runtime import clock
from runtime.kafka import create_topics, producing
from runtime.lifecycle import Life
from runtime.postgres import migrate, pooled
from runtime.settings import Settings

log = structlog.get_logger()

#: Every partition hears from us so often, so that detectors can tell our deafness from a gateway's silence.
TICK_SECONDS: Final = 5
#: A message that waits longer for Kafka means that we are not doing our work.
PATIENCE_SECONDS: Final = 5.0
#: A stop waits so long for what is under way to Kafka.
WIND_DOWN_SECONDS: Final = 1.0
#: The broker gets so long to read our last acknowledgements.
FAREWELL_SECONDS: Final = 0.1
#: Who could not hear or write for so long lets others have the partitions.
HINDERED_SECONDS: Final = 10.0
#: Who gave partitions up because of that does not ask for them again so soon.
REST_SECONDS: Final = 300.0


class Bridge:
    """A ward for each partition that is ours, and one producer at a time."""

    def __init__(self, settings: Settings, life: Life, declarations: DeclarationStore) -> None:
        self._settings = settings
        self._life = life
        self.directory = Directory(settings.postgres, self._tell)
        self.words = Words(declarations, self._read)
        self._hearing = Hearing(settings.ingest, self.directory, self.words, self._say)
        #: The partitions that the leases give us; each has a ward while there is a publisher.
        self._held: set[int] = set()
        self._wards: dict[int, Ward] = {}
        self._publisher: Publisher | None = None
        #: On the clock that never steps; zero: we have not seen the leases yet.
        self._sure_until = 0.0
        self._well_at = clock.ticks()
        self._resting_until = 0.0

    @property
    def held(self) -> frozenset[int]:
        """Tell which partitions we serve."""
        return frozenset(self._held)

    @property
    def able(self) -> bool:
        """Tell whether we hear gateways and Kafka takes what they say, or could a moment ago."""
        now = clock.ticks()
        return now - self._well_at < HINDERED_SECONDS and now >= self._resting_until

    def looked(self, *, sure_until: float) -> None:
        """Hear that the leases are known, and until when nobody else can take ours."""
        self._sure_until = sure_until

    def enter(self, partition: int) -> None:
        """Begin to serve a partition."""
        self._held.add(partition)
        self.words.enter(partition)

    async def leave(self, partition: int) -> None:
        """End with a partition in good order: bring to Kafka what was heard, acknowledge it, hang up."""
        if not self.able:
            self._resting_until = clock.ticks() + REST_SECONDS
        ward = self._wards.get(partition)
        if ward and self._publisher:
            ward.rest()
            await self._settled(ward, self._publisher)
            await self._written()
        self.lose(partition)

    def lose(self, partition: int) -> None:
        """End with a partition at once; the broker gives what is not acknowledged to whoever comes."""
        self._held.discard(partition)
        self._close(partition)
        self._hearing.forget(partition)

    async def run(self) -> None:
        """Publish for ever; after a failed send begin again with a new producer and new connections."""
        await self.directory.loaded.wait()
        while True:
            async with producing(self._settings.kafka) as producer:
                publisher = self._publisher = Publisher(
                    producer,
                    self._settings.kafka,
                    linger_seconds=self._settings.ingest.linger_milliseconds / 1000,
                    backlog_per_second=self._settings.ingest.late_readings_per_second,
                    listened=False,
                )
                try:
                    await self._serve(publisher, RawView(producer, self._settings.kafka, self._hearing.trail))
                finally:
                    self._publisher = None
                    for partition in tuple(self._wards):
                        self._close(partition)
                self._life.set_ready(False, "kafka does not take records")
                await publisher.given_up()
            await self._life.rest(0.5)

    async def _serve(self, publisher: Publisher, raw: RawView) -> None:
        """Hold our partitions until Kafka fails."""
        for partition in self.held:
            if self.words.knows(partition):
                self._open(partition, publisher)
        turns = 0
        while not publisher.failed.is_set():
            self._life.turned("bridge")
            self._turn(publisher)
            raw.turn()
            if turns % TICK_SECONDS == 0:
                publisher.tick()
            turns += 1
            await _happens(publisher.failed, within=1.0)

    def _turn(self, publisher: Publisher) -> None:
        for partition, ward in tuple(self._wards.items()):
            ward.turn()
            if ward.taken_over.is_set():
                # Whoever took it holds a lease. We fight for it only when a lease says that it is ours again.
                log.warning("partition_taken_over", partition=partition)
                self.lose(partition)
        publisher.heard = frozenset(partition for partition, ward in self._wards.items() if ward.heard)
        self._hearing.tell()
        waiting_for = max((ward.waiting_for for ward in self._wards.values()), default=0.0)
        self._tell_readiness(waiting_for)
        if waiting_for < PATIENCE_SECONDS:  # else they would heap up before a Kafka that hangs
            self._tell(self.directory.due())

    def _tell_readiness(self, waiting_for: float) -> None:
        # An idempotent producer tries for ever, so a dead Kafka may never show as a failed send.
        metrics.waiting_seconds.set(waiting_for)
        metrics.unacknowledged.set(sum(ward.held for ward in self._wards.values()))
        metrics.backlog.set(self._publisher.backlog if self._publisher else 0)
        if waiting_for >= PATIENCE_SECONDS:
            self._life.set_ready(False, "kafka does not take records")
            return
        open_all = self._wards.keys() == self._held
        if open_all and all(ward.heard for ward in self._wards.values()):
            self._well_at = clock.ticks()
        whole = self._sure_until > 0 and open_all and all(ward.whole for ward in self._wards.values())
        self._life.set_ready(whole, "" if whole else "no MQTT session for a part of the homes")

    def _read(self, partition: int) -> None:
        """Hear that a partition's words are known: what it says can be understood."""
        if self._publisher and partition in self._held and partition not in self._wards:
            self._open(partition, self._publisher)

    def _open(self, partition: int, publisher: Publisher) -> None:
        # Detectors must know the homes before the first reading. No sign of life before we can hear a home.
        publisher.tell(self.directory.of(partition))
        self._wards[partition] = Ward(
            partition,
            self._settings,
            hear=self._hear,
            acknowledged=self._acknowledged,
            lost=self._lost,
            ours=lambda: clock.ticks() < self._sure_until,
        )

    def _close(self, partition: int) -> None:
        if ward := self._wards.pop(partition, None):
            ward.leave()

    def _lost(self, partition: int) -> None:
        """Hear that a connection is over: what it heard comes again, and we do not hear every home now."""
        if self._publisher:
            self._publisher.forget(partition)
            self._publisher.heard -= {partition}

    def _tell(self, changed: list[WatchedHome]) -> None:
        """Say in the stream what is watched; whoever begins to serve a partition says all of its homes."""
        mine = [home for home in changed if _place(home) in self._wards]
        if self._publisher and mine:
            self._publisher.tell(mine)

    def _hear(self, message: GatewayMessage) -> Ticket:
        backlog = topics.is_late(message.topic)
        intake = self._hearing.hear(message, backlog=backlog)
        if self._publisher is None:  # nothing is heard before there is one
            return Ticket(left=1)
        return self._publisher.put(intake, backlog=backlog)

    def _acknowledged(self, ticket: Ticket) -> None:
        lost = self._hearing.acknowledged(ticket)
        if lost and self._publisher:
            self._publisher.put(Intake(readings=(lost,), home_id=lost.home_id))

    def _say(self, home_id: HomeId, topic: str, payload: bytes) -> bool:
        ward = self._wards.get(partition_of(home_id, partitions=PARTITIONS))
        return ward is not None and ward.say(home_id, topic, payload)

    async def _settled(self, ward: Ward, publisher: Publisher) -> None:
        """Wait until Kafka has what a resting ward heard live, within a bound, and the broker our word for it."""
        ends = clock.ticks() + WIND_DOWN_SECONDS
        while ward.waits and not publisher.failed.is_set():
            if clock.ticks() > ends:
                log.warning("stopped_with_unacknowledged_messages", partition=ward.partition)
                break
            publisher.hurry()
            await asyncio.sleep(0.01)
        # Mosquitto does not read what came just before the end of a connection; it would send all of it again.
        await asyncio.sleep(FAREWELL_SECONDS)

    async def _written(self) -> None:
        """Bring to the database what was declared, within a bound: gateways can be asked to say it again."""
        try:
            async with asyncio.timeout(WIND_DOWN_SECONDS):
                await self.words.written()
        except TimeoutError:
            log.warning("declarations_not_written")

    async def wind_down(self) -> None:
        """Leave all partitions in good order."""
        await asyncio.gather(*(self.leave(partition) for partition in self.held))


def check(settings: Settings) -> None:
    """Raise BadSettings when a device profile cannot be used."""
    load_profiles(settings.ingest.profiles)


async def main(life: Life, settings: Settings) -> None:
    """Run the bridge until the service stops."""
    await migrate(settings.postgres)
    await create_topics(settings.kafka)
    metrics.window.set(settings.ingest.window)
    # What waits for Kafka holds no circles; looking for them at Python's own pace took a fifth of the work.
    gc.set_threshold(50_000, 20, 50)
    async with pooled(settings.postgres) as pool, asyncio.TaskGroup() as tasks:
        bridge = Bridge(settings, life, DeclarationStore(pool))
        share = Share(LeaseStore(pool, settings.ingest.name or gethostname()), bridge, life)
        sharing = tasks.create_task(share.keep(after=bridge.directory.loaded))
        loops = bridge.directory.follow(HomeStore(pool)), bridge.words.keep(), bridge.run()
        running = [tasks.create_task(loop) for loop in loops]
        await life.stopping.wait()
        sharing.cancel()
        await bridge.wind_down()
        await share.end()
        for task in running:
            task.cancel()


def _place(home: WatchedHome) -> int:
    return partition_of(home.home_id, partitions=PARTITIONS)


async def _happens(event: asyncio.Event, *, within: float) -> None:
    try:
        async with asyncio.timeout(within):
            await event.wait()
    except TimeoutError:
        return
