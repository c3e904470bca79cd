"""The broker of production, with its shipped configuration: who may say and hear what, and under which name."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from alerts.probe import press
from alerts.probe.mqtt import opened
from tests.deploy.a_broker import (
    Broker,
    a_bridge,
    a_day,
    a_forgery,
    a_gateway,
    a_gateway_not_connected,
    enrolled,
    running,
    with_password,
)
from tests.until import until

pytestmark = [pytest.mark.door, pytest.mark.real]


@pytest.fixture(scope="module")
def broker(server_folder: Path) -> Iterator[Broker]:
    with running(server_folder / "rules") as broker:
        yield broker


async def test_a_gateway_speaks_for_its_own_home_in_both_trees(broker: Broker) -> None:
    bridge = await a_bridge(broker)
    gateway = await a_gateway(broker, enrolled(broker, "h-0001"))
    try:
        for topic in ("home/0b/h-0001/native/readings", "late/0b/h-0001/native/readings"):
            assert not (await gateway.publish(topic, b"mine")).is_failure
        await until(lambda: len(bridge.heard) == 2, what="both readings")
    finally:
        gateway.close()
        bridge.close()


@pytest.mark.parametrize(
    "topic",
    [
        "home/0b/h-0002/native/readings",
        "late/0b/h-0002/native/readings",
        "home/h-0001/native/readings",
        "cmd/h-0001/clock",
        "cmd/h-0002/clock",
        "ack/h-0001",
        "ack/h-0002",
        "$SYS/broker/uptime",
        "anything",
    ],
)
async def test_a_gateway_that_speaks_elsewhere_is_refused_and_ended(broker: Broker, topic: str) -> None:
    listener = await a_bridge(broker, "dolbom-listener")
    gateway = await a_gateway(broker, enrolled(broker, "h-0011"))
    try:
        assert (await gateway.publish(topic.replace("h-0001", "h-0011"), b"not mine")).is_failure
        # Mosquitto ends the connection of a trespasser, too; its own client comes back by itself.
        await until(lambda: len(gateway.connected) > 1, within=20, what="the gateway's return")
        assert not (await gateway.publish("home/0b/h-0011/native/readings", b"mine")).is_failure
        await until(lambda: listener.heard, what="its own reading")
        assert [payload for _, payload in listener.heard] == [b"mine"]
    finally:
        gateway.close()
        listener.close()


async def test_a_gateway_hears_what_is_said_to_its_home_only(broker: Broker) -> None:
    bridge = await a_bridge(broker)
    mine, other = await a_gateway(broker, enrolled(broker, "h-0001")), await a_gateway(broker, enrolled(broker, "h-2"))
    try:
        await mine.subscribe("ack/h-0001")
        await mine.subscribe("cmd/h-0001/#")
        for topic in ("#", "ack/#", "cmd/#", "home/#", "late/#", "$SYS/#", "ack/h-0001", "cmd/h-0001/clock"):
            await other.subscribe(topic)
        bridge.paho.publish("ack/h-0001", b"1", qos=1)
        bridge.paho.publish("cmd/h-0001/clock", b"2", qos=1)
        assert not (await mine.publish("home/0b/h-0001/native/readings", b"3")).is_failure
        assert not (await mine.publish("late/0b/h-0001/native/readings", b"4")).is_failure
        bridge.paho.publish("ack/h-2", b"5", qos=1)
        await until(lambda: len(mine.heard) >= 2 and other.heard, what="what was said to each")
        assert sorted(mine.heard) == [("ack/h-0001", b"1"), ("cmd/h-0001/clock", b"2")]
        assert {topic for topic, _ in other.heard} == {"ack/h-2"}
    finally:
        mine.close()
        other.close()
        bridge.close()


async def test_the_prober_speaks_for_the_made_up_home_and_no_other(broker: Broker) -> None:
    bridge = await a_bridge(broker, "dolbom-hears-the-probe")
    try:
        with opened(broker.probe, "dolbom-test-probe") as line:
            for topic in ("home/0b/h-0001/native/readings", "cmd/h-0001/clock", "ack/h-0001"):
                await until(partial(line.say, topic, b"not mine"), within=20, what="an answer")
            await until(lambda: line.say(press.topic(), b"mine"), within=20, what="an answer")
            await until(lambda: bridge.heard, within=20, what="the press")
            assert bridge.heard == [(press.topic(), b"mine")]
    finally:
        bridge.close()


async def test_a_name_in_the_connection_gains_a_gateway_nothing(broker: Broker) -> None:
    gateway = a_gateway_not_connected(broker, enrolled(broker, "h-0004"))
    gateway.paho.username_pw_set("bridge", "a-password")
    gateway.paho.connect("127.0.0.1", broker.gateways)
    gateway.paho.loop_start()
    try:
        await until(lambda: gateway.connected, what="the gateway")
        assert not gateway.connected[0].is_failure
        assert (await gateway.publish("cmd/h-0001/clock", b"as the bridge")).is_failure
    finally:
        gateway.close()


async def test_a_certificate_of_a_services_name_gains_nothing_where_gateways_come_in(broker: Broker) -> None:
    # The authority would never sign it; the rules hold even if it did.
    victim = await a_gateway(broker, enrolled(broker, "h-0001"))
    thief = await a_gateway(broker, a_forgery(broker, "bridge"))
    try:
        await victim.subscribe("cmd/h-0001/#")
        await thief.subscribe("home/#")
        assert not (await victim.publish("home/0b/h-0001/native/readings", b"x")).is_failure
        assert (await thief.publish("cmd/h-0001/clock", b"x")).is_failure
        assert victim.heard == [] and thief.heard == []
    finally:
        thief.close()
        victim.close()


async def test_a_stolen_client_id_ends_nobodys_session(broker: Broker) -> None:
    bridge = await a_bridge(broker, "dolbom-ingest-01")
    victim = await a_gateway(broker, enrolled(broker, "h-0005"), name="h-0005")
    thieves = [
        await a_gateway(broker, enrolled(broker, "h-0006"), name=name) for name in ("h-0005", "dolbom-ingest-01")
    ]
    try:
        # The second thief is the same home as the first, and takes only its own session.
        await until(lambda: thieves[0].ended, what="the end of the same home's session")
        assert not (await victim.publish("home/0b/h-0005/native/readings", b"still here")).is_failure
        await until(lambda: bridge.heard, what="the reading")
        assert victim.ended == 0 and bridge.ended == 0
    finally:
        for thief in thieves:
            thief.close()
        victim.close()
        bridge.close()


async def test_a_gateway_finds_its_own_session_again_whatever_it_calls_itself(broker: Broker) -> None:
    bridge, credential = await a_bridge(broker), enrolled(broker, "h-0007")
    before = a_gateway_not_connected(broker, credential, name="one")
    before.paho.connect("127.0.0.1", broker.gateways, clean_start=False, properties=a_day())
    before.paho.loop_start()
    await until(lambda: before.connected, what="the gateway")
    await before.subscribe("ack/h-0007")
    before.close()
    bridge.paho.publish("ack/h-0007", b"while it was away", qos=1)
    after = a_gateway_not_connected(broker, credential, name="another")
    after.paho.connect("127.0.0.1", broker.gateways, clean_start=False, properties=a_day())
    after.paho.loop_start()
    try:
        await until(lambda: after.heard, what="what was said meanwhile")
        assert after.heard == [("ack/h-0007", b"while it was away")]
    finally:
        after.close()
        bridge.close()


async def test_a_gateway_with_a_password_has_the_same_rights_and_no_more(broker: Broker) -> None:
    bridge = await a_bridge(broker)
    broker.tell(with_password("h-0008", "correct-horse"))
    gateway = a_gateway_not_connected(broker, None)
    gateway.paho.username_pw_set("h-0008", "correct-horse")
    gateway.paho.connect("127.0.0.1", broker.passwords)
    gateway.paho.loop_start()
    try:
        await until(lambda: gateway.connected, what="the gateway")
        assert not gateway.connected[0].is_failure
        assert not (await gateway.publish("home/0b/h-0008/native/readings", b"mine")).is_failure
        assert (await gateway.publish("home/0b/h-0001/native/readings", b"another's")).is_failure
        await until(lambda: bridge.heard, what="its reading")
        assert [payload for _, payload in bridge.heard] == [b"mine"]
    finally:
        gateway.close()
        bridge.close()


async def test_a_service_does_not_come_in_where_gateways_do(broker: Broker) -> None:
    service = a_gateway_not_connected(broker, None)
    service.paho.username_pw_set("bridge", "a-password-of-the-tests")
    service.paho.connect("127.0.0.1", broker.passwords)
    service.paho.loop_start()
    try:
        await until(lambda: service.connected, what="the answer")
        assert service.connected[0].is_failure
    finally:
        service.close()
