"""The network of a cluster: a switch in a namespace of its own, and lines to it that can be cut and slowed.

Every host knows the hardware address of every other by heart. To cut a line is to know a wrong one: what is sent goes
nowhere and nobody is told, as with a pulled plug. To slow it is to know the carrier's, who takes its time.
"""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from deploy.cluster.carrying import Carriers, Pace
from deploy.cluster.hosts import HANDLES, NUMBERS, Host

#: Ours on this machine: 10.77.0.0/24 and on.
_NET: Final = "10.77"
_NOWHERE: Final = "02:77:00:00:00:fe"
#: A namespace's name is `dolbom-<mark>-<host>`; an interface's name holds 15 letters.
PREFIX: Final = "dolbom-"


class CannotCut(Exception):
    """Hosts without a network each cannot be parted: be root on Linux, with iproute2."""


class Network(Protocol):
    """How hosts reach each other."""

    hosts: Mapping[str, Host]

    def start(self) -> None:
        """Lay the lines."""

    def stop(self) -> None:
        """Remove every line."""

    def cut(self, a: str, b: str, *, one_way: bool = False) -> None:
        """Let nothing pass from a to b, and, unless `one_way`, from b to a; nobody is told."""

    def slow(self, a: str, b: str, *, delay_ms: float = 0, kbit: float = 0) -> None:
        """Let everything between two take so much longer, each way, and no more than so much pass in a second."""

    def mend(self, a: str, b: str) -> None:
        """Let everything pass again between two."""

    def heal(self) -> None:
        """Mend every line."""


def why_not() -> str:
    """Say why hosts cannot have a network each here; empty: they can."""
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    missing = [word for word in ("ip", "nsenter", "setpriv") if shutil.which(word) is None]
    if missing:
        return f"not installed: {', '.join(missing)} (iproute2, util-linux)"
    return ""


def a_network(folder: Path, mark: str) -> Network:
    """Choose the best there is here."""
    return Loopback() if why_not() else Switched(folder, mark)


def a_mark() -> str:
    """Draw the mark by which the things of one cluster are known."""
    return secrets.token_hex(3)


class Loopback:
    """Addresses of loopback: everything starts, nothing can be parted."""

    def __init__(self) -> None:
        """Choose addresses that are probably nobody's."""
        net = f"127.77.{secrets.randbelow(250) + 1}"
        self.hosts: Mapping[str, Host] = {
            name: Host(name=name, address=f"{net}.{number}") for name, number in NUMBERS.items()
        }

    def start(self) -> None:
        """All of 127.0.0.0/8 is there already."""

    def stop(self) -> None:
        """Nothing was made."""

    def cut(self, a: str, b: str, *, one_way: bool = False) -> None:
        """Refuse."""
        raise CannotCut(f"{a} and {b}: {why_not()}")

    def slow(self, a: str, b: str, *, delay_ms: float = 0, kbit: float = 0) -> None:
        """Refuse."""
        raise CannotCut(f"{a} and {b}: {why_not()}")

    def mend(self, a: str, b: str) -> None:
        """Nothing was cut."""

    def heal(self) -> None:
        """Nothing was cut."""


