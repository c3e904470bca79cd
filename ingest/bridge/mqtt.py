"""The sessions of one partition: each is connected again when it is lost, and none waits for another."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final

import structlog

from contracts import shard_of
from contracts.topics import PARTITIONS
from ingest import metrics, topics
from ingest.mqtt import BrokerAway, Connection, Forget, Hear
from ingest.ticket import Ticket, nobody
from runtime import clock
from runtime.settings import Settings

log = structlog.get_logger()

#: A lost session is taken up again after so long.
_AGAIN_SECONDS: Final = 0.5
#: The same while no lease says that it is ours: whoever took it meanwhile gets time to be seen.
_DOUBTFUL_SECONDS: Final = 5.0
#: Lost once more within so long while no lease says that it is ours, it is somebody else's; but if there is nobody
#: else after all, the homes must not wait for the database.
_CONTESTED_SECONDS: Final = 60.0
#: Who takes a partition over takes its sessions within so long.
_AT_ONCE_SECONDS: Final = 1.0


class Ward:
    """Holds a connection for each session of a partition, until it is left or somebody else has taken it over."""

    def __init__(
        self,
        partition: int,
        settings: Settings,
        *,
        hear: Hear,
        acknowledged: Forget,
        lost: Callable[[int], None],
        ours: Callable[[], bool],
    ) -> None:
        self.partition = partition
        self._settings = settings
        self._hear = hear
        self._acknowledged = acknowledged
        self._lost = lost
        #: Tells whether the lease is still in force, as far as the database could be asked.
        self._ours = ours
        self._doubted_at = -2 * _CONTESTED_SECONDS
        self._sessions = topics.sessions_of(partition)
        self._connections: dict[str, Connection] = {}
        self._keeping = [asyncio.create_task(self._keep(session)) for session in self._sessions]
        #: Another bridge goes on with our sessions: nothing of it is ours until a lease says so again.
        self.taken_over = asyncio.Event()

    @property
    def heard(self) -> bool:
        """Tell whether every gateway of the partition can be heard now."""
        return all(self._up(session) for session in self._sessions if not session.late)

    @property
    def whole(self) -> bool:
        """Tell whether what comes late can be heard too."""
        return all(self._up(session) for session in self._sessions)

    @property
    def held(self) -> int:
        """Tell how many messages the broker still keeps for us."""
        return sum(connection.held for connection in self._connections.values())

    @property
    def waiting_for(self) -> float:
        """Tell for how many seconds the oldest live message has waited for Kafka; a backlog waits by design."""
        return max((connection.waiting_for for connection in self._live()), default=0.0)

    @property
    def waits(self) -> bool:
        """Tell whether something that was heard live is not acknowledged yet."""
        return any(connection.held for connection in self._live())

    def _live(self) -> Iterator[Connection]:
        for session in self._sessions:
            if not session.late and (connection := self._connections.get(session.suffix)):
                yield connection

    def turn(self) -> None:
        """Keep the connections alive, to be called once a second; raise what ended one of them for a fault of ours."""
        for task in self._keeping:
            if task.done() and not task.cancelled():
                task.result()
        for connection in self._connections.values():
            connection.turn()

    def say(self, home_id: str, topic: str, payload: bytes) -> bool:
        """Publish to a home's gateway over its shard's session; answer whether there was one."""
        connection = self._connections.get(f"{shard_of(home_id):02x}")
        if connection is None or connection.down.is_set():
            return False
        connection.say(topic, payload)
        return True

    def rest(self) -> None:
        """Hear nothing more; what has been heard can still be acknowledged."""
        for connection in self._connections.values():
            connection.rest()

    def leave(self) -> None:
        """End the sessions' connections; the broker keeps what is not acknowledged, for whoever comes."""
        for task in self._keeping:
            task.cancel()
        for connection in self._connections.values():
            connection.drop()
        self._connections.clear()
        self._lost(self.partition)

    def _up(self, session: topics.Session) -> bool:
        connection = self._connections.get(session.suffix)
        return connection is not None and connection.up.is_set() and not connection.down.is_set()

    async def _keep(self, session: topics.Session) -> None:
        """Hold one session."""
        while not self.taken_over.is_set():
            connection = self._connections[session.suffix] = connect(
                self._settings, session, hear=self._hear, acknowledged=self._acknowledged
            )
            try:
                await connection.open()
                await connection.down.wait()
            except BrokerAway as away:
                log.warning("mqtt_not_reached", session=session.suffix, reason=str(away))
            finally:
                connection.drop()
            self._lost(self.partition)
            await self._pause(connection)

    async def _pause(self, lost: Connection) -> None:
        """Wait before a session is taken up again."""
        if lost.taken_over:
            self.taken_over.set()
        for _ in range(int(self._patience(lost) / _AGAIN_SECONDS)):
            with suppress(TimeoutError):
                async with asyncio.timeout(_AGAIN_SECONDS):
                    await self.taken_over.wait()
            if self._ours() or self.taken_over.is_set():
                return

    def _patience(self, lost: Connection) -> float:
        """Tell how long to wait: long, when somebody else may go on with the session.

        A broker that ends a connection may not say why, so the lease decides. While the database is away it cannot:
        then we try once more, later than the one who took over would, and keep away when we lose it again.
        """
        if self._ours():
            return _AGAIN_SECONDS
        since, now = clock.ticks() - self._doubted_at, clock.ticks()
        if not lost.up.is_set():
            return _DOUBTFUL_SECONDS
        if _AT_ONCE_SECONDS < since < _CONTESTED_SECONDS + _DOUBTFUL_SECONDS:
            log.warning("session_contested", partition=self.partition)
            self._doubted_at = now
            return _CONTESTED_SECONDS
        if since >= _AT_ONCE_SECONDS:
            self._doubted_at = now
        return _DOUBTFUL_SECONDS


