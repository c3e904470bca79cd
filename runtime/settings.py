"""The settings of a service, read once from `DOLBOM_*`; every bad section is reported at once."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from enum import StrEnum
from typing import Any, Final, get_type_hints

PREFIX: Final = "DOLBOM_"
#: A shorter key could be guessed.
SHORTEST_SECRET: Final = 32


class BadSettings(Exception):
    """The environment does not hold what the service needs; the message lists every fault and its mend."""


class Secret(str):
    """A value that shows itself as `***` wherever it is printed; only `reveal` tells it."""

    def __repr__(self) -> str:
        return "'***'"

    def __str__(self) -> str:
        return "***"

    def __format__(self, form: str) -> str:
        return format("***", form)

    def reveal(self) -> str:
        """Tell the secret, to whoever it is for."""
        return super().__str__()


def _setting(default: object, about: str) -> Any:  # dataclasses.field itself answers Any
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True, kw_only=True)
class Mqtt:
    """The broker that gateways speak to."""

    host: str = _setting("127.0.0.1", "Address of the MQTT broker.")
    port: int = _setting(1883, "Port of the MQTT 5 listener.")
    username: str = _setting("", "User of the bridge; empty: anonymous.")
    password: Secret = _setting(Secret(""), "Password of the bridge.")
    ca_file: str = _setting("", "PEM file of the broker's authority; set: TLS is used.")
    certificate_file: str = _setting("", "PEM file of our own certificate; set: the broker knows us by it.")
    key_file: str = _setting("", "PEM file of its key.")
    client_id: str = _setting("dolbom-ingest", "Begins the name of every session; the same for all bridges.")
    session_expiry_seconds: int = _setting(86_400 * 7, "How long the broker keeps our session while we are away.")


@dataclass(frozen=True, kw_only=True)
class Kafka:
    """The log between the services."""

    bootstrap: str = _setting("127.0.0.1:9092", "Addresses of Kafka brokers, comma separated.")
    replication: int = _setting(1, "Copies of each topic; 3 in production.")
    min_insync: int = _setting(1, "Copies that must have a record before it is acknowledged; 2 in production.")
    idempotence: bool = _setting(False, "Idempotent producer; on with Apache Kafka, off with the embedded broker.")
    topic_prefix: str = _setting("", "Put before every topic and group, so that tests and towns can share a cluster.")
    session_timeout_seconds: float = _setting(6.0, "A worker unheard for so long loses its partitions.")


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """The database of homes, alerts and history."""

    dsn: Secret = _setting(Secret("postgresql://dolbom@127.0.0.1/dolbom"), "libpq connection string.")
    pool_size: int = _setting(4, "Most connections of one service.")


@dataclass(frozen=True, kw_only=True)
class Service:
    """What every process has."""

    probe_host: str = _setting("127.0.0.1", "Where /live, /ready and /metrics listen.")
    probe_port: int = _setting(0, "Their port; 0 picks a free one and logs it.")
    stop_seconds: float = _setting(4.0, "A stop that takes longer is cut short; nothing is lost by that.")
    log_format: str = _setting("json", "`json` for machines, `console` for people.")


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """How the bridge waits and how much it holds."""

    linger_milliseconds: int = _setting(20, "Readings wait so long for company; emergencies do not wait.")
    name: str = _setting("", "Name of this bridge among several; empty: the host name. A restarted one keeps its name.")
    window: int = _setting(1_000, "Unacknowledged readings held at most by a session; then its socket is not read.")
    # All four partitions together are 8,000 a second: detectors and history keep most of their time for the present.
    late_readings_per_second: int = _setting(
        2_000, "Pace of a backlog, for each partition, so that the present does not wait behind the past."
    )
    largest_payload_bytes: int = _setting(262_144, "A larger payload is refused as too_large.")
    profiles: str = _setting("", "Folder of your own device profiles (*.toml); they outrank the shipped ones.")
    late_after_seconds: int = _setting(300, "A reading older than this on arrival is marked late.")


@dataclass(frozen=True, kw_only=True)
class Detectors:
    """How often state is made durable."""

    checkpoint_seconds: float = _setting(15.0, "One full round of the 16 chunks of a partition.")
    data_dir: str = _setting(".dolbom/faust", "Faust's own folder; holds nothing that matters.")


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """How people are reached."""

    public_url: str = _setting("http://127.0.0.1:8080", "Base of the links that responders get.")
    link_secret: Secret = _setting(Secret(""), "Key that signs capability links; at least 32 characters.")
    webhook_secret: Secret = _setting(Secret(""), "Key of the HMAC on outgoing webhooks; at least 32 characters.")
    acknowledgement_seconds: int = _setting(600, "An acknowledgement without action expires after this.")
    engineers: Secret = _setting(
        Secret(""),
        "Whom faults of the service itself wake: `mailto:`, `https://` (webhook) or Apprise URLs, between spaces.",
    )
    audit_seconds: float = _setting(10.0, "The service looks so often whether it keeps its promises.")
    dead_man_url: Secret = _setting(
        Secret(""), "Asked (GET) while the service finds nothing wrong with itself; its silence must alarm you outside."
    )
    centre_secret: Secret = _setting(
        Secret(""), "Seals the keys of other alarm centres in the database; at least 32 characters."
    )
    dead_man_seconds: float = _setting(60.0, "How often.")
    synthetic_seconds: float = _setting(60.0, "`python -m alerts probe` presses a button that nobody has so often.")
    synthetic_host: str = _setting("127.0.0.1", "Where it listens for the call that comes of a press.")
    synthetic_port: int = _setting(0, "Its port; 0 picks a free one.")
    synthetic_url: str = _setting("", "The address at which the alerts service reaches it; empty: host and port.")
    smtp_host: str = _setting("", "Mail server; empty: e-mail deliveries fail with that reason.")
    smtp_port: int = _setting(587, "Port of the mail server.")
    smtp_username: str = _setting("", "User at the mail server.")
    smtp_password: Secret = _setting(Secret(""), "Password at the mail server.")
    smtp_from: str = _setting("dolbom@localhost", "Sender of mails.")
    smtp_starttls: bool = _setting(True, "Insist on STARTTLS.")
    web_push_key: Secret = _setting(
        Secret(""), "VAPID private key; make one: `python -m alerts vapid`. Empty: no Web Push."
    )
    web_push_contact: str = _setting(
        "", "mailto: or https: address at which a push service may reach whoever runs this."
    )
    web_push_hosts: str = _setting(
        "fcm.googleapis.com,push.services.mozilla.com,push.apple.com,notify.windows.com",
        "Push services that a browser may name, by commas, each with every host below it; no other is spoken to.",
    )
    sms_gateway: str = _setting("", "Template of the SMS gateway: generic-json, form, or a TOML file; empty: no SMS.")
    sms_gateway_url: str = _setting("", "Its address: `{url}` in the template.")
    sms_gateway_user: str = _setting("", "Our account there: `{user}`.")
    sms_gateway_secret: Secret = _setting(Secret(""), "Our key there: `{secret}`.")
    sms_gateway_sender: str = _setting("", "The number that people see and answer to: `{sender}`.")
    sms_inbound_secret: Secret = _setting(
        Secret(""), "What it proves its receipts and replies with, at least 32 characters; empty: none is heard."
    )
    voice_gateway: str = _setting(
        "", "Template of the voice gateway: generic-json, form, or a TOML file; empty: no calls."
    )
    voice_gateway_url: str = _setting("", "Its address: `{url}` in the template.")
    voice_gateway_user: str = _setting("", "Our account there: `{user}`.")
    voice_gateway_secret: Secret = _setting(Secret(""), "Our key there: `{secret}`.")
    voice_gateway_sender: str = _setting("", "The number that people see: `{sender}`.")
    voice_inbound_secret: Secret = _setting(
        Secret(""), "What it proves its receipts and pressed keys with, at least 32 characters; empty: none is heard."
    )
    bundle_seconds: int = _setting(
        600, "A responder hears of caution, notice and device at most this often; what comes in between is one message."
    )


class SecondFactor(StrEnum):
    """Whether a password alone opens the console."""

    REQUIRED = "required"
    OFF = "off"


@dataclass(frozen=True, kw_only=True)
class Console:
    """The operators' pages."""

    host: str = _setting("127.0.0.1", "Where the pages listen.")
    port: int = _setting(8080, "Their port.")
    session_secret: Secret = _setting(Secret(""), "Key that signs session cookies; at least 32 characters.")
    secure_cookies: bool = _setting(True, "Cookies only over HTTPS; off only on loopback.")
    trusted_proxies: str = _setting("127.0.0.1", "Whose X-Forwarded-For is believed: addresses or nets, by commas.")
    operator_name: str = _setting("", "First operator, made when there is none.")
    operator_password: Secret = _setting(Secret(""), "The first operator's password, at least 12 characters.")
    second_factor: SecondFactor = _setting(
        SecondFactor.REQUIRED, "`required`: a one-time code after the password; `off`: for demo and tests."
    )
    demo_control_url: str = _setting("", "Address of the simulator's scene door; set by the demo only.")
    centre_phone: str = _setting("", "The centre's number: responders call it from their page. Empty: not offered.")


