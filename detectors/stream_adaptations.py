"""What we change in Faust: exact places on assignment, short fetches, and direct delivery. For one version only."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Set
from pathlib import Path
from typing import Any, Final

import faust
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP

from runtime.kafka import tls_of
from runtime.settings import Detectors, Kafka

#: Everything here leans on inner parts of this version; the next one must be read anew.
WRITTEN_FOR: Final = "0.15.3"
#: Faust waits 1500 ms, and a seek queues behind that wait. The embedded broker looks for new records only every half of
#: the wait: a press that comes meanwhile stays there for so long. Kafka answers at once; an idle fetch costs little.
FETCH_WAIT_MS: Final = 20
_MESSAGES_BETWEEN_TURNS: Final = 100

Restore = Callable[[Set[TP]], Awaitable[Mapping[TP, int]]]


class AnotherFaust(Exception):
    """The installed Faust is not the one that these adaptations were written for."""


def check_version(installed: str) -> None:
    """Refuse a Faust that these adaptations were not written for."""
    if installed != WRITTEN_FOR:
        raise AnotherFaust(f"expected faust-streaming {WRITTEN_FOR}, got {installed}: read stream_adaptations anew")


class _PromptThread(AIOKafkaConsumerThread):
    """Fetches that do not keep a seek waiting."""

    logger = AIOKafkaConsumerThread.logger

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer


class _ExactConsumer(Consumer):
    """Begins where the restored state ends; the group's committed offset is only a hint."""

    logger = Consumer.logger
    #: The task that fetches.
    _drains: asyncio.Task[Any] | None = None

    def _new_consumer_thread(self) -> _PromptThread:
        return _PromptThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Restore the state of what was assigned, then seek to the first record that it has not seen."""
        if asyncio.current_task() is self._drains:
            # Faust's fetcher seeks back when it was stopped with records in hand. Whoever stopped it seeks exactly
            # before it goes on; a second restore beside that one has put the state of a former assignment in its place.
            return
        # Else a fetch under way delivers stale records around the seek (faust-streaming issue 596).
        self.stop_flow()
        transport: Any = self.transport
        await self.seek_exactly(await transport.restore(self.assignment()))

    async def seek_exactly(self, places: Mapping[TP, int]) -> None:
        """Go to these places, and forget what Faust believes to have read, acknowledged and skipped."""
        if not places:
            return
        await self.seek_wait(places)
        for place, offset in places.items():
            self._read_offset[place] = self._committed_offset[place] = offset or None
            for book in (self._acked, self._acked_index, self._gap):
                book.pop(place, None)

    async def _drain_messages(self, fetcher: Any) -> None:
        """Deliver as Faust does, but without its four tasks per record when nothing can block."""
        turn, self._drains = 0, asyncio.current_task()
        try:
            while not (self._stopped.is_set() or fetcher._stopped.is_set()):
                messages = self.getmany(timeout=1.0)
                await self.sleep(0)
                if self.should_stop:
                    continue
                async for place, message in messages:
                    turn = (turn + 1) % _MESSAGES_BETWEEN_TURNS
                    if not turn:
                        await asyncio.sleep(0)
                    read = self._read_offset[place]
                    if read is None or message.offset >= read:
                        await self._deliver(place, message)
        except self.consumer_stopped_errors:
            if not self.transport.app.should_stop:
                raise

    async def _deliver(self, place: TP, message: Any) -> None:
        topics: Any = self.app.topics
        channels = topics._tp_index.get(place)
        free = channels and all(not channel.queue.full() for channel in channels)
        if free and self.app.flow_control.is_active() and not self.suspend_flow.is_set():
            await self.callback(message)
        else:
            await self.wait_first(self.callback(message), self.suspend_flow.wait())
        self._read_offset[place] = message.offset


class _ExactTransport(Transport):
    Consumer = _ExactConsumer
    restore: Restore


def adapt(app: faust.App, restore: Restore) -> None:
    """Give an app our transport; `restore` answers where each partition goes on."""
    check_version(faust.__version__)
    transport = _ExactTransport(app.conf.broker_consumer, app, app.loop)
    transport.restore = restore
    app.transport = transport


def fetched_at(app: faust.App) -> float | None:
    """Tell when Kafka last answered a fetch, in seconds since 1970; None before the first answer."""
    return max((state.timestamp for state in _reads(app).values() if state.timestamp), default=0) / 1000 or None


def end_of(app: faust.App, place: TP) -> int | None:
    """Tell where a partition ends, as the last fetch said; None before the first, or when it is not ours."""
    state = _reads(app).get(place)
    return None if state is None else state.highwater


def _reads(app: faust.App) -> Mapping[TP, Any]:
    """Look at what the consumer's own thread reads now.

    The assignment is taken once: asked twice, as Faust's and aiokafka's own methods do, a rebalance in that other
    thread may come between, and its AssertionError would end a worker that is well.
    """
    consumer: Any = app.consumer
    reader = consumer._thread._consumer
    subscription = reader._subscription.subscription if reader else None
    assignment = subscription.assignment if subscription else None
    if assignment is None:
        return {}
    return {TP(place.topic, place.partition): assignment.state_value(place) for place in assignment.tps}


async def rewind(app: faust.App, places: Mapping[TP, int]) -> None:
    """Go back to where records were skipped."""
    consumer: Any = app.consumer
    consumer.stop_flow()
    app.flow_control.suspend()
    app.flow_control.clear()
    # The fetcher notices between two records; what it still delivers is dropped by its offset.
    await asyncio.sleep(0.1)
    await consumer.seek_exactly(places)
    app.flow_control.resume()
    consumer.resume_flow()


def app_of(kafka: Kafka, settings: Detectors) -> faust.App:
    """Make a worker of the group, with a session as short as the settings say and nothing kept by itself."""
    session, sealed = kafka.session_timeout_seconds, tls_of(kafka)
    folder = Path(settings.data_dir).absolute()
    # Faust makes the last part of it only.
    folder.mkdir(parents=True, exist_ok=True)
    return faust.App(
        kafka.topic_prefix + "detectors",
        broker=[f"kafka://{address}" for address in kafka.bootstrap.split(",")],
        broker_credentials=faust.SSLCredentials(context=sealed) if sealed else None,
        loop=asyncio.get_running_loop(),
        store="memory://",
        datadir=folder,
        autodiscover=False,
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        stream_wait_empty=False,
        stream_recovery_delay=0.0,
        broker_session_timeout=session,
        broker_heartbeat_interval=max(0.3, session / 6),
        broker_rebalance_timeout=session,
        broker_request_timeout=max(40.0, session * 2),
        broker_commit_interval=0.5,
        producer_acks=-1,
        consumer_max_fetch_size=4 << 20,
        consumer_auto_offset_reset="earliest",
        worker_redirect_stdouts=False,
    )
