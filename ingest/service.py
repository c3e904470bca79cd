"""The bridge: hears the gateways of its partitions, publishes, and starts over when either side fails."""

import asyncio
from datetime import timedelta
from socket import gethostname
from typing import Final

import msgspec
import structlog

from contracts import HomeId, WatchedHome, partition_of
from contracts.topics import PARTITIONS
from contracts.values import Heartbeat
from homes.postgres import HomeStore
from ingest import metrics, topics
from ingest.bridge.kafka import RawView
from ingest.bridge.live import Directory
from ingest.bridge.mqtt import Ward
from ingest.bridge.postgres import LeaseStore
from ingest.bridge.service import Share
from ingest.counts import Counts, lost_reading
from ingest.files import load_profiles
from ingest.intake import Intake, Limits, take_in
from ingest.kafka import Publisher
from ingest.learned import Learned
from ingest.message import GatewayMessage
from ingest.progress import Acknowledgement
from ingest.ticket import Ticket
from ingest.trail import Trail
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

    def __init__(self, settings: Settings, life: Life) -> None:
        self._settings = settings
        self._life = life
        self._limits = Limits(
            largest_payload_bytes=settings.ingest.largest_payload_bytes,
            late_after=timedelta(seconds=settings.ingest.late_after_seconds),
        )
        self._learned = Learned(profiles=load_profiles(settings.ingest.profiles))
        self._counts = Counts()
        self._trail = Trail()
        #: The partitions that the leases give us; each has a ward while there is a publisher.
        self._held: set[int] = set()
        self._wards: dict[int, Ward] = {}
        self._publisher: Publisher | None = None
        #: On the clock that never steps; zero: we have not seen the leases yet.
        self._sure_until = 0.0
        self._well_at = clock.ticks()
        self._resting_until = 0.0
        self.directory = Directory(settings.postgres, self._tell)

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
        if self._publisher:
            self._open(partition, self._publisher)

    async def leave(self, partition: int) -> None:
        """End with a partition in good order: bring to Kafka what was heard, acknowledge it, hang up."""
        if not self.able:
            self._resting_until = clock.ticks() + REST_SECONDS
        ward = self._wards.get(partition)
        if ward and self._publisher:
            ward.rest()
            await self._settled(ward, self._publisher)
        self.lose(partition)

    def lose(self, partition: int) -> None:
        """End with a partition at once; the broker gives what is not acknowledged to whoever comes."""
        self._held.discard(partition)
        self._close(partition)
        self._counts.forget(partition)

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
                    await self._serve(publisher, RawView(producer, self._settings.kafka, self._trail))
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
        self._counts.tell(self._acknowledge)
        waiting_for = max((ward.waiting_for for ward in self._wards.values()), default=0.0)
        self._tell_readiness(waiting_for)
        if waiting_for < PATIENCE_SECONDS:  # else they would heap up before a Kafka that hangs
            self._tell(self.directory.due())

    def _tell_readiness(self, waiting_for: float) -> None:
        # An idempotent producer tries for ever, so a dead Kafka may never show as a failed send.
        metrics.waiting_seconds.set(waiting_for)
        metrics.unacknowledged.set(sum(ward.held for ward in self._wards.values()))
        if waiting_for >= PATIENCE_SECONDS:
            self._life.set_ready(False, "kafka does not take records")
            return
        if all(ward.heard for ward in self._wards.values()):
            self._well_at = clock.ticks()
        whole = self._sure_until > 0 and all(ward.whole for ward in self._wards.values())
        self._life.set_ready(whole, "" if whole else "no MQTT session for a part of the homes")

    def _open(self, partition: int, publisher: Publisher) -> None:
        # Detectors must know the homes before the first reading. No sign of life before we can hear a home.
        publisher.tell(home for home in self.directory.known.values() if _place(home) == partition)
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
        intake = take_in(message, self.directory.known, self._limits, self._learned)
        _measure(intake)
        self._trail.note(message, intake)
        if self._publisher is None:  # nothing is heard before there is one
            return Ticket(left=1)
        return self._publisher.put(intake, backlog=topics.is_late(message.topic))

    def _acknowledged(self, ticket: Ticket) -> None:
        home_id, mark = ticket.home_id, ticket.mark
        if home_id is None or mark is None:
            return
        noted = self._counts.note(home_id, mark)
        if noted.stuck:
            metrics.gaps.inc()
            log.warning("gateway_count_stuck", home_id=home_id, session=mark.session)
        if noted.lost:
            metrics.lost.inc(noted.lost)
            log.error("gateway_messages_lost", home_id=home_id, session=mark.session, messages=noted.lost)
            if self._publisher:
                reading = lost_reading(home_id, mark, noted.lost, now=clock.now())
                self._publisher.put(Intake(readings=(reading,), home_id=home_id))

    def _acknowledge(self, home_id: HomeId, said: Acknowledgement) -> bool:
        return self._say(home_id, topics.acknowledgement(home_id), msgspec.json.encode(said))

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
    bridge = Bridge(settings, life)
    async with pooled(settings.postgres) as pool, asyncio.TaskGroup() as tasks:
        share = Share(LeaseStore(pool, settings.ingest.name or gethostname()), bridge, life)
        sharing = tasks.create_task(share.keep())
        running = [tasks.create_task(bridge.directory.follow(HomeStore(pool))), tasks.create_task(bridge.run())]
        await life.stopping.wait()
        sharing.cancel()
        await bridge.wind_down()
        await share.end()
        for task in running:
            task.cancel()


def _place(home: WatchedHome) -> int:
    return partition_of(home.home_id, partitions=PARTITIONS)


def _measure(intake: Intake) -> None:
    if not intake.readings and not intake.refusals:
        metrics.ignored.inc()
    for reading in intake.readings:
        if isinstance(reading.value, Heartbeat) and not reading.late and not reading.clock_doubted:
            offset = reading.received_at - reading.observed_at
            metrics.clock_offset_seconds.observe(offset.total_seconds())


async def _happens(event: asyncio.Event, *, within: float) -> None:
    try:
        async with asyncio.timeout(within):
            await event.wait()
    except TimeoutError:
        return
