"""Our services in a cluster: what each is told, and how it is started."""

import os
import secrets
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from deploy.cluster.certificates import Authority
from deploy.cluster.hosts import Host
from deploy.cluster.kafka import Brokers
from deploy.cluster.mosquitto import STREET, Broker
from deploy.cluster.parts import Program
from deploy.cluster.postgres import Servers
from deploy.cluster.rights import ADMIN, READS
from deploy.roles.service import make_for
from runtime.settings import Kafka, Mqtt, Postgres, Secret, Settings, load, name_of

CONSOLE: Final = 8080
_SYNTHETIC: Final = 9180
#: Where each service says how it is; on every host the same.
PROBES: Final[Mapping[str, int]] = {
    "ingest": 9101,
    "detectors": 9102,
    "alerts": 9103,
    "history": 9104,
    "console": 9105,
    "prober": 9106,
    "keeper": 9107,
}
#: Of each there are two, on two hosts.
TWICE: Final = ("ingest", "detectors", "alerts", "history", "console")
_MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    **{name: (name,) for name in TWICE},
    "prober": ("alerts", "probe"),
}
#: Who a service is to the MQTT broker; the others do not speak to it.
_MQTT_USERS: Final[Mapping[str, str]] = {"ingest": "bridge", "keeper": "keeper", "prober": "probe", ADMIN: STREET}


@dataclass(frozen=True, kw_only=True)
class Servers3:
    """The three servers that services speak to."""

    mqtt: Broker
    kafka: Brokers
    postgres: Servers


class Services:
    """What services are told."""

    def __init__(self, folder: Path, hosts: Mapping[str, Host], servers: Servers3, authority: Authority) -> None:
        """Draw the secrets, and certify each service and the administrator."""
        self._folder, self._hosts, self._servers = folder, hosts, servers
        self._certificates = {name: authority.certify(name) for name in (*READS, ADMIN)}
        self._addresses: Mapping[str, Secret] = {}
        self.operator_password = secrets.token_urlsafe(12)
        self._secrets = {
            name: secrets.token_urlsafe(48)
            for name in ("DOLBOM_ALERTS_LINK_SECRET", "DOLBOM_ALERTS_WEBHOOK_SECRET", "DOLBOM_CONSOLE_SESSION_SECRET")
        }

    def make_roles(self) -> None:
        """Bring the database up, and give each service a role of its own in it."""
        self._addresses = make_for(self.postgres(ADMIN), {})

    def postgres(self, service: str) -> Postgres:
        """Tell how a service reaches the database, and as whom: the administrator owns it."""
        return Postgres(dsn=self._addresses.get(f"dolbom_{service}") or self._servers.postgres.dsn())

    def kafka(self, service: str) -> Kafka:
        """Tell how a service reaches Kafka, and as whom."""
        mine = self._certificates.get(service)
        return Kafka(
            bootstrap=self._servers.kafka.bootstrap,
            replication=3,
            min_insync=2,
            idempotence=True,
            ca_file=str(mine.authority) if mine else "",
            certificate_file=str(mine.certificate) if mine else "",
            key_file=str(mine.key) if mine else "",
        )

    def environ(self, service: str, host: Host) -> dict[str, str]:
        """Tell all DOLBOM_* of a service on a host."""
        address = host.address
        told = {
            **self._secrets,
            "DOLBOM_SERVICE_PROBE_HOST": address,
            "DOLBOM_SERVICE_PROBE_PORT": f"{PROBES.get(service, 0)}",
            "DOLBOM_INGEST_NAME": f"ingest-{host.name}",
            "DOLBOM_DETECTORS_DATA_DIR": f"{self._folder / 'faust' / host.name}",
            "DOLBOM_ALERTS_PUBLIC_URL": f"http://{self._hosts['work-1'].address}:{CONSOLE}",
            "DOLBOM_ALERTS_SYNTHETIC_HOST": address,
            "DOLBOM_ALERTS_SYNTHETIC_PORT": f"{_SYNTHETIC}",
            "DOLBOM_ALERTS_SYNTHETIC_URL": f"http://{address}:{_SYNTHETIC}/",
            "DOLBOM_CONSOLE_HOST": address,
            "DOLBOM_CONSOLE_PORT": f"{CONSOLE}",
            "DOLBOM_CONSOLE_SECURE_COOKIES": "no",
            "DOLBOM_CONSOLE_OPERATOR_NAME": "operator",
            "DOLBOM_CONSOLE_OPERATOR_PASSWORD": self.operator_password,
            "DOLBOM_CONSOLE_SECOND_FACTOR": "off",
            "DOLBOM_ENROLMENT_BROKER_HOST": self._hosts["mqtt"].address,
            **_told("kafka", self.kafka(service)),
            **_told("postgres", self.postgres(service)),
            **_told("mqtt", self._mqtt(service)),
        }
        if service == "keeper":
            told["DOLBOM_ENROLMENT_AUTHORITY_FILE"] = str(self._servers.mqtt.authority_file)
            told["DOLBOM_ENROLMENT_AUTHORITY_KEY_FILE"] = str(self._servers.mqtt.authority_key)
        return told

    def settings(self, host: Host) -> Settings:
        """Tell tests and tools how to reach everything: as Kafka's administrator, and as the street."""
        return load(self.environ(ADMIN, host))

    def program(self, service: str, host: Host, source: Path) -> Program:
        """Word the start of a service from a checkout."""
        words = [sys.executable, "-m", *_MODULES.get(service, ())]
        if service == "keeper":
            kept, pid_file = self._servers.mqtt.kept, self._servers.mqtt.pid_file
            words += ["homes", "enrol", "keep", f"--folder={kept}", f"--pid-file={pid_file}"]
        url = f"http://{host.address}:{PROBES[service]}/ready"
        return Program(
            words=words,
            folder=source,
            ready=lambda: says_yes(url),
            environ={**plain_environ(), **self.environ(service, host), "PYTHONUNBUFFERED": "1"},
        )

    def _mqtt(self, service: str) -> Mqtt:
        user = _MQTT_USERS.get(service)
        return self._servers.mqtt.settings(user) if user else Mqtt()


def plain_environ() -> dict[str, str]:
    """Tell this process's environment without what is Dolbom's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DOLBOM_")}


def says_yes(url: str) -> bool:
    """Ask a probe once."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _told(section: str, values: object) -> dict[str, str]:
    told: dict[str, str] = {}
    for each in fields(values):  # type: ignore[arg-type]  # every section of the settings is a dataclass
        value = getattr(values, each.name)
        told[name_of(section, each.name)] = value.reveal() if isinstance(value, Secret) else str(value)
    return told
