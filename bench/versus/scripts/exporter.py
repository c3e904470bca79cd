"""MQTT to metrics: when each home cried, moved and was heard last. A cry is on disk before it is acknowledged."""

import json
import os
import sys
import time
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from prometheus_client import GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR, REGISTRY, Gauge, start_http_server
from rule import CRIES, _seconds

mqtt_port, port, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
for standard in (GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR):
    REGISTRY.unregister(standard)
cried = Gauge("home_cried_timestamp_seconds", "When a home cried last.", ["home", "hazard"])
moved = Gauge("home_moved_timestamp_seconds", "When somebody moved last.", ["home"])
heard = Gauge("home_heard_timestamp_seconds", "When the gateway was heard last.", ["home"])
journal = (folder / "cries.jsonl").open("a+")
journal.seek(0)
for line in journal:
    home, hazard, at = json.loads(line)
    cried.labels(home, hazard).set(at)


def on_message(client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
    said = json.loads(message.payload)
    home, now = said["home"], time.time()
    for reading in said["readings"]:
        value, at = reading["value"], _seconds(reading.get("at")) or now
        heard.labels(home).set(at)
        if value["kind"] == "motion" and value.get("active"):
            moved.labels(home).set(at)
        if value["kind"] in CRIES and value.get("active", True):
            cried.labels(home, CRIES[value["kind"]]).set(now)
            journal.write(json.dumps([home, CRIES[value["kind"]], now]) + "\n")
            journal.flush()
            os.fsync(journal.fileno())
    client.ack(message.mid, message.qos)


start_http_server(port, "127.0.0.1")
client = paho.Client(CallbackAPIVersion.VERSION2, client_id="versus-exporter", protocol=paho.MQTTv5, manual_ack=True)
client.on_message = on_message
client.on_connect = lambda *said: client.subscribe("home/#", qos=1)
expiry = Properties(PacketTypes.CONNECT)
expiry.SessionExpiryInterval = 3600
client.connect("127.0.0.1", mqtt_port, clean_start=False, properties=expiry)
client.loop_forever()
