"""What the bridge learns from what it hears, and tells the gateway of it."""

import json
from datetime import datetime, timedelta

from psycopg_pool import AsyncConnectionPool

from contracts import HomeId, Reading
from ingest.bridge.live import Directory
from ingest.bridge.stream import Hearing
from ingest.postgres import DeclarationStore, Words
from runtime.settings import Ingest, Postgres
from tests.ingest.messages import NOON, a_message
from tests.ingest.street import a_watched_home

HOME = HomeId("h-0001")
SLOW = timedelta(hours=3)


class Gateway:
    """The gateway of a home whose clock is off, and what it was told."""

    def __init__(self) -> None:
        directory = Directory(Postgres(), lambda homes: None)
        directory.known = {HOME: a_watched_home(HOME)}
        # Nobody declares anything here, so the pool is never opened.
        words = Words(DeclarationStore(AsyncConnectionPool(open=False)), lambda partition: None)
        self.hearing = Hearing(Ingest(), directory, words, self._heard)
        self.told: list[tuple[str, float]] = []

    def _heard(self, home_id: HomeId, topic: str, payload: bytes) -> bool:
        self.told.append((topic, json.loads(payload)["offset_seconds"]))
        return True

    def beat(self, at: datetime, *, behind: timedelta, backlog: bool = False) -> Reading:
        value = '{"kind":"heartbeat"}'
        body = f'{{"readings":[{{"sensor":"gateway","at":"{(at - behind).isoformat()}","value":{value}}}]}}'
        (reading,) = self.hearing.hear(a_message(body, at=at), backlog=backlog).readings
        return reading


async def test_a_gateway_is_told_what_its_clock_is_off_by_and_its_times_are_corrected() -> None:
    gateway = Gateway()
    beats = [gateway.beat(NOON + timedelta(minutes=minute), behind=SLOW) for minute in range(5)]
    assert [beat.clock_offset_seconds for beat in (beats[0], beats[-1])] == [0, SLOW.total_seconds()]
    assert beats[-1].observed_at == NOON + timedelta(minutes=4)
    gateway.hearing.tell()
    gateway.hearing.tell()
    assert gateway.told == [("cmd/h-0001/clock", SLOW.total_seconds())]


async def test_a_gateway_whose_clock_is_right_is_told_nothing_of_it() -> None:
    gateway = Gateway()
    for minute in range(5):
        gateway.beat(NOON + timedelta(minutes=minute), behind=timedelta(milliseconds=200))
    gateway.hearing.tell()
    assert gateway.told == []


async def test_a_backlog_teaches_nothing_of_a_clock() -> None:
    gateway = Gateway()
    for minute in range(5):
        gateway.beat(NOON + timedelta(minutes=minute), behind=SLOW, backlog=True)
    gateway.hearing.tell()
    assert gateway.told == []
