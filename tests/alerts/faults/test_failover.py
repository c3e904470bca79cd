"""The database's machine is lost in the midst of a flood, and its standby takes over."""

import asyncio
import os
import sys
from functools import partial
from pathlib import Path

import pytest

from runtime import clock
from runtime.postgres import migrate
from runtime.settings import Kafka
from tests.alerts.faults.flow import cries, homes_of, reached, tell_all
from tests.alerts.faults.standby import a_pair
from tests.alerts.faults.tally import tally
from tests.alerts.receiver import receiving
from tests.alerts.running import environ_of, running, with_home
from tests.until import until

LONG = bool(os.environ.get("DOLBOM_RUN_LONG"))
COUNT = 600 if LONG else 60
#: Nothing takes writes for so long; then everybody must find the other within moments, however often they have tried.
DOWN_SECONDS = 45 if LONG else 2

pytestmark = [pytest.mark.door, pytest.mark.timeout(900 if LONG else 240)]


async def test_a_primary_that_dies_while_people_are_called_loses_no_alert_and_calls_nobody_twice(
    server_folder: Path, kafka: Kafka, tmp_path: Path
) -> None:
    """Two workers, cases that open and calls that go out: killed, promoted, and found by the same address."""
    async with receiving() as receiver:
        with a_pair(server_folder) as pair:
            postgres = pair.settings
            await migrate(postgres)
            await with_home(postgres, *homes_of(COUNT, receiver.url))
            await until(lambda: asyncio.to_thread(pair.in_step), within=30, what="commits wait for the standby")
            told = cries(COUNT)
            environ = environ_of(postgres, kafka)
            async with running(tmp_path, environ), running(tmp_path, environ, "alerts-2"):
                flow = asyncio.create_task(tell_all(kafka, told, per_second=COUNT / 10))
                await until(partial(receiver.has, COUNT // 3), within=60, what="calls in their midst")
                failed_at, pushed = clock.ticks(), len(receiver.got)
                await asyncio.to_thread(pair.lose_primary)
                await until(partial(reached, failed_at + DOWN_SECONDS), within=60, what="somebody promotes the standby")
                await asyncio.to_thread(pair.promote)
                promoted = clock.ticks() - failed_at
                await until(lambda: receiver.has(pushed + COUNT // 10), within=60, what="calls by the new primary")
                sys.stderr.write(f"promoted after {promoted:.1f} s, calls again {clock.ticks() - failed_at:.1f} s\n")
                await flow
                await tally(postgres, receiver, told, what="failover to a standby", within=120)
