"""What came of a flow of messages: counted, checked and printed."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from contracts import Reading
from tests.ingest.doors import Log
from tests.ingest.street import topic_of
from tests.until import until

MOTION = '{"kind":"motion","active":true}'


def a_message(seq: int, *, value: str = MOTION) -> bytes:
    return f'{{"session":3,"seq":{seq},"readings":[{{"sensor":"s-{seq}","value":{value}}}]}}'.encode()


def a_flow(homes: Sequence[str], count: int, *, begin: int = 0) -> list[tuple[str, bytes]]:
    return [(topic_of(homes[seq % len(homes)]), a_message(seq)) for seq in range(begin, begin + count)]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """A flow, as Kafka has it; the sequence is in the name of the sensor."""

    sent: int
    stored: int
    duplicates: int
    #: A message that was first written behind a later one of its home.
    inversions: int
    #: Copies of one message under different names.
    renamed: int

    @property
    def lost(self) -> int:
        return self.sent - self.stored


def told(line: str) -> None:
    """Say a figure; `pytest -rA` shows it."""
    sys.stdout.write(f"{line}\n")


async def tally(log: Log, sent: int, *, what: str, within: float = 60) -> Tally:
    """Wait until Kafka has everything, check it, and print it for the report."""

    async def complete() -> bool:
        return len({reading.sensor_id for reading in await numbered(log)}) >= sent

    await until(complete, within=within, what=f"{sent} messages in Kafka")
    counted = await count(log, sent)
    told(
        f"{what}: sent={counted.sent} stored={counted.stored} lost={counted.lost}"
        f" duplicates={counted.duplicates} inversions={counted.inversions}"
    )
    assert (counted.lost, counted.inversions, counted.renamed) == (0, 0, 0)
    return counted


async def numbered(log: Log) -> list[Reading]:
    """Take what is numbered; gateways also say that they live."""
    return [reading for reading in await log.readings() if reading.sensor_id.startswith("s-")]


async def count(log: Log, sent: int) -> Tally:
    highest: dict[str, int] = {}
    names: dict[str, set[str]] = {}
    copies = inversions = 0
    for reading in await numbered(log):
        copies += 1
        ids = names.setdefault(reading.sensor_id, set())
        if not ids:
            seq = int(reading.sensor_id.removeprefix("s-"))
            inversions += seq < highest.get(reading.home_id, -1)
            highest[reading.home_id] = max(seq, highest.get(reading.home_id, -1))
        ids.add(reading.reading_id)
    renamed = sum(len(ids) > 1 for ids in names.values())
    return Tally(sent=sent, stored=len(names), duplicates=copies - len(names), inversions=inversions, renamed=renamed)
