"""The settings of a service, read once from `DOLBOM_*`; every bad section is reported at once."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Final, get_type_hints

from runtime import dsn
from runtime.people import Alerts, Console, SecondFactor
from runtime.secret import Secret, setting

PREFIX: Final = "DOLBOM_"
#: A shorter key could be guessed.
SHORTEST_SECRET: Final = 32

__all__ = [
    "PREFIX",
    "SHORTEST_SECRET",
    "Alerts",
    "BadSettings",
    "Console",
    "Dc09",
    "Detectors",
    "Enrolment",
    "History",
    "Ingest",
    "Kafka",
    "Mqtt",
    "Postgres",
    "SecondFactor",
    "Secret",
    "Service",
    "Settings",
    "load",
    "name_of",
    "refuse_weak",
]


class BadSettings(Exception):
    """The environment does not hold what the service needs; the message lists every fault and its mend."""


@dataclass(frozen=True, kw_only=True)
class Mqtt:
    """The broker that gateways speak to."""

    host: str = setting("127.0.0.1", "Address of the MQTT broker.")
    port: int = setting(1883, "Port of the MQTT 5 listener.")
    username: str = setting("", "User of the bridge; empty: anonymous.")
    password: Secret = setting(Secret(""), "Password of the bridge.")
    ca_file: str = setting("", "PEM file of the broker's authority; set: TLS is used.")
    certificate_file: str = setting("", "PEM file of our own certificate; set: the broker knows us by it.")
    key_file: str = setting("", "PEM file of its key.")
    client_id: str = setting("dolbom-ingest", "Begins the name of every session; the same for all bridges.")
    session_expiry_seconds: int = setting(86_400 * 7, "How long the broker keeps our session while we are away.")


@dataclass(frozen=True, kw_only=True)
class Kafka:
    """The log between the services."""

    bootstrap: str = setting("127.0.0.1:9092", "Addresses of Kafka brokers, comma separated.")
    replication: int = setting(1, "Copies of each topic; 3 in production.")
    min_insync: int = setting(1, "Copies that must have a record before it is acknowledged; 2 in production.")
    idempotence: bool = setting(False, "Idempotent producer; on with Apache Kafka, off with the embedded broker.")
    topic_prefix: str = setting("", "Put before every topic and group, so that tests and towns can share a cluster.")
    session_timeout_seconds: float = setting(6.0, "A worker unheard for so long loses its partitions.")
    ca_file: str = setting(
        "", "PEM file of the brokers' authority; set: TLS is used, and brokers by another name refused."
    )
    certificate_file: str = setting(
        "", "PEM file of our own certificate; its common name is who we are to the brokers."
    )
    key_file: str = setting("", "PEM file of its key.")


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """The database of homes, alerts and history."""

    dsn: Secret = setting(Secret("postgresql://dolbom@127.0.0.1/dolbom"), "libpq connection string.")
    pool_size: int = setting(4, "Most connections of one service.")


@dataclass(frozen=True, kw_only=True)
class Service:
    """What every process has."""

    probe_host: str = setting("127.0.0.1", "Where /live, /ready and /metrics listen.")
    probe_port: int = setting(0, "Their port; 0 picks a free one and logs it.")
    stop_seconds: float = setting(4.0, "A stop that takes longer is cut short; nothing is lost by that.")
    log_format: str = setting("json", "`json` for machines, `console` for people.")


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """How the bridge waits and how much it holds."""

    linger_milliseconds: int = setting(20, "Readings wait so long for company; emergencies do not wait.")
    name: str = setting("", "Name of this bridge among several; empty: the host name. A restarted one keeps its name.")
    window: int = setting(1_000, "Unacknowledged readings held at most by a session; then its socket is not read.")
    # All four partitions together are 8,000 a second: detectors and history keep most of their time for the present.
    late_readings_per_second: int = setting(
        2_000, "Pace of a backlog, for each partition, so that the present does not wait behind the past."
    )
    largest_payload_bytes: int = setting(262_144, "A larger payload is refused as too_large.")
    profiles: str = setting("", "Folder of your own device profiles (*.toml); they outrank the shipped ones.")
    late_after_seconds: int = setting(300, "A reading older than this on arrival is marked late.")


@dataclass(frozen=True, kw_only=True)
class Detectors:
    """How often state is made durable."""

    checkpoint_seconds: float = setting(15.0, "One full round of the 16 chunks of a partition.")
    data_dir: str = setting(".dolbom/faust", "Faust's own folder; holds nothing that matters.")


@dataclass(frozen=True, kw_only=True)
class History:
    """How readings are recorded."""

    batch_rows: int = setting(5_000, "Rows of one transaction at most.")
    batch_milliseconds: int = setting(200, "A batch waits no longer than this.")


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """How gateways get credentials of their own."""

    broker_host: str = setting("127.0.0.1", "Name at which gateways reach the broker; its certificate carries it.")
    broker_port: int = setting(8883, "The broker's port for gateways with a certificate.")
    password_port: int = setting(8884, "The broker's port for gateways with a password; over TLS too.")
    authority_file: str = setting(".dolbom/authority/ca.crt", "PEM file of the authority's certificate; keeper only.")
    authority_key_file: str = setting(".dolbom/authority/ca.key", "PEM file of the authority's key; keeper only.")
    authority_passphrase: Secret = setting(Secret(""), "Opens the authority's key; empty: the key is not encrypted.")
    allow_passwords: bool = setting(True, "Hand out a password where a gateway cannot hold a certificate.")


@dataclass(frozen=True, kw_only=True)
class Dc09:
    """The alarm receiver that panels speak SIA DC-09 to."""

    host: str = setting("127.0.0.1", "Where the receiver listens; its own network's address in production.")
    tcp_port: int = setting(10_500, "Port of TCP; 0 picks a free one and logs it.")
    udp_port: int = setting(10_500, "Port of UDP; 0 picks a free one and logs it.")
    secret: Secret = setting(Secret(""), "Seals the keys of accounts in the database; at least 32 characters.")
    behind_seconds: float = setting(40.0, "The time of an encrypted message may lie so far behind ours.")
    ahead_seconds: float = setting(20.0, "The time of an encrypted message may lie so far ahead of ours.")
    most_connections: int = setting(2_000, "TCP connections at once; those that proved no account give way first.")
    idle_seconds: float = setting(900.0, "A connection of a known panel that says nothing for so long is closed.")
    frames_per_second: float = setting(200.0, "Frames read of one address per second; TCP waits, UDP sends again.")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything, in sections; hand on a section, not the whole."""

    mqtt: Mqtt = field(default_factory=Mqtt)
    kafka: Kafka = field(default_factory=Kafka)
    postgres: Postgres = field(default_factory=Postgres)
    service: Service = field(default_factory=Service)
    ingest: Ingest = field(default_factory=Ingest)
    detectors: Detectors = field(default_factory=Detectors)
    alerts: Alerts = field(default_factory=Alerts)
    console: Console = field(default_factory=Console)
    history: History = field(default_factory=History)
    enrolment: Enrolment = field(default_factory=Enrolment)
    dc09: Dc09 = field(default_factory=Dc09)


