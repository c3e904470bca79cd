"""Many panels press while Kafka is pulled and hangs and the receiver is killed twice: each press is one press."""

import asyncio
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest

from contracts.topics import READINGS
from runtime.settings import Settings
from simulator.panel import Panel
from tests.ingest.dc09.doors import KEY, a_receiver, an_account, call, listening, now
from tests.ingest.doors import Log, a_log
from tests.ingest.proxy import a_cable
from tests.until import until

pytestmark = pytest.mark.door

PANELS = 20
PRESSES = 15


class Street:
    """Panels that say each press until it is acknowledged, by TCP and UDP in turn."""

    def __init__(self, settings: Settings, panel: Panel) -> None:
        self._settings = settings
        self._panel = panel
        self.acknowledged: set[tuple[int, int]] = set()

    async def lives(self, number: int) -> None:
        for seq in range(PRESSES):
            await self._presses(number, seq)
            self.acknowledged.add((number, seq))

    async def _presses(self, number: int, seq: int) -> None:
        message = b""
        for by in cycle(("tcp", "udp", "udp")):
            message = message or self._panel.says("ADM-CID", f"1101 00 {number + 1:03}", seq=seq, at=now())
            answer = await self._calls(message, by)
            word = self._panel.hears(answer) if answer else ""
            if word == "*ACK":
                return
            # A clock that was too far behind by now is set, as our answer asks for.
            message = b"" if word == "NAK" else message

    async def _calls(self, message: bytes, by: str) -> bytes:
        try:
            return await call(self._settings, message, by=by, within=1)
        except OSError:
            return b""

    async def reaches(self, share: float) -> None:
        await until(lambda: len(self.acknowledged) >= share * PANELS * PRESSES, within=60, what=f"{share:.0%} answered")


async def names_in(log: Log) -> set[str]:
    return {each.reading_id for each in await log.readings()}


async def test_every_press_is_answered_stored_and_named_once_whatever_breaks(
    settings: Settings, tmp_path: Path
) -> None:
    settings = listening(settings, frames_per_second=1e6)
    panel = await an_account(settings.postgres, "ABCD", key=KEY)
    with a_cable(int(settings.kafka.bootstrap.rpartition(":")[2])) as cable:
        behind = replace(settings, kafka=replace(settings.kafka, bootstrap=f"127.0.0.1:{cable.port}"))
        street = Street(settings, panel)
        async with asyncio.TaskGroup() as panels, a_log(settings.kafka, READINGS) as log:
            with a_receiver(behind, tmp_path) as receiver:
                await asyncio.to_thread(receiver.wait_ready)
                for number in range(PANELS):
                    panels.create_task(street.lives(number))
                await street.reaches(0.2)
                cable.pull()
                await until(lambda: not receiver.ready(), within=20, what="it says that it cannot work")
                cable.plug()
                await street.reaches(0.4)
            with a_receiver(behind, tmp_path) as receiver:
                await street.reaches(0.6)
                cable.hang()
                await until(lambda: not receiver.ready(), within=20, what="it says that it cannot work")
            cable.plug()
            with a_receiver(behind, tmp_path):
                await street.reaches(1.0)

                async def complete() -> bool:
                    return len(await names_in(log)) >= PANELS * PRESSES

                await until(complete, within=20, what="every press in Kafka")
                assert len(await names_in(log)) == PANELS * PRESSES == len(street.acknowledged)
