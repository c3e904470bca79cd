"""A cluster: every server and service on a host of its own, started and ended together, and broken on purpose."""

import asyncio
import secrets
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self

from deploy.cluster import leftovers
from deploy.cluster.certificates import Authority
from deploy.cluster.granting import furnish
from deploy.cluster.hosts import Host
from deploy.cluster.kafka import BROKERS, Brokers
from deploy.cluster.mosquitto import STREET, Broker
from deploy.cluster.network import Network, Switched, a_mark, a_network
from deploy.cluster.parts import Make, Part
from deploy.cluster.postgres import SERVERS, Servers
from deploy.cluster.services import TWICE, Servers3, Services
from deploy.embedded.stack import ROOT
from runtime.settings import Mqtt, Settings

_HERE: Final[Mapping[str, Path]] = MappingProxyType({"default": ROOT})
#: Who speaks to the MQTT broker with a password.
_USERS: Final = ("bridge", "keeper", "probe", STREET)

Tell = Callable[[str], None]


def _silent(said: str) -> None:
    """Say nothing."""


class Cluster:
    """One running cluster in one folder."""

    def __init__(
        self,
        folder: Path,
        *,
        seed: int = 1,
        sources: Mapping[str, Path] = _HERE,
        without: Collection[str] = (),
        tell: Tell = _silent,
    ) -> None:
        """Prepare; `sources` names the checkout of each part, `without` the parts that are not started at once."""
        self.folder, self.seed, self.mark = folder.absolute(), seed, a_mark()
        self._sources, self._without, self._tell = sources, without, tell
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self.logs = self.folder / "logs"
        self.network: Network = a_network(self.folder, self.mark)
        self.hosts: Mapping[str, Host] = self.network.hosts
        self.parts: dict[str, Part] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and return once it does its work; leave nothing behind when that fails."""
        with ExitStack() as unfinished:
            unfinished.callback(self.stop)
            self._start()
            unfinished.pop_all()

    def stop(self) -> None:
        """End everything, services first, and remove the network."""
        services = [part for name, part in self.parts.items() if name not in (*BROKERS, *SERVERS, "mosquitto")]
        for part in services:
            part.ask_to_stop()
        for part in services:
            part.stop(within=6)
        # What the servers hold ends with them: nobody asks for it again.
        for part in self.parts.values():
            part.kill()
        self.network.stop()
        leftovers.forget(self.mark)

    # -- who is there -------------------------------------------------------------------------------------------------

    def environ_for(self, service: str, host: str) -> dict[str, str]:
        """Tell the DOLBOM_* of a service on a host, for a process that the caller starts."""
        return self._services.environ(service, self.hosts[host])

    def settings(self, host: str = "home") -> Settings:
        """Tell tests and tools how to reach everything: as Kafka's administrator, and as the street."""
        return self._services.settings(self.hosts[host])

    def gateway(self, home_id: str) -> Mqtt:
        """Enrol the gateway of a home: its own certificate, on the gateways' own listener."""
        return self._broker.settings_of(home_id)

    @property
    def console(self) -> str:
        """Where the pages are."""
        return self.settings().alerts.public_url

    @property
    def operator_password(self) -> str:
        """What the first operator signs in with."""
        return self._services.operator_password

    # -- the database -------------------------------------------------------------------------------------------------

    def primary(self) -> str:
        """Name the PostgreSQL that takes writes."""
        return self._servers.primary()

    def promote(self, name: str) -> None:
        """Let the copy take writes, and wait for no other; end the old primary before."""
        self._servers.promote(name)

    def rejoin(self, name: str) -> None:
        """Make a server anew as a copy of the primary, and let commits wait for it again."""
        self.parts[name].kill()
        self._servers.forget(name)
        self.parts[name].start()
        self.parts[name].wait_ready()
        self.wait_for_copy()

    def wait_for_copy(self, *, wanted: bool = True) -> None:
        """Let commits wait for the copy, or for nobody while it is away: a watchdog's part in production."""
        primary = self.primary()
        self._servers.wait_for_copy(primary, wanted=wanted)
        if wanted:
            self._servers.until_in_step(primary)

    # -- the start ----------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        if isinstance(self.network, Switched):
            leftovers.sweep()
            leftovers.write(self.mark, self.network.net, self.folder)
        self.network.start()
        self._tell("network")
        self._make()
        for name in ("mosquitto", *BROKERS, "postgres-1"):
            self.parts[name].start()
        self.parts["postgres-1"].wait_ready(60)
        self._servers.settle("postgres-1")
        self.parts["postgres-2"].start()
        self.parts["postgres-2"].wait_ready(60)
        self.wait_for_copy()
        self._tell("PostgreSQL and its copy")
        self._services.make_roles()
        self.parts["mosquitto"].wait_ready(30)
        self._tell("schema, Mosquitto")
        for name in BROKERS:
            self.parts[name].wait_ready(120)
        asyncio.run(furnish(self.settings().kafka))
        self._tell("Kafka, topics and rights")
        wanted = [part for name, part in self.parts.items() if not part.alive and name not in self._without]
        for part in wanted:
            part.start()
        for part in wanted:
            part.wait_ready(120)
        self._tell("services")

    def _make(self) -> None:
        authority = Authority(self.folder / "authority")
        passwords = {user: secrets.token_urlsafe(24) for user in _USERS}
        self._broker = Broker(self.folder / "mqtt", self.hosts["mqtt"], passwords)
        brokers = Brokers(self.folder, self.hosts, authority)
        self._servers = Servers(self.folder, self.hosts, authority)
        servers = Servers3(mqtt=self._broker, kafka=brokers, postgres=self._servers)
        self._services = Services(self.folder, self.hosts, servers, authority)
        self._add("mosquitto", "mqtt", self._broker.program)
        for name in BROKERS:
            self._add(name, name, partial(brokers.program, name))
        for name, host in SERVERS.items():
            self._add(name, host, partial(self._servers.program, name))
        for number in (1, 2):
            for service in TWICE:
                self._add_service(f"{service}-{number}", service, f"work-{number}")
        self._add_service("prober", "prober", "work-2")
        self._add_service("keeper", "keeper", "mqtt")

    def _add_service(self, name: str, service: str, host: str) -> None:
        self._add(name, host, partial(self._services.program, service, self.hosts[host]))

    def _add(self, name: str, host: str, make: Make) -> None:
        source = self._sources.get(name, self._sources.get("default", ROOT))
        self.parts[name] = Part(name, self.hosts[host], self.logs / f"{name}.log", make, source)


cluster = Cluster