def load(environ: Mapping[str, str]) -> Settings:
    """Read all sections; raise BadSettings with one line per fault, unknown names included."""
    faults: list[str] = []
    known: set[str] = set()
    sections: dict[str, object] = {}
    for section in fields(Settings):
        kind = get_type_hints(Settings)[section.name]
        names = {name_of(section.name, one.name): one for one in fields(kind)}
        known |= names.keys()
        sections[section.name] = _section(kind, names, environ, faults)
    # A misspelt setting would otherwise be a silent default. DOLBOM_RUN_* belongs to make and the tests.
    unknown = (name for name in environ if name.startswith(PREFIX) and not name.startswith(f"{PREFIX}RUN_"))
    faults += [f"{name}: no such setting; see docs/reference/settings.md" for name in unknown if name not in known]
    if faults:
        raise BadSettings("these settings cannot be used:\n  " + "\n  ".join(sorted(faults)))
    return Settings(**sections)  # type: ignore[arg-type]  # each section was made of its own kind just above


def refuse_weak(secrets: Mapping[str, Secret]) -> None:
    """Raise BadSettings with a line for each of these settings whose secret could be guessed."""
    weak = [name for name, secret in secrets.items() if len(secret) < SHORTEST_SECRET]
    if weak:
        faults = (f"{name}: expected at least {SHORTEST_SECRET} characters" for name in weak)
        raise BadSettings("these settings cannot be used:\n  " + "\n  ".join(faults))


def name_of(section: str, setting: str) -> str:
    """Name the environment variable of a setting."""
    return f"{PREFIX}{section}_{setting}".upper()


def _section(kind: type, names: dict[str, Field[Any]], environ: Mapping[str, str], faults: list[str]) -> object:
    values: dict[str, object] = {}
    hints = get_type_hints(kind)
    for name, one in names.items():
        if name not in environ:
            continue
        try:
            values[one.name] = _parse(environ[name], hints[one.name])
            if one.name == "dsn" and not dsn.usable(Secret(environ[name])):
                raise ValueError(dsn.FAULT)
        except ValueError as error:
            faults.append(f"{name}: {error}")
    return kind(**values)


_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off", ""})


def _parse(text: str, kind: type) -> object:
    if kind is bool:
        if text.lower() not in _TRUE | _FALSE:
            raise ValueError(f"expected yes or no, got {text!r}")
        return text.lower() in _TRUE
    if kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            raise ValueError(f"expected a number, got {text!r}") from None
        if not 0 <= number < float("inf"):  # NaN is neither, and an endless bound is none
            raise ValueError(f"expected zero or more, got {text!r}")
        return number
    return kind(text)
