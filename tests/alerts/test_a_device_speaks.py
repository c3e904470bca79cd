"""A device in the home: the gateway gets the command once it listens, with a key and an end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from alerts.channels import Result
from alerts.channels.device import Device
from alerts.model import Purpose
from alerts.wording import Message, message
from contracts import HomeId
from deploy.embedded.children import loopback_port
from homes.model import Channel, Contact
from runtime import clock
from runtime.settings import Mqtt
from tests.alerts.building import opened
from tests.until import until

pytestmark = pytest.mark.door


@dataclass
class Gateway:
    """A home's gateway, as far as it hears commands."""

    heard: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    listens: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def a_gateway(mqtt: Mqtt, home: HomeId) -> AsyncIterator[Gateway]:
    gateway, loop = Gateway(), asyncio.get_running_loop()
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"gateway-{home}", protocol=paho.MQTTv5)

    def on_message(client: paho.Client, data: object, got: paho.MQTTMessage) -> None:
        gateway.heard.append((got.topic, msgspec.json.decode(got.payload, type=dict[str, object])))

    def on_connect(client: paho.Client, data: object, flags: object, code: object, properties: object) -> None:
        client.subscribe(f"cmd/{home}/#", qos=1)

    def on_subscribe(client: paho.Client, data: object, number: int, codes: object, properties: object) -> None:
        loop.call_soon_threadsafe(gateway.listens.set)

    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    client.on_message = on_message
    await asyncio.to_thread(client.connect, mqtt.host, mqtt.port)
    client.loop_start()
    try:
        await asyncio.wait_for(gateway.listens.wait(), 30)
        yield gateway
    finally:
        client.disconnect()
        client.loop_stop()


def said(home: HomeId, purpose: Purpose) -> Message:
    call = replace(opened().notifications[0], purpose=purpose, home_id=home)
    return message(call, dong="맑은동", language="ko", link="")


@pytest.mark.parametrize(
    ("purpose", "device", "verb"),
    [
        (Purpose.CHECK, "speaker", "ask"),
        (Purpose.IN_THE_HOME, "speaker", "say"),
        (Purpose.IN_THE_HOME, "screen", "say"),
        (Purpose.HELP, "siren", "siren"),
        (Purpose.IN_THE_HOME, "siren:hall", "siren"),
        (Purpose.IN_THE_HOME, "speaker:bed", "say"),
    ],
)
async def test_a_gateway_is_told_what_to_do_and_until_when(
    any_mqtt: Mqtt, purpose: Purpose, device: str, verb: str
) -> None:
    home, channel = HomeId(f"h-{verb}-{device.replace(':', '-')}"), Device(any_mqtt)
    async with a_gateway(any_mqtt, home) as gateway:
        try:
            contact = Contact(channel=Channel.DEVICE, address=device)
            assert (await channel.send(said(home, purpose), contact)).result is Result.SENT
            await until(lambda: gateway.heard, within=30, what="the gateway hears the command")
            ((topic, told),) = gateway.heard
            assert topic == f"cmd/{home}/{verb}"
            assert told["key"] == said(home, purpose).notification_id and told["device"] == device
            assert ("answers" in told) is (purpose is Purpose.CHECK)
            until_at = datetime.fromisoformat(str(told["until"]))
            assert timedelta(0) < until_at - clock.now() <= timedelta(minutes=2)
        finally:
            channel.close()


async def test_without_a_broker_a_siren_is_not_kept_for_later() -> None:
    contact = Contact(channel=Channel.DEVICE, address="siren")
    assert (await Device(None).send(said(HomeId("h-1"), Purpose.HELP), contact)).result is Result.NOT_SET_UP
    channel = Device(Mqtt(host="127.0.0.1", port=loopback_port()))
    try:
        assert (await channel.send(said(HomeId("h-1"), Purpose.HELP), contact)).result is Result.TIMED_OUT
    finally:
        channel.close()
