"""What arrived live between two moments, whatever the gateway's clock says."""

from datetime import datetime, timedelta

import msgspec
import pytest

from contracts import HomeId, Reading
from history.postgres import HistoryStore
from history.recording.batch import batch_of
from history.recording.postgres import Writer
from runtime.postgres import pooled
from runtime.settings import Postgres
from tests.history.things import NOON, a_batch, a_reading, a_record

pytestmark = pytest.mark.door


def arriving(at: datetime, *, seen: timedelta = timedelta(), late: bool = False) -> Reading:
    return msgspec.structs.replace(a_reading(at=at + seen), received_at=at, late=late)


async def test_a_wrong_clock_hides_nothing_that_arrived_and_late_readings_are_left_out(any_postgres: Postgres) -> None:
    minute = timedelta(minutes=1)
    slow = arriving(NOON + minute, seen=-4 * minute)
    fast = arriving(NOON + 2 * minute, seen=2 * minute)
    before = arriving(NOON - minute, seen=2 * minute)
    late = arriving(NOON + 3 * minute, seen=-50 * minute, late=True)
    async with pooled(any_postgres) as pool:
        writer = Writer(pool)
        await writer.keep()
        batch = batch_of([a_record(a_batch(slow, fast, before, late), 0)])
        await writer.write(batch, await writer.offsets(batch.ends))
        arrived = await HistoryStore(pool).arrived(HomeId("h-0001"), NOON, NOON + 5 * minute)
    assert arrived == [fast, slow]
