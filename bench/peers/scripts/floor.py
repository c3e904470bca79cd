"""The floor: paho receives and acknowledges, and does nothing else. Prints its processor time as it goes."""

import resource
import sys

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

port, client_id, first, last = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
heard = 0


def on_message(client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
    global heard
    heard += 1
    if heard in (first, last):
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(heard, used.ru_utime + used.ru_stime, flush=True)


client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=paho.MQTTv5)
client.on_message = on_message
expiry = Properties(PacketTypes.CONNECT)
expiry.SessionExpiryInterval = 3600
client.connect("127.0.0.1", port, clean_start=False, properties=expiry)
client.loop_forever()
