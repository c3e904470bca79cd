"""Whatever a gateway sends, it gets a reason of its own in `readings.refused`, and the stream goes on."""

import json
import urllib.request
from collections.abc import Mapping

import pytest

from contracts import Refusal, decode, shard_of
from contracts.topics import REFUSED
from runtime.kafka import consuming
from tests.journey.town import Town, town
from tests.until import until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]


def _reading(**fields: object) -> bytes:
    return json.dumps({"readings": [{"sensor": "x", "value": {"kind": "motion", "active": True}} | fields]}).encode()


def bad_inputs(home: str, other: str) -> Mapping[str, tuple[str, bytes]]:
    topic = f"home/{shard_of(home):02x}/{home}/native/readings"
    claim = {"home": other, "readings": []}
    return {
        "not_json": (topic, b'{"readings": [{"sensor"'),
        "wrong_shape": (topic, _reading(value={"kind": "motion", "active": "perhaps"})),
        "nothing_we_know": (topic, _reading(value={"kind": "telepathy"})),
        "too_large": (topic, b" " * (1 << 20)),
        "unknown_home": (f"home/{shard_of('h-ghost'):02x}/h-ghost/native/readings", _reading()),
        "another_home": (topic, json.dumps(claim).encode()),
        "wrong_shard": (f"home/{(shard_of(home) + 1) % 16:02x}/{home}/native/readings", _reading()),
        "unknown_dialect": (f"home/{shard_of(home):02x}/{home}/klingon/readings", _reading()),
        "time_too_old": (topic, _reading(at="1970-01-01T00:00:00Z")),
        "time_in_future": (topic, _reading(at="2099-01-01T00:00:00Z")),
        "time_unreadable": (topic, _reading(at="yesterday")),
        "not_text": (topic, bytes(range(128, 256)) * 8),
    }


async def test_each_bad_input_has_its_own_reason_and_the_stream_goes_on() -> None:
    async with town(2) as here:
        home, other = (each.home_id for each in here.homes)
        inputs = bad_inputs(home, other)
        for topic, payload in inputs.values():
            here.publish(topic, payload)
        here.press(home)
        refusals = await _refused(here, len(inputs))
        assert sorted(refusal.reason for refusal in refusals) == sorted(inputs)
        kept = {str(refusal.reason) for refusal in refusals if refusal.kept}
        assert {"time_too_old", "time_in_future"} <= kept
        assert all(len(refusal.payload) <= 512 for refusal in refusals)
        await until(lambda: here.pushes_for(home), within=15, what="the push of the press behind them")
        _counted(here, inputs)


async def _refused(here: Town, count: int) -> list[Refusal]:
    refusals: list[Refusal] = []
    async with consuming(here.settings.kafka, REFUSED, group=None) as consumer:

        async def complete() -> bool:
            batches = await consumer.getmany(timeout_ms=200)
            refusals.extend(decode(record.value, Refusal) for batch in batches.values() for record in batch)
            return len(refusals) >= count

        await until(complete, within=20, what=f"{count} refusals")
    return refusals


def _counted(here: Town, inputs: Mapping[str, object]) -> None:
    with urllib.request.urlopen(f"{here.running['ingest'].probe_url}/metrics", timeout=5) as answer:
        metrics = answer.read().decode()
    for reason in inputs:
        lines = [line for line in metrics.splitlines() if f'reason="{reason}"' in line and "_created" not in line]
        assert any(float(line.rsplit(" ", 1)[1]) >= 1 for line in lines), f"no counter for {reason}"
