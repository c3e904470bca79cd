"""Hosts with a network each: cut, slowed and mended, and nothing of it left behind."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from deploy.cluster import leftovers
from deploy.cluster.hosts import HANDLES
from deploy.cluster.leftovers import Note
from deploy.cluster.network import PREFIX, CannotCut, Loopback, Switched, a_mark, why_not

pytestmark = pytest.mark.real
#: Says one word to a host over UDP, and tells how long the answer took.
ASKS = """
import socket, sys, time
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); line.settimeout(float(sys.argv[2]))
began = time.monotonic()
line.sendto(b"?", (sys.argv[1], 7))
try:
    line.recv(9); print(time.monotonic() - began)
except OSError as error:
    print("silence" if isinstance(error, TimeoutError) else error)
"""
ANSWERS = """
import socket
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); line.bind(("0.0.0.0", 7)); print("ready", flush=True)
while True: line.sendto(*line.recvfrom(9))
"""


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Switched]:
    if reason := why_not():
        pytest.skip(f"no network was cut: {reason}")
    made = Switched(tmp_path, a_mark())
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def answering(network: Switched) -> Iterator[Switched]:
    """A network whose host `mqtt` says again what it is told."""
    words = network.hosts["mqtt"].command([sys.executable, "-c", ANSWERS])
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout and running.stdout.readline() == "ready\n"
        yield network
        running.kill()


def asked(network: Switched, host: str, *, patience: float = 10) -> str:
    """Ask `mqtt` from a host; answer the seconds that it took, or `silence`."""
    words = [sys.executable, "-c", ASKS, network.hosts["mqtt"].address, f"{patience}"]
    return network.hosts[host].run(words, within=60).stdout.strip()


def test_a_line_that_is_cut_is_silent_for_two_hosts_and_for_no_other(answering: Switched) -> None:
    answering.cut("work-1", "mqtt")
    assert asked(answering, "work-1", patience=0.3) == "silence"
    assert float(asked(answering, "work-2")) > 0
    assert float(asked(answering, "home")) > 0
    answering.mend("work-1", "mqtt")
    assert float(asked(answering, "work-1")) > 0


def test_a_line_can_be_cut_in_one_direction(answering: Switched) -> None:
    answering.cut("mqtt", "work-1", one_way=True)
    assert asked(answering, "work-1", patience=0.3) == "silence"
    answering.heal()
    assert float(asked(answering, "work-1")) > 0


def test_a_slow_line_takes_its_time_each_way(answering: Switched) -> None:
    answering.slow("work-1", "mqtt", delay_ms=100)
    assert float(asked(answering, "work-1")) >= 0.2
    answering.mend("work-1", "mqtt")
    assert float(asked(answering, "work-1")) < 0.2


def test_two_networks_live_side_by_side(network: Switched, tmp_path: Path) -> None:
    other = Switched(tmp_path, a_mark())
    try:
        other.start()
        assert not set(network.hosts.values()) & set(other.hosts.values())
    finally:
        other.stop()
    assert traces(other.mark) == ([], "")
    assert traces(network.mark) != ([], "")


def test_what_a_dead_owner_left_is_removed_and_what_a_living_one_has_is_not(network: Switched, tmp_path: Path) -> None:
    orphan = Switched(tmp_path, a_mark())
    orphan.start()
    leftovers.write(network.mark, network.net, tmp_path)
    try:
        dead = Note(pid=2**22 + 1, began=1, mark=orphan.mark, net=orphan.net, folder=str(tmp_path / "gone"))
        (leftovers.NOTES / f"{orphan.mark}.json").write_bytes(msgspec.json.encode(dead))
        assert orphan.mark in leftovers.sweep()
        assert traces(orphan.mark) == ([], "")
        assert traces(network.mark) != ([], "")
    finally:
        orphan.stop()
        leftovers.forget(network.mark)


def test_hosts_on_loopback_say_that_they_cannot_be_parted() -> None:
    network = Loopback()
    assert len({host.address for host in network.hosts.values()}) == len(network.hosts)
    with pytest.raises(CannotCut):
        network.cut("work-1", "mqtt")


def traces(mark: str) -> tuple[list[Path], str]:
    """Tell what there is of a network on this machine."""
    line = subprocess.run(["ip", "-o", "link", "show", f"dolbom-{mark}"], capture_output=True, text=True, check=False)
    return list(HANDLES.glob(f"{PREFIX}{mark}-*")), line.stdout
