"""What goes over the wire when a gateway exchanges its code, and what it must be set up with."""

from datetime import datetime

import msgspec

from contracts import HomeId, shard_of


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """What a gateway posts: its code, and a signing request unless it asks for a password."""

    code: str
    csr: str = ""
    password: bool = False


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What a gateway posts once its new credential worked; the proof is a signature by its key, or its password."""

    credential: int
    proof: str


class Broker(msgspec.Struct, frozen=True, kw_only=True):
    """Where the gateway connects; always TLS."""

    host: str
    port: int


class Topics(msgspec.Struct, frozen=True, kw_only=True):
    """Below what the gateway publishes, and what it hears."""

    live: str
    #: For what it stored while it was cut off, so that a backlog never stands in front of a live reading.
    late: str
    acknowledgements: str
    commands: str


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """What a gateway gets for its code."""

    credential: int
    home_id: str
    #: The broker takes no other.
    client_id: str
    username: str
    broker: Broker
    topics: Topics
    #: The authority that signed the broker, and the gateway.
    authority: str
    certificate: str = ""
    serial: str = ""
    expires_at: datetime | None = None
    #: Shown this once.
    password: str = ""
    #: Sessions of the gateway before were lower; those of this one must be higher.
    session_above: int

    def __repr__(self) -> str:
        """Tell whose it is, and no secret."""
        return f"Bundle(home_id={self.home_id!r}, credential={self.credential})"


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """Why an exchange was turned away."""

    reason: str
    mend: str


def topics_of(home_id: HomeId) -> Topics:
    """Name a home's topics; the shard is its own for ever."""
    shard = f"{shard_of(home_id):02x}"
    return Topics(
        live=f"home/{shard}/{home_id}/",
        late=f"late/{shard}/{home_id}/",
        acknowledgements=f"ack/{home_id}",
        commands=f"cmd/{home_id}/",
    )


def proof_text(credential: int) -> bytes:
    """Say what a gateway signs to show that it holds the key of its certificate."""
    return f"dolbom confirm {credential}".encode()


def bridge_snippet(bundle: Bundle, folder: str) -> str:
    """Write what a Mosquitto on the gateway needs to hand on what Zigbee2MQTT says, and keep it while we are away."""
    proof = (
        f"bridge_certfile {folder}/gateway.crt\nbridge_keyfile {folder}/gateway.key\n"
        if bundle.certificate
        else f"remote_username {bundle.username}\nremote_password {bundle.password}\n"
    )
    return (
        "connection dolbom\n"
        f"address {bundle.broker.host}:{bundle.broker.port}\n"
        f"bridge_cafile {folder}/authority.crt\n"
        f"{proof}"
        f"remote_clientid {bundle.client_id}\n"
        "cleansession false\n"
        "notifications false\n"
        "try_private false\n"
        f'topic zigbee2mqtt/# out 1 "" {bundle.topics.live}\n'
        "upgrade_outgoing_qos true\n"
        "max_queued_messages 0\n"
        "persistence true\n"
        "autosave_interval 1\n"
    )


def native_settings(bundle: Bundle, folder: str) -> str:
    """Write what a gateway that speaks our own JSON needs, one name a line."""
    lines = {
        "HOME_ID": bundle.home_id,
        "MQTT_HOST": bundle.broker.host,
        "MQTT_PORT": str(bundle.broker.port),
        "MQTT_CLIENT_ID": bundle.client_id,
        "MQTT_CA_FILE": f"{folder}/authority.crt",
        "TOPIC_LIVE": f"{bundle.topics.live}native/readings",
        "TOPIC_LATE": f"{bundle.topics.late}native/readings",
        "TOPIC_ACKNOWLEDGEMENTS": bundle.topics.acknowledgements,
        "TOPIC_COMMANDS": f"{bundle.topics.commands}#",
        "SESSION_ABOVE": str(bundle.session_above),
    }
    if bundle.certificate:
        lines |= {"MQTT_CERT_FILE": f"{folder}/gateway.crt", "MQTT_KEY_FILE": f"{folder}/gateway.key"}
    else:
        lines |= {"MQTT_USERNAME": bundle.username, "MQTT_PASSWORD_FILE": f"{folder}/gateway.password"}
    return _lines(lines)


def forwarder_settings(bundle: Bundle, folder: str) -> str:
    """Write what our own forwarding gateway reads as its environment; it may hold the password."""
    lines = {
        "HOME_ID": bundle.home_id,
        "SESSION_ABOVE": str(bundle.session_above),
        "DOLBOM_MQTT_HOST": bundle.broker.host,
        "DOLBOM_MQTT_PORT": str(bundle.broker.port),
        "DOLBOM_MQTT_CLIENT_ID": bundle.client_id,
        "DOLBOM_MQTT_CA_FILE": f"{folder}/authority.crt",
    }
    if bundle.certificate:
        lines |= {
            "DOLBOM_MQTT_CERTIFICATE_FILE": f"{folder}/gateway.crt",
            "DOLBOM_MQTT_KEY_FILE": f"{folder}/gateway.key",
        }
    else:
        lines |= {"DOLBOM_MQTT_USERNAME": bundle.username, "DOLBOM_MQTT_PASSWORD": bundle.password}
    return _lines(lines)


def _lines(named: dict[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in named.items())
