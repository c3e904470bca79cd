"""A small run of what `python -m bench fuzz-ports` does at length, and the list of everything that listens."""

import re
from pathlib import Path

import pytest

from bench.ports.__main__ import thrown
from bench.ports.cases import http_cases
from bench.ports.listeners import PLACES

ROOT = Path(__file__).parents[2]
_LISTENS = re.compile(
    r"start_server\(|create_datagram_endpoint\(|uvicorn\.Config\(|create_server\(|start_http_server\("
)
PACKAGES = ("contracts", "runtime", "homes", "ingest", "detectors", "alerts", "history", "console")


@pytest.mark.journey
@pytest.mark.timeout(240)
def test_every_listener_bears_what_is_thrown_at_it() -> None:
    done = thrown(cases=80, seed=7, within_seconds=60)
    assert {one.name for one in done} == {name for names in PLACES.values() for name in names}
    assert [f"{one.name}: {fault}" for one in done for fault in one.faults] == []
    assert all(one.cases == 80 for one in done)


def test_no_port_is_forgotten() -> None:
    files = (file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    assert {str(file.relative_to(ROOT)) for file in files if _LISTENS.search(file.read_text())} == set(PLACES)


def test_the_same_seed_throws_the_same() -> None:
    first, second = (http_cases(3, [("GET", "/"), ("POST", "/r/{token}")]) for _ in range(2))
    assert [first() for _ in range(200)] == [second() for _ in range(200)]
