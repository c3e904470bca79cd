"""Does the broker let a gateway in with what it was given?"""

import threading
from pathlib import Path
from typing import Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from homes.enrolment.bundle import Bundle

_WITHIN_SECONDS: Final = 10.0


def try_out(bundle: Bundle, folder: Path) -> bool:
    """Connect once with the new credential; False when the broker does not answer or refuses."""
    answered = threading.Event()
    codes: list[ReasonCode] = []

    def on_connect(_client: object, _data: object, _flags: object, code: ReasonCode, _more: object) -> None:
        codes.append(code)
        answered.set()

    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=bundle.client_id, protocol=paho.MQTTv5)
    client.on_connect = on_connect
    if bundle.certificate:
        client.tls_set(str(folder / "authority.crt"), str(folder / "gateway.crt"), str(folder / "gateway.key"))
    else:
        client.tls_set(str(folder / "authority.crt"))
        client.username_pw_set(bundle.username, bundle.password)
    try:
        client.connect(bundle.broker.host, bundle.broker.port, clean_start=False)
    except OSError:
        return False
    client.loop_start()
    try:
        return answered.wait(_WITHIN_SECONDS) and not codes[0].is_failure
    finally:
        client.disconnect()
        client.loop_stop()
