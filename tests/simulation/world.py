"""A street in virtual time: lossy lines, a bridge and workers that crash, findings that get lost, come twice or late.

Everything that decides is the house's own; only the brokers and the crashes are played here, all from one seed.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from contracts import Finding, HomeId, Reading, ReadingBatch, SensorId, WatchedHome, partition_of
from contracts.topics import PARTITIONS
from contracts.values import Contact, Heartbeat, Motion, Occupancy
from detectors.checkpoints import CHUNKS, encode_chunk, key_of_chunk, restore, resume_offset
from detectors.partition import Partition
from homes.model import Home, watched_home
from ingest.files import load_profiles
from ingest.intake import Limits, take_in
from ingest.learned import Learned
from ingest.message import GatewayMessage
from simulator.dialects import GATEWAY, Message, dialect_of, spoken
from simulator.household import Household, Sighting, household_of, readings_between
from simulator.neighbourhood import neighbourhood
from tests.simulation.office import Office

NOON = datetime(2026, 3, 2, 3, tzinfo=UTC)  # noon in Seoul
STEP = timedelta(seconds=15)
BEAT = timedelta(seconds=60)
LEARNED = Learned(profiles=load_profiles())
LIMITS = Limits(largest_payload_bytes=262_144, late_after=timedelta(minutes=5))


@dataclass(frozen=True, kw_only=True)
class Span:
    """From a moment until another."""

    from_at: datetime
    until_at: datetime

    def holds(self, now: datetime) -> bool:
        return self.from_at <= now < self.until_at


@dataclass(kw_only=True)
class Gateway:
    """One home: what is still to be said, and what befalls its line and its resident."""

    household: Household
    down: Span | None = None
    #: Nobody moves from then on.
    still_from: datetime | None = None
    cries: list[Sighting] = field(default_factory=list)
    outbox: list[Message] = field(default_factory=list)
    seq: int = 0

    def live(self, before: datetime, now: datetime) -> None:
        """See what happens, and keep it until the broker has it. A cut gateway stores all but its heartbeats."""
        seen = [one for one in readings_between(self.household, before, now) if not self._too_still(one)]
        seen += [cry for cry in self.cries if before <= cry.at < now]
        cut = self.down is not None and self.down.holds(now)
        if not cut and now - before and (now - NOON) % BEAT < STEP:
            seen.append(Sighting(sensor_id=SensorId(GATEWAY), at=now, value=Heartbeat()))
        for sighting in sorted(seen, key=lambda one: one.at):
            self.seq += 1
            home, dialect = self.household.home_id, dialect_of(self.household)
            self.outbox += spoken(home, dialect, [sighting], session=1, seq=self.seq)

    def _too_still(self, sighting: Sighting) -> bool:
        if self.still_from is None or sighting.at < self.still_from:
            return False
        return isinstance(sighting.value, Motion | Contact | Occupancy)


@dataclass(kw_only=True)
class Worker:
    """One partition's detector: its state, what it has written, and findings that Kafka does not have yet."""

    partition: Partition = field(default_factory=lambda: Partition(restore({}), 0))
    written: dict[bytes, bytes] = field(default_factory=dict)
    unsent: list[Finding] = field(default_factory=list)
    rolled: int = 0

    def crash(self) -> None:
        """Forget everything that is not durable, and build it again."""
        chunks = restore(self.written)
        resume = resume_offset([chunk.offset for chunk in chunks], log_start=0)
        self.partition, self.unsent = Partition(chunks, resume), []

    def roll(self) -> list[Finding]:
        """Make the findings durable, and only then the next chunk."""
        sent, self.unsent = self.unsent, []
        self.written[key_of_chunk(self.rolled)] = encode_chunk(self.partition.chunks[self.rolled])
        self.rolled = (self.rolled + 1) % CHUNKS
        return sent


