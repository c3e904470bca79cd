"""What history recorded is read back as the readings that they were, whatever they say."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from contracts import HomeId, Value
from contracts.values import (
    Battery,
    ButtonAction,
    CarbonMonoxide,
    CheckAnswer,
    Contact,
    DeviceStatus,
    GatewayStatus,
    Heartbeat,
    HelpButton,
    Motion,
    Temperature,
    VitalSigns,
    Voice,
)
from detectors.replay import postgres as door
from history.recording.batch import Place, Source, batch_of
from history.recording.postgres import Writer
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.history.things import NOON, a_batch, a_reading, a_record

MINUTE = timedelta(minutes=1)
HOME = HomeId("h-0001")
VALUES: tuple[Value, ...] = (
    Motion(active=True),
    Contact(open=False),
    HelpButton(action=ButtonAction.RELEASED),
    Voice(answer=CheckAnswer.FINE),
    CarbonMonoxide(active=False, ppm=30.0),
    Temperature(celsius=-3.5),
    VitalSigns(heart_per_minute=61.0, breath_per_minute=14.0),
    Battery(percent=None, low=True),
    Battery(percent=7.0),
    GatewayStatus(online=False, session=7),
    GatewayStatus(online=None, mains=True),
    DeviceStatus(online=True),
    Heartbeat(),
)


def test_gaps_in_which_nobody_was_heard_are_our_own_deafness() -> None:
    heard = [NOON, NOON + MINUTE, NOON + 9 * MINUTE]
    assert door.gaps(heard, NOON, NOON + 10 * MINUTE) == [(NOON + 2 * MINUTE, NOON + 9 * MINUTE)]
    assert door.gaps([], NOON, NOON + MINUTE) == []


@pytest.fixture
async def pool(postgres: Postgres) -> AsyncIterator[Pool]:
    async with pooled(postgres) as pool:
        await Writer(pool).keep()
        yield pool


@pytest.mark.door
async def test_history_is_read_back_in_the_order_in_which_it_came(pool: Pool) -> None:
    readings = [a_reading(value=value, at=NOON + MINUTE * number) for number, value in enumerate(VALUES)]
    stored = replace(a_reading(at=NOON - MINUTE, number=9), received_at=NOON + timedelta(hours=1), late=True)
    batch = batch_of([a_record(a_batch(*readings, stored, a_reading("h-0002")))])
    writer = Writer(pool)
    await writer.write(batch, await writer.offsets([Place(Source.READINGS, 0)]))
    days = [day async for day in door.spans(pool, [HOME], NOON, NOON + timedelta(days=2))]
    assert [reading for day in days for reading in day] == [*readings, stored]
    early = [day async for day in door.spans(pool, [HOME], NOON, NOON + 3 * MINUTE)]
    assert early == [readings[:3]]
    assert await door.deaf_between(pool, NOON, NOON + timedelta(hours=1)) == []
