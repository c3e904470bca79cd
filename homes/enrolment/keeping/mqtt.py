"""Cut a connection at the broker: whoever connects under a session's name takes its place."""

import threading
from collections.abc import Sequence
from typing import Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from runtime.settings import Mqtt

_WITHIN_SECONDS: Final = 5.0


class NotCut(Exception):
    """The broker did not let the keeper take a session over."""


def cut(settings: Mqtt, sessions: Sequence[str]) -> None:
    """End these sessions at the broker, with what is queued for them; raise NotCut or OSError. Blocks."""
    for session in sessions:
        _take_over(settings, session)


def _take_over(settings: Mqtt, session: str) -> None:
    answered = threading.Event()
    codes: list[ReasonCode] = []

    def on_connect(_client: object, _data: object, _flags: object, code: ReasonCode, _more: object) -> None:
        codes.append(code)
        answered.set()

    # A clean start forgets what the ended gateway had subscribed to; no expiry, so nothing stays behind.
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=session, protocol=paho.MQTTv5)
    client.on_connect = on_connect
    if settings.username:
        client.username_pw_set(settings.username, settings.password.reveal())
    if settings.ca_file:
        client.tls_set(settings.ca_file)
    client.connect(settings.host, settings.port, clean_start=True)
    client.loop_start()
    try:
        if not answered.wait(_WITHIN_SECONDS):
            raise NotCut("no answer")
        if codes[0].is_failure:
            raise NotCut(str(codes[0]))
    finally:
        client.disconnect()
        client.loop_stop()
