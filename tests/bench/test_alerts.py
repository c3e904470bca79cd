"""The measurement of the alerts says what it aims at, and each aim that it missed."""

import httpx

from bench.alerts.load import HAZARDS, cases_of
from bench.alerts.measure import Ran
from bench.alerts.provider import a_provider
from bench.alerts.report import shortfalls
from contracts import Hazard, HomeId

HOMES = [HomeId(f"h-{number}") for number in range(4)]


def ran(*, opened: float = 1.0, pushed: float = 2.0, milliseconds: float = 100.0, missing: int = 0) -> Ran:
    told = {(home, Hazard.HELP): 0.0 for home in HOMES}
    return Ran(
        told=told, opened_seconds=opened, pushed_seconds=pushed, milliseconds=[milliseconds] * 100, missing=missing
    )


def test_what_meets_its_aims_falls_short_of_nothing() -> None:
    assert list(shortfalls(ran(), ran(opened=300, pushed=300))) == []


def test_each_aim_that_is_missed_is_said() -> None:
    short = list(shortfalls(ran(opened=2.1, pushed=5.1, missing=1), ran(milliseconds=501)))
    assert [line.split(",")[0] for line in short] == [
        "all open after 2.10 s",
        "first calls out after 5.10 s",
        "p99 is 501 ms",
        "1 of 4 cases were never pushed",
    ]


def test_what_was_never_seen_is_no_success() -> None:
    nothing = float("nan")
    assert len(list(shortfalls(ran(opened=nothing, pushed=nothing), ran(milliseconds=nothing)))) == 3


def test_every_case_is_the_first_of_its_home_and_hazard() -> None:
    cases = cases_of(HOMES, len(HOMES) * len(HAZARDS))
    assert len(set(cases)) == len(cases) == 12
    assert cases[:4] == [(home, Hazard.HELP) for home in HOMES]


async def test_a_push_that_comes_twice_is_counted_once_and_said() -> None:
    body = b'{"home_ref": "h-1", "hazard": "help", "link": "http://x/r/t"}'
    async with a_provider() as calls, httpx.AsyncClient(trust_env=False) as client:
        for key in ("a", "b", "a"):
            answer = await client.post(calls.url, content=body, headers={"idempotency-key": key})
            assert answer.status_code == 204
    assert (calls.pushes, calls.doubled, len(calls.first)) == (2, 1, 1)