class World:
    """The whole from gateways to called people, driven step by step."""

    def __init__(self, seed: int, homes: int = 8, *, people_act: bool = False) -> None:
        self._people_act = people_act
        self.chance = Random(seed)
        street = neighbourhood(homes, seed=seed, webhook="http://127.0.0.1:9/push")
        self.homes: dict[HomeId, Home] = {home.home_id: home for home in street.homes}
        self.gateways = [Gateway(household=household_of(watched_home(home), seed=seed)) for home in street.homes]
        self.now = NOON
        self.deaf: Span | None = None
        self.office = Office(self.homes)
        self._broker: list[Message] = []
        self._log: list[list[ReadingBatch]] = [[] for _ in range(PARTITIONS)]
        self._workers = [Worker() for _ in range(PARTITIONS)]
        self._underway: list[tuple[datetime, Finding]] = []
        self._enrol()

    def run(self, until: datetime) -> None:
        """Let time pass."""
        while self.now < until:
            before, self.now = self.now, self.now + STEP
            for gateway in self.gateways:
                gateway.live(before, self.now)
                self._transmit(gateway)
            if self.deaf is None or not self.deaf.holds(self.now):
                self._bridge()
            for number, worker in enumerate(self._workers):
                self._detect(worker, self._log[number])
            self._deliver()
            self.office.look(self.now)
            if self._people_act:
                self.office.people_act(self.chance, self.now)

    def _transmit(self, gateway: Gateway) -> None:
        """Send in order: a lost message holds back what follows it, a lost acknowledgement makes it come again."""
        if gateway.down is not None and gateway.down.holds(self.now):
            return
        while gateway.outbox:
            if self.chance.random() < 0.05:
                return
            self._broker.append(gateway.outbox[0])
            if self.chance.random() < 0.05:
                return
            gateway.outbox.pop(0)

    def _bridge(self) -> None:
        """Publish what the broker holds; a crash between Kafka's answer and ours makes the broker say it again."""
        if self.chance.random() < 0.01:
            self._enrol()
        known: dict[str, WatchedHome] = {home_id: watched_home(home) for home_id, home in self.homes.items()}
        readings: list[list[Reading]] = [[] for _ in range(PARTITIONS)]
        for said in self._broker:
            message = GatewayMessage(topic=said.topic, payload=said.payload, received_at=self.now)
            taken = take_in(message, known, LIMITS, LEARNED)
            assert not [one for one in taken.refusals if not one.kept], taken.refusals
            for reading in taken.readings:
                readings[partition_of(reading.home_id, partitions=PARTITIONS)].append(reading)
        for number, some in enumerate(readings):
            self._log[number].append(ReadingBatch(batched_at=self.now, readings=tuple(some)))
        if self.chance.random() > 0.03:
            self._broker.clear()

    def _enrol(self) -> None:
        """The bridge starts: every home is told again on its partition."""
        for number in range(PARTITIONS):
            mine = [home for home in self.homes.values() if partition_of(home.home_id, partitions=PARTITIONS) == number]
            told = tuple(watched_home(home) for home in mine)
            self._log[number].append(ReadingBatch(batched_at=self.now, homes=told))

    def _detect(self, worker: Worker, log: list[ReadingBatch]) -> None:
        while worker.partition.next_offset < len(log):
            offset = worker.partition.next_offset
            worker.unsent += worker.partition.apply(log[offset], offset)
        if self.chance.random() < 0.01:
            worker.crash()
            return
        if self.chance.random() < 0.5:
            self._send(worker.roll())

    def _send(self, findings: list[Finding]) -> None:
        """Some findings get lost, some come twice, and some overtake others."""
        for finding in findings:
            for _ in range(self.chance.choices((0, 1, 2), (15, 70, 15))[0]):
                delay = timedelta(seconds=self.chance.choice((0, 0, 0, 20, 90)))
                self._underway.append((self.now + delay, finding))

    def _deliver(self) -> None:
        arrived = [finding for at, finding in self._underway if at <= self.now]
        self._underway = [(at, finding) for at, finding in self._underway if at > self.now]
        for finding in arrived:
            self.office.hear(finding, self.now)
        # The service dies after the effect and before the offset: it hears them all once more.
        if self.chance.random() < 0.05:
            self._underway += [(self.now + STEP, finding) for finding in arrived]
