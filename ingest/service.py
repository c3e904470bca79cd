"""The bridge: knows the homes, hears their gateways, publishes, and starts over when either side fails."""

import asyncio
from datetime import timedelta
from typing import Final

import msgspec
import psycopg
import structlog

from contracts import HomeId, WatchedHome
from contracts.values import Heartbeat
from homes.postgres import HomeStore, changes
from ingest import metrics, topics
from ingest.directory import differences, farewell, retold
from ingest.files import load_profiles
from ingest.intake import Intake, Limits, take_in
from ingest.kafka import Publisher
from ingest.learned import Learned
from ingest.message import GatewayMessage
from ingest.mqtt import BrokerAway, Connection
from ingest.progress import Progress
from ingest.ticket import Ticket
from runtime import clock
from runtime.kafka import create_topics, producing
from runtime.lifecycle import Life
from runtime.postgres import migrate, pooled
from runtime.settings import BadSettings, Settings, name_of

log = structlog.get_logger()

#: Every partition hears from us so often, so that detectors can tell our deafness from a gateway's silence.
TICK_SECONDS: Final = 5
#: A message that waits longer for Kafka means that we are not doing our work.
PATIENCE_SECONDS: Final = 5.0
#: A stop waits so long for what is under way to Kafka.
WIND_DOWN_SECONDS: Final = 1.0
#: The broker gets so long to read our last acknowledgements.
FAREWELL_SECONDS: Final = 0.1