def connect(
    settings: Settings, session: topics.Session, *, hear: Hear, acknowledged: Forget, window: int = 0
) -> Connection:
    """Make the connection of a session, not opened yet."""
    mqtt = replace(settings.mqtt, client_id=client_id(settings, session))
    return Connection(
        mqtt,
        session.filters,
        window=window or settings.ingest.window,
        hear=hear,
        acknowledged=acknowledged,
        # A backlog is held up by design; a full window of the present says that Kafka is slower than the homes.
        full=nobody if session.late else metrics.pauses.inc,
    )


def client_id(settings: Settings, session: topics.Session) -> str:
    """Name a session to the broker: the same whoever holds it, so that the broker lets only one have it."""
    return f"{settings.mqtt.client_id}-{session.suffix}"


async def prepare(settings: Settings, *, end_former: bool = False) -> int:
    """Create all sessions, so that nothing that gateways say before the first start is lost; answer how many.

    `end_former` ends the session of earlier releases, with all that it holds: what its bridge did not bring to Kafka
    must be in the new sessions already.
    """
    sessions = [session for partition in range(PARTITIONS) for session in topics.sessions_of(partition)]
    await asyncio.gather(*(_create(settings, session) for session in sessions))
    if end_former:
        await _end_former(settings)
    return len(sessions)


async def _create(settings: Settings, session: topics.Session) -> None:
    # Messages may come as soon as the session is there; a ticket that stays open leaves them with the broker.
    connection = connect(settings, session, window=1, hear=lambda message: Ticket(left=1), acknowledged=_nobody)
    try:
        await connection.open()
    finally:
        connection.drop()


async def _end_former(settings: Settings) -> None:
    """Nobody would hear it again, and it would queue for ever."""
    former = Connection(settings.mqtt, (), window=1, hear=lambda message: Ticket(left=1), acknowledged=_nobody)
    try:
        await former.open(forget=True)
    finally:
        former.drop()


def _nobody(ticket: Ticket) -> None:
    """Count nothing."""
