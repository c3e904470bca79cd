"""Dialects: each decoder reads one and never fails; the second part of the topic's tail picks it."""

from collections.abc import Callable, Mapping
from typing import Final

from contracts import RefusalReason
from ingest.decode import (
    esphome,
    forwarded,
    homeassistant,
    native,
    senml,
    shelly,
    sparkplug,
    tasmota,
    thingsboard,
    zigbee2mqtt,
)
from ingest.learned import Known
from ingest.message import Address, Decoded, GatewayMessage, unreadable

Decoder = Callable[[GatewayMessage, Address, Known], Decoded]

DIALECTS: Final[Mapping[str, Decoder]] = {
    "native": native.decode,
    "forwarded": lambda message, address, known: forwarded.decode(message, address, known, inner=decode),
    "senml": senml.decode,
    "zigbee2mqtt": zigbee2mqtt.decode,
    "homeassistant": homeassistant.decode,
    "thingsboard": thingsboard.decode,
    "sparkplug": sparkplug.decode,
    "tasmota": tasmota.decode,
    "shelly": shelly.decode,
    "esphome": esphome.decode,
}


def decode(message: GatewayMessage, address: Address, known: Known) -> Decoded:
    """Read a message in the dialect that its topic names."""
    decoder = DIALECTS.get(address.dialect)
    if decoder is None:
        return unreadable(RefusalReason.UNKNOWN_DIALECT, f"expected one of {', '.join(DIALECTS)}")
    return decoder(message, address, known)
