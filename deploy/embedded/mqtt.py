"""The embedded MQTT broker: rumqttd from the iotcore wheel, loopback only, memory only, no access rules."""

import logging
import sys
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from iotcore.iotcore import IotCoreBroker

from deploy.embedded.children import Child, answers, loopback_port

#: Larger than what ingest takes, so that an oversized payload is refused there, with a reason, and not here in silence.
LARGEST_PAYLOAD: Final = 4 << 20

_CONFIG: Final = """\
id = 0

[router]
id = 0
max_connections = 10010
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10

[v5.1]
name = "mqtt5"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1

[v5.1.connections]
connection_timeout_ms = 60000
max_payload_size = {largest}
max_inflight_count = 100
dynamic_filters = true

[v4.1]
name = "mqtt311"
listen = "127.0.0.1:{port_311}"
next_connection_delay_ms = 1

[v4.1.connections]
connection_timeout_ms = 60000
max_payload_size = {largest}
max_inflight_count = 100
dynamic_filters = true
"""


class EmbeddedMqtt:
    """A broker for gateways: MQTT 5 on `port`, MQTT 3.1.1 on `port_311`; it forgets everything when it ends."""

    host: Final = "127.0.0.1"

    def __init__(self, folder: Path, *, port: int = 0, log: Path | None = None) -> None:
        """Choose free ports unless one is given; the configuration is written into the folder."""
        self.port = port or loopback_port()
        self.port_311 = loopback_port()
        self._folder = folder
        self._log = log or folder / "mqtt.log"
        self.child: Child | None = None

    def start(self) -> None:
        """Start the broker and return once it listens."""
        self._folder.mkdir(parents=True, exist_ok=True)
        config = self._folder / "rumqttd.toml"
        config.write_text(_CONFIG.format(port=self.port, port_311=self.port_311, largest=LARGEST_PAYLOAD))
        self.child = Child([sys.executable, "-m", "deploy.embedded.mqtt", config], log=self._log, cwd=_root())
        self.child.wait_for(lambda: answers(self.port), within=15, what="the embedded MQTT broker")

    def stop(self) -> None:
        """End the broker; twice is as good as once."""
        if self.child is not None:
            self.child.stop(within=2)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def _root() -> Path:
    return Path(__file__).parent.parent.parent


def main(config: str) -> None:
    """Be the broker until ended."""
    # rumqttd wraps its routing in error spans: below CRITICAL each packet would be a line.
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)
    IotCoreBroker(config_path=config).run_forever()


if __name__ == "__main__":
    main(sys.argv[1])
