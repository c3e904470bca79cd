"""Brokers, secrets and services of one installation in one folder, all ended together."""

import json
import os
import secrets
import signal
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self

from deploy.embedded.children import Child, NeverCameUp, loopback_port
from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.mqtt import EmbeddedMqtt
from deploy.embedded.postgres import EmbeddedPostgres

ROOT: Final = Path(__file__).parent.parent.parent
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_SECRETS: Final = (
    "DOLBOM_ALERTS_LINK_SECRET",
    "DOLBOM_ALERTS_WEBHOOK_SECRET",
    "DOLBOM_CONSOLE_SESSION_SECRET",
    "DOLBOM_CONSOLE_OPERATOR_PASSWORD",
)


class Running:
    """A service of ours as a process."""

    def __init__(self, name: str, child: Child, probe_port: int) -> None:
        """Take over a started child."""
        self.name = name
        self._child = child
        self.probe_url = f"http://127.0.0.1:{probe_port}"

    @property
    def pid(self) -> int:
        """The process id."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._child.alive

    @property
    def status(self) -> int | None:
        """The exit status, once it has ended."""
        return self._child.status

    @property
    def log_path(self) -> Path:
        """Where it writes."""
        return self._child.log_path

    def ready(self) -> bool:
        """Ask once whether it can do its work."""
        try:
            with urllib.request.urlopen(f"{self.probe_url}/ready", timeout=2) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def wait_ready(self, within: float = 30.0) -> None:
        """Return once it can do its work; raise NeverCameUp with the end of its log otherwise."""
        self._child.wait_for(self.ready, within=within, what=f"the service {self.name}")

    def wait_for(self, fact: Callable[[], bool], *, within: float) -> None:
        """Wait for a fact while it lives; raise NeverCameUp with the end of its log otherwise."""
        self._child.wait_for(fact, within=within, what=f"the service {self.name}")

    def metrics(self) -> str:
        """Read its metrics."""
        with urllib.request.urlopen(f"{self.probe_url}/metrics", timeout=5) as response:
            return str(response.read().decode())

    def kill(self) -> None:
        """End it as a crash would."""
        self._child.kill()

    def send(self, number: signal.Signals) -> None:
        """Send a signal, for tests that freeze it."""
        self._child.send(number)

    def stop(self, within: float = 5.0) -> float:
        """Ask it to stop; after the bound end it anyway. Answer the seconds it took."""
        return self._child.stop(within=within)

    def log_tail(self, lines: int = 15) -> str:
        """Read the last lines of its log."""
        return self._child.log_tail(lines)


class Stack:
    """What the services need, started here unless the given environment names an address for it."""

    def __init__(self, folder: Path, environ: Mapping[str, str] = _NOTHING, durable: bool = True) -> None:
        """Prepare; `folder` holds data and logs, `environ` may carry any DOLBOM_* setting."""
        self.folder = folder.absolute()
        self.logs = self.folder / "logs"
        self.environ: dict[str, str] = {}
        #: By which address each service reaches the database; one that is not named here takes that of `environ`.
        self.addresses: dict[str, str] = {}
        self.mqtt: EmbeddedMqtt | None = None
        self.kafka: EmbeddedKafka | None = None
        self.postgres: EmbeddedPostgres | None = None
        self._given = {name: value for name, value in environ.items() if name.startswith("DOLBOM_")}
        self._durable = durable
        self._services: list[Running] = []
        self._brokers = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start what no address was given for; leave nothing running when one of them fails."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as brokers:
            self._start(brokers)
            self._brokers = brokers.pop_all()

    def forget(self) -> None:
        """Remove logs and the embedded database before a start; the embedded Kafka has forgotten its side anyway."""
        for log in self.logs.glob("*.log"):
            log.unlink()
        if "DOLBOM_POSTGRES_DSN" not in self._given:
            EmbeddedPostgres(self.folder / "postgres").forget()

    def check_brokers(self) -> None:
        """Raise NeverCameUp when an embedded server has ended by itself."""
        for name, server in (("MQTT", self.mqtt), ("Kafka", self.kafka), ("PostgreSQL", self.postgres)):
            child = server.child if server else None
            if child and not child.alive:
                raise NeverCameUp(f"the embedded {name} ended with status {child.status}\n{child.log_tail()}")

    def service(self, name: str, extra: Mapping[str, str] = _NOTHING, *, arguments: Sequence[str] = ()) -> Running:
        """Start `python -m name`, with a probe port and a log of its own."""
        copy = sum(1 for running in self._services if running.name == name and running.alive)
        label = f"{name}-{copy + 1}" if copy else name
        probe_port = loopback_port()
        (self.folder / "faust").mkdir(exist_ok=True)
        environ = {
            **{key: value for key, value in os.environ.items() if not key.startswith("DOLBOM_")},
            **self.environ,
            "DOLBOM_SERVICE_PROBE_PORT": str(probe_port),
            "DOLBOM_DETECTORS_DATA_DIR": str(self.folder / "faust" / label),
            "PYTHONUNBUFFERED": "1",
            **({"DOLBOM_POSTGRES_DSN": self.addresses[name]} if name in self.addresses else {}),
            **extra,
        }
        child = Child(
            [sys.executable, "-m", name, *arguments],
            log=self.logs / f"{label}.log",
            environ=environ,
            cwd=ROOT,
        )
        running = Running(name, child, int(environ["DOLBOM_SERVICE_PROBE_PORT"]))
        self._services = [*(each for each in self._services if each.alive), running]
        return running

    def stop(self, within: float = 5.0) -> None:
        """Stop the services, newest first in asking but all at once, and then the brokers."""
        for running in reversed(self._services):
            running.send(signal.SIGTERM)
        deadline = time.monotonic() + within
        for running in reversed(self._services):
            running.stop(max(0.1, deadline - time.monotonic()))
        self._services = []
        self._brokers.close()

    def _start(self, brokers: ExitStack) -> None:
        console_port = loopback_port()
        self.environ = {
            "DOLBOM_CONSOLE_PORT": str(console_port),
            "DOLBOM_CONSOLE_SECURE_COOKIES": "no",
            "DOLBOM_CONSOLE_OPERATOR_NAME": "operator",
            # On one machine, for one pair of eyes: no authenticator app is wanted.
            "DOLBOM_CONSOLE_SECOND_FACTOR": "off",
            **self._secrets(),
            **self._given,
        }
        self.environ.setdefault("DOLBOM_ALERTS_PUBLIC_URL", f"http://127.0.0.1:{self.environ['DOLBOM_CONSOLE_PORT']}")
        if "DOLBOM_MQTT_HOST" not in self._given:
            self._start_mqtt(brokers)
        if "DOLBOM_KAFKA_BOOTSTRAP" not in self._given:
            self._start_kafka(brokers)
        if "DOLBOM_POSTGRES_DSN" not in self._given:
            self._start_postgres(brokers)

    def _start_mqtt(self, brokers: ExitStack) -> None:
        self.mqtt = brokers.enter_context(EmbeddedMqtt(self.folder / "mqtt", log=self.logs / "mqtt.log"))
        self.environ |= {"DOLBOM_MQTT_HOST": self.mqtt.host, "DOLBOM_MQTT_PORT": str(self.mqtt.port)}

    def _start_kafka(self, brokers: ExitStack) -> None:
        self.kafka = brokers.enter_context(EmbeddedKafka(self.folder / "kafka", log=self.logs / "kafka.log"))
        self.environ |= {"DOLBOM_KAFKA_BOOTSTRAP": self.kafka.bootstrap, "DOLBOM_KAFKA_IDEMPOTENCE": "no"}
        # It takes half as long again to give a dead worker's partitions away: 9 s with this. Kafka's least is 6.
        self.environ.setdefault("DOLBOM_KAFKA_SESSION_TIMEOUT_SECONDS", "5")

    def _start_postgres(self, brokers: ExitStack) -> None:
        self.postgres = brokers.enter_context(
            EmbeddedPostgres(self.folder / "postgres", durable=self._durable, log=self.logs / "postgres.log")
        )
        self.environ["DOLBOM_POSTGRES_DSN"] = self.postgres.dsn().reveal()

    def _secrets(self) -> dict[str, str]:
        path = self.folder / "secrets.json"
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        if set(_SECRETS) <= known.keys():
            return known
        known = {name: secrets.token_urlsafe(12 if name.endswith("PASSWORD") else 48) for name in _SECRETS} | known
        draft = path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
            json.dump(known, file)
        draft.rename(path)
        return known
