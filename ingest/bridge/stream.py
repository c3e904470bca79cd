"""What the bridge makes of a message beside its readings: what it learns from it, and what it says back."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import structlog

from contracts import HomeId, Reading
from contracts.values import Heartbeat
from ingest import metrics, topics
from ingest.bridge.live import Directory
from ingest.clocks import Clocks
from ingest.counts import Counts, lost_reading
from ingest.files import load_profiles
from ingest.intake import Intake, Limits, take_in
from ingest.learned import Learned
from ingest.message import GatewayMessage
from ingest.postgres import Words
from ingest.progress import Acknowledgement
from ingest.ticket import Ticket
from ingest.trail import Trail
from runtime import clock
from runtime.settings import Ingest

log = structlog.get_logger()

#: Says something to a home's gateway on a topic; answers whether there was a way.
Say = Callable[[HomeId, str, bytes], bool]


class Hearing:
    """Takes messages in, with all that is known of their senders."""

    def __init__(self, settings: Ingest, directory: Directory, words: Words, say: Say) -> None:
        self._limits = Limits(
            largest_payload_bytes=settings.largest_payload_bytes,
            late_after=timedelta(seconds=settings.late_after_seconds),
        )
        self._directory = directory
        self._words = words
        self._say = say
        self._counts = Counts()
        self._clocks = Clocks()
        #: The last messages of each home, for engineers.
        self.trail = Trail()
        # Both mappings stay the same and grow.
        self._learned = Learned(
            profiles=load_profiles(settings.profiles), declared=words.declared, clock_offsets=self._clocks.offsets
        )

    def hear(self, message: GatewayMessage, *, backlog: bool) -> Intake:
        """Make readings and refusals of a message, and learn from it."""
        intake = take_in(message, self._directory.known, self._limits, self._learned)
        self.trail.note(message, intake)
        if not intake.readings and not intake.refusals:
            metrics.ignored.inc()
        if not backlog:
            for reading in intake.readings:
                self._note(reading)
        if intake.home_id is not None and (intake.declared or intake.commands):
            self._answer(intake.home_id, intake, message)
        return intake

    def acknowledged(self, ticket: Ticket) -> Reading | None:
        """Count what Kafka has; answer what must be said in the stream of messages that are lost."""
        home_id, mark = ticket.home_id, ticket.mark
        if home_id is None or mark is None:
            return None
        noted = self._counts.note(home_id, mark)
        if noted.stuck:
            metrics.gaps.inc()
            log.warning("gateway_count_stuck", home_id=home_id, session=mark.session)
        if not noted.lost:
            return None
        metrics.lost.inc(noted.lost)
        log.error("gateway_messages_lost", home_id=home_id, session=mark.session, messages=noted.lost)
        return lost_reading(home_id, mark, noted.lost, now=clock.now())

    def tell(self) -> None:
        """Tell gateways what Kafka holds of theirs, and what their clocks are off by."""
        self._counts.tell(self._acknowledge)
        now = clock.now()
        for home_id, offset in self._clocks.news():
            said = {"offset_seconds": offset.total_seconds(), "now": now}
            self._say(home_id, topics.command(home_id, "clock"), msgspec.json.encode(said))

    def forget(self, partition: int) -> None:
        """Forget the homes of a partition that another bridge serves: it learns more than we do."""
        self._counts.forget(partition)
        self._clocks.forget(partition)
        self._words.leave(partition)

    def _acknowledge(self, home_id: HomeId, said: Acknowledgement) -> bool:
        return self._say(home_id, topics.acknowledgement(home_id), msgspec.json.encode(said))

    def _answer(self, home_id: HomeId, intake: Intake, message: GatewayMessage) -> None:
        if intake.declared:
            self._words.learn(home_id, intake.declared, message.received_at)
        for each in intake.commands:
            metrics.commands.inc()
            self._say(home_id, topics.command(home_id, each.topic), each.payload)

    def _note(self, reading: Reading) -> None:
        self._clocks.note(reading)
        if isinstance(reading.value, Heartbeat) and not reading.late and not reading.clock_doubted:
            offset = reading.received_at - reading.observed_at
            metrics.clock_offset_seconds.observe(offset.total_seconds())
