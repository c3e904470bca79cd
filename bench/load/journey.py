"""One size of a city on the whole stack: how it is watched, and how its loads are carried out."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import psycopg
from aiokafka import AIOKafkaConsumer

from bench.alerts.provider import Calls
from bench.load.flow import Flow
from bench.load.processes import Used, used
from bench.load.samples import Moment, labelled, value_of
from bench.load.stand import Stand
from contracts import Finding, Hazard, HomeId, Phase, decode
from contracts.topics import FINDINGS
from deploy.embedded.stack import Running
from runtime import clock
from runtime.kafka import consuming

_LOOK_SECONDS: Final = 0.5


@dataclass(kw_only=True)
class Journey:
    """A running city. Mutable: it grows with every look."""

    stand: Stand
    running: Mapping[str, Running]
    flow: Flow
    calls: Calls
    homes: int
    own_pid: int
    moments: list[Moment] = field(default_factory=list)
    #: When each home's press was found.
    found: dict[str, float] = field(default_factory=dict)
    #: What else was found, by kind.
    others: dict[str, int] = field(default_factory=dict)

    def processes(self) -> dict[str, Used]:
        """Look at every process: the services, the servers, the generator and ourselves."""
        services = {name: service.pid for name, service in self.running.items()}
        ours = {"generator": self.flow.pid, "measuring": self.own_pid}
        everybody = {**services, **self.stand.servers, **ours}
        # All of them are our own children.
        return {name: used(pid, children=pid != self.own_pid) for name, pid in everybody.items()}

    async def look(self) -> Moment:
        """Ask every service how far it is."""
        names = ("ingest", "detectors", "history")
        told = await asyncio.gather(*(asyncio.to_thread(self.running[name].metrics) for name in names))
        ingest, detectors, history = told
        said = self.flow.said
        moment = Moment(
            at=clock.ticks(),
            said=said.said,
            taken=said.acknowledged,
            heard=int(value_of(ingest, "dolbom_ingest_messages_total")),
            published=int(value_of(ingest, "dolbom_ingest_readings_total")),
            judged=int(value_of(detectors, "dolbom_detectors_readings_total")),
            stored=int(labelled(history, "dolbom_history_rows_total", 'source="readings"')),
            bridge_seconds=value_of(ingest, "dolbom_ingest_waiting_seconds"),
            detectors_seconds=value_of(detectors, "dolbom_detectors_lag_seconds"),
            history_seconds=value_of(history, "dolbom_history_lag_seconds"),
            pauses=int(value_of(ingest, "dolbom_ingest_pauses_total")),
        )
        self.moments.append(moment)
        return moment

    async def watched(self, load: asyncio.Task[None]) -> list[Moment]:
        """Look again and again until a load is carried out."""
        since = len(self.moments)
        while not load.done():
            await self.look()
            await asyncio.wait([load], timeout=_LOOK_SECONDS)
        await load
        return self.moments[since:]

    async def drained(self, *, within: float, say: Callable[[str], None]) -> list[Moment]:
        """Look until nothing waits any more, or for so long."""
        moments = [await self.look()]
        while moments[-1].behind and moments[-1].at - moments[0].at < within:
            say(f"{moments[-1].behind:,} readings still wait")
            await asyncio.sleep(_LOOK_SECONDS)
            moments.append(await self.look())
        return moments

    async def hear_findings(self, ear: AIOKafkaConsumer) -> None:
        """Note when each press was found, and what else was."""
        while True:
            for records in (await ear.getmany(timeout_ms=100)).values():
                at = clock.ticks()
                for record in records:
                    self._hear(decode(record.value, Finding), at)

    def _hear(self, finding: Finding, at: float) -> None:
        if finding.hazard is Hazard.HELP:
            self.found.setdefault(finding.home_id, at)
        elif finding.phase is Phase.BEGAN:
            self.others[finding.kind] = self.others.get(finding.kind, 0) + 1

    def pushed_at(self, home: str) -> float | None:
        """Tell when somebody was first called for a home's press."""
        return self.calls.first.get((HomeId(home), Hazard.HELP))

    async def rows(self) -> tuple[int, int]:
        """Count the readings and the cases that the database holds."""
        async with await psycopg.AsyncConnection.connect(self.stand.settings.postgres.dsn.reveal()) as connection:
            row = await (await connection.execute(_COUNT)).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    async def stored_bytes(self) -> "Stored":
        """Ask the database what it holds on the disk, and how much it has written ahead."""
        async with await psycopg.AsyncConnection.connect(self.stand.settings.postgres.dsn.reveal()) as connection:
            row = await (await connection.execute(_BYTES)).fetchone()
        return Stored(*(int(value) for value in row)) if row else Stored(0, 0, 0, 0)


@dataclass(frozen=True)
class Stored:
    """Bytes in PostgreSQL."""

    #: Of the readings: rows, and their index.
    reading_rows: int
    reading_index: int
    database: int
    #: Written ahead since the server was made.
    wal: int


@asynccontextmanager
async def hearing(journey: Journey) -> AsyncIterator[None]:
    """Hear findings meanwhile."""
    async with consuming(journey.stand.settings.kafka, FINDINGS, group=None) as ear:
        listening = asyncio.create_task(journey.hear_findings(ear))
        try:
            yield
        finally:
            listening.cancel()


_COUNT: Final = """
    select (select count(*) from reading), (select count(*) from alert where hazard = 'help')
"""
_BYTES: Final = """
    select coalesce(sum(pg_table_size(inhrelid)), 0), coalesce(sum(pg_indexes_size(inhrelid)), 0),
        pg_database_size(current_database()), pg_current_wal_lsn() - '0/0'::pg_lsn
    from pg_inherits where inhparent = 'reading'::regclass
"""
