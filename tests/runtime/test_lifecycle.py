"""How a service starts, is asked about and stops, whatever its loops do."""

import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.embedded.children import Child, answers, loopback_port
from deploy.embedded.stack import ROOT, Running
from runtime.lifecycle import BROKEN, CUT_SHORT
from tests.until import until

pytestmark = pytest.mark.door
Start = Callable[[str], Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Running] = []

    def start(manner: str) -> Running:
        port = loopback_port()
        environ = {"DOLBOM_SERVICE_PROBE_PORT": str(port), "DOLBOM_SERVICE_STOP_SECONDS": "1.5", "PATH": "/usr/bin"}
        command = [sys.executable, "-m", "tests.runtime.a_service", manner]
        child = Child(command, log=tmp_path / f"{manner}.log", environ=environ, cwd=ROOT)
        started.append(Running(manner, child, port))
        return started[-1]

    yield start
    for running in started:
        running.kill()


def ask(running: Running, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"{running.probe_url}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def test_a_service_that_works_says_so_to_every_probe(start: Start) -> None:
    service = start("polite")
    service.wait_ready(20)
    assert ask(service, "/live") == (200, "live\n")
    assert ask(service, "/ready") == (200, "ready\n")
    assert ask(service, "/else")[0] == 404
    status, metrics = ask(service, "/metrics")
    assert status == 200
    assert 'dolbom_runtime_loop_turned_timestamp_seconds{loop="polite"}' in metrics
    assert "dolbom_runtime_ready 1.0" in metrics


def test_a_service_that_cannot_work_lives_and_says_why_it_is_not_ready(start: Start) -> None:
    service = start("unready")
    service.wait_for(lambda: answers(int(service.probe_url.rsplit(":", 1)[1])), within=20)
    assert ask(service, "/live") == (200, "live\n")
    status, why = ask(service, "/ready")
    assert status == 503
    assert "Kafka is away" in why


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_a_service_with_status_zero(start: Start, number: signal.Signals) -> None:
    service = start("polite")
    service.wait_ready(20)
    service.send(number)
    await until(lambda: not service.alive, within=2, what="the end of the service")
    assert service.status == 0
    assert service.log_tail().count("service_stopped") == 1


@pytest.mark.parametrize(("manner", "status"), [("deaf", 0), ("stubborn", CUT_SHORT), ("blocked", CUT_SHORT)])
def test_a_stop_is_bounded_whatever_hangs(start: Start, manner: str, status: int) -> None:
    service = start(manner)
    service.wait_ready(20)
    assert service.stop(within=5) < 3
    assert service.status == status


async def test_a_broken_promise_ends_the_process_so_that_it_is_started_again(start: Start) -> None:
    service = start("broken")
    await until(lambda: not service.alive, within=20, what="the end of the service")
    assert service.status == BROKEN
    told = service.log_tail()
    assert '"error": "ValueError"' in told and "a_service.py" in told
    assert "Hong Gildong" not in told, "what a database says of a row is a person's data"


async def test_what_a_person_can_mend_is_said_at_the_end(start: Start) -> None:
    service = start("unfit")
    await until(lambda: not service.alive, within=20, what="the end of the service")
    assert service.status == BROKEN
    assert "add a new file instead" in service.log_tail()


async def test_a_service_whose_work_is_done_ends(start: Start) -> None:
    service = start("done")
    await until(lambda: not service.alive, within=20, what="the end of the service")
    assert service.status == 0