class Bridge:
    """One session with the broker and one producer at a time."""

    def __init__(self, settings: Settings, life: Life) -> None:
        self._settings = settings
        self._life = life
        self._limits = Limits(
            largest_payload_bytes=settings.ingest.largest_payload_bytes,
            late_after=timedelta(seconds=settings.ingest.late_after_seconds),
        )
        self._learned = Learned(profiles=load_profiles(settings.ingest.profiles))
        self._homes: dict[str, WatchedHome] = {}
        self._progress: dict[HomeId, Progress] = {}
        self._news: set[HomeId] = set()
        #: The last minute since 1970 whose homes were told again.
        self._retold = 0
        self._publisher: Publisher | None = None
        self._connection: Connection | None = None
        #: The homes are known; before that every home would be refused as unknown.
        self.loaded = asyncio.Event()

    async def follow(self, store: HomeStore) -> None:
        """Keep the homes fresh, for ever."""
        while True:
            try:
                async for home_id in changes(self._settings.postgres):
                    await self._refresh(store, home_id)
            except psycopg.OperationalError as error:
                log.warning("homes_not_loaded", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _refresh(self, store: HomeStore, home_id: HomeId | None) -> None:
        if home_id is None:
            loaded = await store.all_watched()
            self._tell(differences(self._homes, loaded))
            self._know({home.home_id: home for home in loaded})
            self.loaded.set()
            return
        others = {key: home for key, home in self._homes.items() if key != home_id}
        home, known = await store.watched(home_id), self._homes.get(home_id)
        if home is not None:
            self._tell([home] if home != known else [])
            self._know({**others, home_id: home})
        elif known is not None:
            self._tell([farewell(known)])
            self._know(others)

    def _know(self, homes: dict[str, WatchedHome]) -> None:
        self._homes = homes
        metrics.homes.set(len(homes))

    def _tell(self, changed: list[WatchedHome]) -> None:
        """Say in the stream what is watched; without a publisher the next one will say all of it."""
        log.info("homes_learned", homes=len(changed))
        if self._publisher and changed:
            self._publisher.tell(changed)

    async def run(self) -> None:
        """Publish for ever; after a failed send begin again with a new producer and a new connection."""
        await self.loaded.wait()
        while True:
            async with producing(self._settings.kafka) as producer:
                self._publisher = Publisher(
                    producer,
                    self._settings.kafka,
                    linger_seconds=self._settings.ingest.linger_milliseconds / 1000,
                    progressed=self._progressed,
                    partitions=_partitions(self._settings),
                )
                # Detectors must know the homes before the first reading. No sign of life before we can hear a home.
                self._publisher.tell(self._homes.values())
                self._retold = _minute()
                await self._publisher.settled()
                await self._listen(self._publisher)
                self._life.set_ready(False, "kafka does not take records")
                await self._publisher.given_up()
            await self._life.rest(0.5)

    async def _listen(self, publisher: Publisher) -> None:
        """Hold a connection to the broker until Kafka fails."""
        while not publisher.failed.is_set():
            self._connection = Connection(
                self._settings.mqtt,
                window=self._settings.ingest.window,
                hear=self._hear,
                acknowledged=self._acknowledged,
            )
            try:
                await self._connection.open()
            except BrokerAway as away:
                log.warning("mqtt_not_reached", reason=str(away))
                self._life.set_ready(False, "no MQTT broker")
                await asyncio.sleep(0.5)
                continue
            await self._attend(self._connection, publisher)
            self._connection.drop()

    async def _attend(self, connection: Connection, publisher: Publisher) -> None:
        turns = 0
        while not (connection.down.is_set() or publisher.failed.is_set()):
            self._life.turned("bridge")
            connection.turn()
            self._tell_gateways(connection)
            self._tell_readiness(connection.waiting_for)
            if connection.waiting_for < PATIENCE_SECONDS:  # else they would heap up before a Kafka that hangs
                self._tell_again(publisher)
            if turns % TICK_SECONDS == 0:
                publisher.tick()
            turns += 1
            await _first(connection.down, publisher.failed, within=1.0)

    def _tell_again(self, publisher: Publisher) -> None:
        """Say every home once an hour: whoever reads the stream from its oldest record must learn of all of them."""
        minute = _minute()
        if minute > self._retold:
            publisher.tell(retold(self._homes.values(), after=self._retold, until=minute))
            self._retold = minute

    def _tell_readiness(self, waiting_for: float) -> None:
        # An idempotent producer tries for ever, so a dead Kafka may never show as a failed send.
        metrics.waiting_seconds.set(waiting_for)
        taken = waiting_for < PATIENCE_SECONDS
        self._life.set_ready(taken, "" if taken else "kafka does not take records")

    def _hear(self, message: GatewayMessage) -> Ticket:
        intake = take_in(message, self._homes, self._limits, self._learned)
        _measure(intake)
        if self._publisher is None:  # nothing is heard before there is one
            return Ticket(left=1)
        return self._publisher.put(intake)

    def _progressed(self) -> None:
        if self._connection:
            self._connection.progressed()

    def _acknowledged(self, ticket: Ticket) -> None:
        """Count for the gateway what Kafka has, good or refused: neither has to be sent again."""
        home_id, mark = ticket.home_id, ticket.mark
        if home_id is None or mark is None or mark.session is None:
            return
        progress = self._progress.setdefault(home_id, Progress(session=mark.session, complete=mark.seq))
        before = progress.stuck
        progress.note(mark.session, mark.seq)
        if progress.stuck and not before:
            metrics.gaps.inc()
            log.warning("gateway_count_stuck", home_id=home_id, session=progress.session, missing=progress.complete + 1)
        self._news.add(home_id)

    def _tell_gateways(self, connection: Connection) -> None:
        for home_id in self._news:
            said = self._progress[home_id].acknowledgement()
            connection.say(topics.acknowledgement(home_id), msgspec.json.encode(said))
        self._news.clear()

    async def wind_down(self) -> None:
        """Stop hearing, bring to Kafka what was heard, acknowledge it, and leave."""
        connection, publisher = self._connection, self._publisher
        if connection is None or publisher is None:
            return
        connection.rest()
        try:
            async with asyncio.timeout(WIND_DOWN_SECONDS):
                await publisher.settled()
        except TimeoutError:
            log.warning("stopped_with_unacknowledged_messages")
        connection.progressed()
        # Mosquitto does not read what came just before the end of a connection; it would send all of it again.
        await asyncio.sleep(FAREWELL_SECONDS)
        connection.drop()


def check(settings: Settings) -> None:
    """Raise BadSettings when a partition is served in part, or a device profile cannot be used."""
    _partitions(settings)
    load_profiles(settings.ingest.profiles)


def _partitions(settings: Settings) -> frozenset[int]:
    partitions = topics.partitions_of(settings.mqtt.shards)
    if isinstance(partitions, str):
        raise BadSettings(f"{name_of('mqtt', 'shards')}: {partitions}")
    return partitions


async def main(life: Life, settings: Settings) -> None:
    """Run the bridge until the service stops."""
    await migrate(settings.postgres)
    await create_topics(settings.kafka)
    metrics.window.set(settings.ingest.window)
    bridge = Bridge(settings, life)
    async with pooled(settings.postgres) as pool, asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(bridge.follow(HomeStore(pool))), tasks.create_task(bridge.run())]
        await life.stopping.wait()
        await bridge.wind_down()
        for task in running:
            task.cancel()


async def prepare(settings: Settings) -> None:
    """Create the persistent session, so that nothing that gateways say before the first start is lost."""
    # Messages may come as soon as the session is there; a ticket that stays open leaves them with the broker.
    connection = Connection(
        settings.mqtt, window=1, hear=lambda message: Ticket(left=1), acknowledged=lambda ticket: None
    )
    await connection.open()
    connection.drop()


def _minute() -> int:
    return int(clock.now().timestamp()) // 60


def _measure(intake: Intake) -> None:
    if not intake.readings and not intake.refusals:
        metrics.ignored.inc()
    for reading in intake.readings:
        if isinstance(reading.value, Heartbeat) and not reading.late and not reading.clock_doubted:
            offset = reading.received_at - reading.observed_at
            metrics.clock_offset_seconds.observe(offset.total_seconds())


async def _first(*events: asyncio.Event, within: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