class Switched:
    """A namespace for each host but home, and one for the switch between them."""

    def __init__(self, folder: Path, mark: str) -> None:
        """Choose a net that nobody has."""
        self.mark = mark
        self.net = f"{_NET}.{_free_net()}"
        self.hosts: Mapping[str, Host] = {
            name: Host(
                name=name,
                address=f"{self.net}.{number}",
                namespace="" if name == "home" else f"{PREFIX}{mark}-{name}",
            )
            for name, number in NUMBERS.items()
        }
        self._switch = f"{PREFIX}{mark}-switch"
        self._carriers = Carriers(folder, self._switch)

    def start(self) -> None:
        """Make the namespaces, the switch and a line to each host."""
        for name in (self._switch, *(host.namespace for host in self.hosts.values() if host.namespace)):
            _do("ip", "netns", "add", name)
        # Whoever still speaks to a host when it is gone must not be heard outside this machine.
        _do("ip", "route", "add", "unreachable", f"{self.net}.0/24", "metric", "4096")
        _batch(self._switch, self._of_switch())
        for host in self.hosts.values():
            _batch(host.namespace, self._of(host))

    def stop(self) -> None:
        """Remove the namespaces, and with them every line."""
        self._carriers.stop()
        remove(self.mark, self.net)

    def cut(self, a: str, b: str, *, one_way: bool = False) -> None:
        """Let a know a wrong address for b, and the other way round."""
        self._tell(a, b, _NOWHERE)
        if not one_way:
            self._tell(b, a, _NOWHERE)

    def slow(self, a: str, b: str, *, delay_ms: float = 0, kbit: float = 0) -> None:
        """Let both send through a carrier."""
        pace = Pace(delay_ms=delay_ms, kbit=kbit)
        for one, other in ((a, b), (b, a)):
            self._tell(one, other, self._carriers.towards(self._mac(one), self._mac(other), pace))

    def mend(self, a: str, b: str) -> None:
        """Let both know the right address again."""
        for one, other in ((a, b), (b, a)):
            self._tell(one, other, self._mac(other))
            self._carriers.leave(self._mac(one), self._mac(other))

    def heal(self) -> None:
        """Let everybody know everybody's right address."""
        for host in self.hosts.values():
            _batch(host.namespace, self._neighbours(host))
        self._carriers.stop()

    def _of_switch(self) -> Iterator[str]:
        yield "link add switch type bridge stp_state 0 forward_delay 0"
        yield "link set switch up"
        yield "link set lo up"

    def _of(self, host: Host) -> Iterator[str]:
        line = self._line(host)
        towards = f"h{host.number}"
        place = f"netns {host.namespace}" if host.namespace else ""
        _do("ip", "link", "add", line, "type", "veth", "peer", "name", towards, "netns", self._switch)
        _batch(self._switch, [f"link set {towards} master switch", f"link set {towards} up"])
        if place:
            _do("ip", "link", "set", line, *place.split())
            yield "link set lo up"
        yield f"link set {line} address {self._mac(host.name)}"
        yield f"link set {line} up"
        yield f"addr add {host.address}/24 dev {line}"
        yield from self._neighbours(host)

    def _neighbours(self, host: Host) -> Iterator[str]:
        for other in self.hosts.values():
            if other.name != host.name:
                yield self._neighbour(host, other, self._mac(other.name))

    def _tell(self, host: str, other: str, mac: str) -> None:
        ours = self.hosts[host]
        _batch(ours.namespace, [self._neighbour(ours, self.hosts[other], mac)])

    def _neighbour(self, host: Host, other: Host, mac: str) -> str:
        return f"neigh replace {other.address} lladdr {mac} nud permanent dev {self._line(host)}"

    def _line(self, host: Host) -> str:
        return line_of(self.mark) if host.name == "home" else "line"

    def _mac(self, name: str) -> str:
        return f"02:77:00:00:00:{NUMBERS[name]:02x}"


def line_of(mark: str) -> str:
    """Name this machine's own end of a cluster's network."""
    return f"dolbom-{mark}"


def remove(mark: str, net: str) -> None:
    """Remove whatever a cluster left of its network; twice is as good as once."""
    for handle in HANDLES.glob(f"{PREFIX}{mark}-*"):
        subprocess.run(["ip", "netns", "del", handle.name], capture_output=True, check=False)
    subprocess.run(["ip", "link", "del", line_of(mark)], capture_output=True, check=False)
    route = ["ip", "route", "del", "unreachable", f"{net}.0/24", "metric", "4096"]
    subprocess.run(route, capture_output=True, check=False)


def _free_net() -> int:
    taken = subprocess.run(["ip", "route", "show", "table", "all"], capture_output=True, text=True, check=True).stdout
    free = [number for number in range(256) if f"{_NET}.{number}." not in taken]
    # By lot: two clusters that start at one moment see the same ones free.
    return secrets.choice(free)


def _do(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(words)}: {done.stderr.strip()}")


def _batch(namespace: str, lines: Sequence[str] | Iterator[str]) -> None:
    where = ["-n", namespace] if namespace else []
    text = "\n".join(lines)
    done = subprocess.run(["ip", *where, "-batch", "-"], input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"ip {' '.join(where)} -batch: {done.stderr.strip()}\n{text}")