@dataclass(frozen=True, kw_only=True)
class History:
    """How readings are recorded."""

    batch_rows: int = _setting(5_000, "Rows of one transaction at most.")
    batch_milliseconds: int = _setting(200, "A batch waits no longer than this.")


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """How gateways get credentials of their own."""

    broker_host: str = _setting("127.0.0.1", "Name at which gateways reach the broker; its certificate carries it.")
    broker_port: int = _setting(8883, "The broker's port for gateways with a certificate.")
    password_port: int = _setting(8884, "The broker's port for gateways with a password; over TLS too.")
    authority_file: str = _setting(".dolbom/authority/ca.crt", "PEM file of the authority's certificate; keeper only.")
    authority_key_file: str = _setting(".dolbom/authority/ca.key", "PEM file of the authority's key; keeper only.")
    authority_passphrase: Secret = _setting(Secret(""), "Opens the authority's key; empty: the key is not encrypted.")
    allow_passwords: bool = _setting(True, "Hand out a password where a gateway cannot hold a certificate.")


@dataclass(frozen=True, kw_only=True)
class Dc09:
    """The alarm receiver that panels speak SIA DC-09 to."""

    host: str = _setting("127.0.0.1", "Where the receiver listens; its own network's address in production.")
    tcp_port: int = _setting(10_500, "Port of TCP; 0 picks a free one and logs it.")
    udp_port: int = _setting(10_500, "Port of UDP; 0 picks a free one and logs it.")
    secret: Secret = _setting(Secret(""), "Seals the keys of accounts in the database; at least 32 characters.")
    behind_seconds: float = _setting(40.0, "The time of an encrypted message may lie so far behind ours.")
    ahead_seconds: float = _setting(20.0, "The time of an encrypted message may lie so far ahead of ours.")
    most_connections: int = _setting(2_000, "TCP connections at once; those that proved no account give way first.")
    idle_seconds: float = _setting(900.0, "A connection of a known panel that says nothing for so long is closed.")
    frames_per_second: float = _setting(200.0, "Frames read of one address per second; TCP waits, UDP sends again.")


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
        names = {name_of(section.name, setting.name): setting for setting in fields(kind)}
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
    for name, setting in names.items():
        if name not in environ:
            continue
        try:
            values[setting.name] = _parse(environ[name], hints[setting.name])
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
