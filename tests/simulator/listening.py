"""An ear at the broker: what homes have said, as a test asks for it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from runtime.settings import Mqtt


@dataclass
class Ear:
    """Every message heard so far: topic and payload."""

    heard: list[tuple[str, bytes]] = field(default_factory=list)
    say: Callable[[str, bytes], object] = lambda topic, payload: None

    def of(self, home_id: str) -> list[dict[str, Any]]:
        """The bodies of a home's native messages."""
        return [json.loads(payload) for topic, payload in self.heard if f"/{home_id}/native/" in topic]

    def values(self, home_id: str, kind: str) -> list[dict[str, Any]]:
        """The values of a kind that a home said natively."""
        said = [reading["value"] for body in self.of(home_id) for reading in body["readings"]]
        return [value for value in said if value["kind"] == kind]

    def cries(self, home_id: str) -> bool:
        """Whether the home cried for help, in whichever dialect."""
        mine = [payload for topic, payload in self.heard if f"/{home_id}/" in topic]
        return any(b'"help_button"' in payload or b'"emergency"' in payload for payload in mine)


@contextmanager
def listening(mqtt: Mqtt) -> Iterator[Ear]:
    """Hear everything that homes say while the block runs."""
    client = Client(CallbackAPIVersion.VERSION2, client_id=f"{mqtt.client_id}-ear", protocol=MQTTProtocolVersion.MQTTv5)
    ear = Ear(say=client.publish)
    client.on_message = lambda _client, _data, message: ear.heard.append((message.topic, bytes(message.payload)))
    client.connect(mqtt.host, mqtt.port)
    client.subscribe([("home/#", 1), ("late/#", 1)])
    client.loop_start()
    try:
        yield ear
    finally:
        client.disconnect()
        client.loop_stop()
