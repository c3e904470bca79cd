"""A tiny contest of Dolbom alone, and of one that cannot run: no cry is lost, and the other says why."""

from dataclasses import replace

import pytest

from bench.versus.contest import contest
from bench.versus.dolbom import OURS
from bench.versus.report import shortfalls
from bench.versus.run import Plan
from bench.versus.telegraf import TELEGRAF

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def test_dolbom_is_killed_while_kafka_hangs_and_loses_no_cry() -> None:
    few = Plan(homes=5, readings_per_second=10, cries=3, twice=1, still=1, burst=1_000, killed=6, killed_twice=False)
    plan = replace(few, patience_seconds=60, settled_seconds=90, quiet_seconds=90)  # for a machine that does much else
    said: list[str] = []
    done = contest([OURS, TELEGRAF], plan, say=said.append, real=False)
    ours, other = done.rows
    assert list(shortfalls(ours)) == []
    assert ours.hanging and ours.hanging.told == 3
    assert ours.still and ours.still.told == 1
    assert ours.twice and ours.twice.doubled == 0
    assert ours.burst and ours.burst.parts.keys() == {"ingest", "detectors", "alerts", "PostgreSQL"}
    assert "403" in other.failed
    assert any("killed" in line for line in said)
