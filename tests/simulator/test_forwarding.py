"""A forwarding gateway: what its home's broker said survives every crash until Kafka has it."""

import asyncio
import base64
import json
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from contracts import HomeId
from deploy.embedded.mosquitto import LocalMosquitto, NoMosquitto
from runtime.lifecycle import Life
from runtime.settings import Mqtt
from simulator.dialects import Message
from simulator.forwarder.hearing import Heard, Source, cries, forwarded, source
from simulator.forwarder.service import Forwarder, Post
from simulator.forwarder.sqlite import AnotherHome, Shelf
from simulator.mqtt import Line
from simulator.outbox import Shape
from tests.until import until

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
HOME = HomeId("h-0001")


def heard(payload: bytes, *, retained: bool = False) -> Heard:
    return Heard(topic="zigbee2mqtt/door", payload=payload, retained=retained, at=NOON)


def test_a_source_is_topics_and_a_dialect() -> None:
    assert source("zigbee2mqtt/#=zigbee2mqtt") == Source(topics="zigbee2mqtt/#", dialect="zigbee2mqtt")
    assert "expected topics=dialect" in str(source("zigbee2mqtt/#"))


def test_a_message_is_wrapped_with_the_time_at_which_it_was_heard() -> None:
    assert forwarded(heard(b"{}"), "zigbee2mqtt") == {
        "dialect": "zigbee2mqtt",
        "topic": "zigbee2mqtt/door",
        "at": NOON.isoformat(),
        "payload": "{}",
    }
    assert forwarded(heard(b"{}", retained=True), "zigbee2mqtt")["retained"] is True


def test_what_is_no_text_is_wrapped_too() -> None:
    told = forwarded(heard(b"\x82\xff"), "senml")
    assert "payload" not in told
    assert told["base64"] == b"\x82\xff"


@pytest.mark.parametrize(
    ("payload", "cry"),
    [
        (b'{"action": "emergency"}', True),
        (b'{"smoke": true}', True),
        (b'{"smoke":false}', False),
        (b"ON", False),
        (b'{"action":"single"}', True),
    ],
)
def test_a_cry_is_known_by_its_words(payload: bytes, cry: bool) -> None:
    assert cries(payload) is cry


def test_an_outbox_on_disk_is_taken_up_where_it_was_left(tmp_path: Path) -> None:
    with Shelf(tmp_path / "outbox", HOME) as shelf:
        outbox = shelf.load()
        entries = [outbox.put(Shape.MESSAGES, b"[]", at=NOON, urgent=seq == 2) for seq in range(3)]
        for entry in entries:
            shelf.put(entry)
        shelf.forget([1])
    with Shelf(tmp_path / "outbox", HOME) as shelf:
        again = shelf.load()
    assert (again.session, again.next_seq, list(again.held.values())) == (outbox.session, 4, entries[1:])


def test_an_empty_outbox_does_not_begin_its_count_again(tmp_path: Path) -> None:
    with Shelf(tmp_path / "outbox", HOME) as shelf:
        shelf.put(shelf.load().put(Shape.READINGS, b"[]", at=NOON))
        shelf.forget([1])
        assert shelf.load().next_seq == 2


def test_the_outbox_of_another_home_is_refused(tmp_path: Path) -> None:
    Shelf(tmp_path / "outbox", HOME).__exit__(None, None, None)
    with pytest.raises(AnotherHome, match="h-0001"):
        Shelf(tmp_path / "outbox", HomeId("h-0002"))


def test_the_time_of_the_last_test_is_kept(tmp_path: Path) -> None:
    with Shelf(tmp_path / "outbox", HOME) as shelf:
        assert shelf.tested_at() == datetime(1970, 1, 1, tzinfo=UTC)
        shelf.tested_at(NOON)
    with Shelf(tmp_path / "outbox", HOME) as shelf:
        assert shelf.tested_at() == NOON


def test_a_replaced_gateway_begins_above_the_one_before(tmp_path: Path) -> None:
    above = int(datetime(2030, 1, 1, tzinfo=UTC).timestamp() * 1000)
    with Shelf(tmp_path / "outbox", HOME) as shelf:
        assert shelf.load(session_above=above).session > above
        assert shelf.next_connection(session_above=above) > above


def test_an_outbox_that_another_gateway_overtook_begins_anew_with_what_it_holds(tmp_path: Path) -> None:
    with Shelf(tmp_path / "outbox", HOME) as shelf:
        outbox = shelf.load()
        for _ in range(3):
            shelf.put(outbox.put(Shape.MESSAGES, b"[]", at=NOON))
        shelf.forget([1])
        again = shelf.load(session_above=outbox.session)
        assert again.session > outbox.session
        assert list(again.held) == [1, 2] and again.next_seq == 3
        kept = shelf.load(session_above=outbox.session)
        assert (kept.session, kept.held) == (again.session, again.held)


def test_a_connection_is_numbered_above_the_last_whatever_the_clock_says(tmp_path: Path) -> None:
    with Shelf(tmp_path / "outbox", HOME) as shelf:
        last = shelf.next_connection(session_above=int(datetime(2030, 1, 1, tzinfo=UTC).timestamp() * 1000))
    with Shelf(tmp_path / "outbox", HOME) as shelf:
        assert shelf.next_connection() == last + 1


def test_an_outbox_is_for_its_owner_only(tmp_path: Path) -> None:
    (tmp_path / "outbox").touch(mode=0o644)
    with Shelf(tmp_path / "outbox", HOME) as shelf:
        shelf.put(shelf.load().put(Shape.READINGS, b"[]", at=NOON))
        assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


class Service:
    """Takes what gateways say, and tells them what it holds, as the bridge does."""

    def __init__(self, mqtt: Mqtt) -> None:
        self.numbers: set[int] = set()
        self.payloads: set[str] = set()
        self.tested = 0
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="service", protocol=paho.MQTTv5)
        self._client.on_message = self._on_message
        self._client.on_connect = lambda client, *rest: client.subscribe([("home/#", 1), ("late/#", 1)])
        self._client.connect_async(mqtt.host, mqtt.port)
        self._client.reconnect_delay_set(1, 1)
        self._client.loop_start()

    def _on_message(self, client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
        body = json.loads(message.payload)
        if "seq" not in body:
            return
        # What is said again is the same: it counts once.
        readings = body.get("readings", ()) if body["seq"] not in self.numbers else ()
        self.numbers.add(body["seq"])
        self.payloads |= {each["payload"] for each in body.get("messages", ())}
        self.tested += sum(each["value"]["kind"] == "test_pressed" for each in readings)
        complete = 0
        while complete + 1 in self.numbers:
            complete += 1
        client.publish(f"ack/{HOME}", json.dumps({"session": body["session"], "seq": complete}))

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def serving(mqtt: Mqtt) -> Iterator[Service]:
    service = Service(mqtt)
    try:
        yield service
    finally:
        service.close()


@pytest.fixture
def brokers(server_folder: Path) -> Iterator[tuple[LocalMosquitto, LocalMosquitto]]:
    try:
        near, far = (LocalMosquitto(server_folder / f"forwarding-{name}") for name in ("near", "far"))
    except NoMosquitto as why:
        pytest.skip(f"no gateway was forwarded through a crash: {why}")
    with near, far:
        yield near, far


def a_post(near: LocalMosquitto, far: LocalMosquitto, file: Path) -> Post:
    return Post(
        home_id=HOME,
        near=Mqtt(port=near.port),
        far=Mqtt(port=far.port, client_id="gateway-h-0001"),
        sources=(Source(topics="zigbee2mqtt/#", dialect="zigbee2mqtt"),),
        outbox=file,
        heartbeat_seconds=0.5,
    )


async def a_session(near: LocalMosquitto, *topics: str) -> None:
    """Let the home's broker keep what comes, from before a gateway's first start on."""
    older = Line(Mqtt(port=near.port), client_id=f"dolbom-{HOME}", listens=topics, lasting=True)
    older.open()
    await until(older.connected.is_set, what="the older session")
    await older.close()


@asynccontextmanager
async def a_gateway(near: LocalMosquitto, far: LocalMosquitto, file: Path) -> AsyncIterator[Forwarder]:
    life = Life()
    with Shelf(file, HOME) as shelf:
        forwarder = Forwarder(a_post(near, far, file), shelf)
        task = asyncio.create_task(forwarder.forward(life))
        try:
            await until(lambda: life.ready, what="the gateway runs")
            yield forwarder
        finally:
            life.stopping.set()
            await task


class Devices:
    """The devices of a home, at its own broker."""

    def __init__(self, near: LocalMosquitto) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.max_queued_messages_set(0)
        self._client.connect("127.0.0.1", near.port)
        self._client.loop_start()
        self.said: list[str] = []

    def say(self, topic: str, payload: str) -> None:
        """Say something that is no cry, and return when the home's broker has it."""
        self._client.publish(topic, payload, qos=1).wait_for_publish(10)

    def press(self, times: int) -> None:
        """Press, and return when the home's broker has every press."""
        begun = len(self.said)
        self.said += [f'{{"action":"emergency","n":{number}}}' for number in range(begun, begun + times)]
        for payload in self.said[begun:]:
            self._client.publish("zigbee2mqtt/sos", payload, qos=1).wait_for_publish(10)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.mark.door
@pytest.mark.real
async def test_a_killed_broker_and_a_restarted_gateway_lose_no_press(
    brokers: tuple[LocalMosquitto, LocalMosquitto], tmp_path: Path
) -> None:
    near, far = brokers
    devices, file = Devices(near), tmp_path / "outbox"
    await a_session(near, "zigbee2mqtt/#")
    with serving(Mqtt(port=far.port)) as service:
        async with a_gateway(near, far, file) as gateway:
            await asyncio.to_thread(devices.press, 30)
            await until(lambda: len(service.payloads) == 30, what="the first presses")
            assert far.child is not None
            far.child.kill()
            await asyncio.to_thread(devices.press, 30)
            await until(lambda: gateway.held >= 30, what="the presses of the outage are held")
        # The gateway was stopped as well: what it held is on its disk, and its home's broker keeps what comes.
        await asyncio.to_thread(devices.press, 30)
        far.start()
        async with a_gateway(near, far, file) as gateway:
            await until(lambda: len(service.payloads) == 90, within=30, what="every press")
            await until(lambda: gateway.held <= 2, what="the gateway forgets what arrived")
            assert service.payloads == set(devices.said)
            assert service.tested == 1
    devices.close()


@pytest.mark.door
@pytest.mark.real
async def test_neither_a_strange_topic_nor_a_huge_message_stops_a_press(
    brokers: tuple[LocalMosquitto, LocalMosquitto], tmp_path: Path
) -> None:
    near, far = brokers
    # An older --hear: the session at the home's broker still hears it.
    await a_session(near, "tele/#", "zigbee2mqtt/#")
    devices = Devices(near)
    with serving(Mqtt(port=far.port)) as service:
        async with a_gateway(near, far, tmp_path / "outbox") as gateway:
            await asyncio.to_thread(devices.say, "tele/plug/STATE", "ON")
            await asyncio.to_thread(devices.say, "zigbee2mqtt/bridge/definitions", '"' * 200_000)
            await asyncio.to_thread(devices.press, 1)
            await until(lambda: len(service.payloads) == 1, what="the press")
            await until(lambda: gateway.held <= 2, what="nothing stands in the way")
    devices.close()


@pytest.mark.door
@pytest.mark.real
async def test_a_disk_that_takes_nothing_ends_the_gateway_and_loses_no_press(
    brokers: tuple[LocalMosquitto, LocalMosquitto], tmp_path: Path
) -> None:
    near, far = brokers
    devices, file, life = Devices(near), tmp_path / "outbox", Life()
    await a_session(near, "zigbee2mqtt/#")
    with Shelf(file, HOME) as shelf:
        gateway = Forwarder(replace(a_post(near, far, file), heartbeat_seconds=60), shelf)
        task = asyncio.create_task(gateway.forward(life))
        await until(lambda: gateway.held >= 2, what="the first beat")
    await asyncio.to_thread(devices.press, 1)
    with pytest.raises(sqlite3.Error):
        await asyncio.wait_for(task, 10)
    with serving(Mqtt(port=far.port)) as service:
        async with a_gateway(near, far, file):
            await until(lambda: len(service.payloads) == 1, what="the press")
    devices.close()


@pytest.mark.door
@pytest.mark.real
async def test_a_flapping_line_does_not_gather_what_it_was_told(server_folder: Path) -> None:
    try:
        broker = LocalMosquitto(server_folder / "flapping")
    except NoMosquitto as why:
        pytest.skip(f"no line flapped: {why}")
    with broker:
        said = Message(topic="home/00/h-0001/native/readings", payload=b"{}")
        came: list[int] = []
        line = Line(Mqtt(port=broker.port), client_id="g", came=lambda: came.append(1), forgetful=True)
        line.open()
        for turn in range(1, 4):
            await until(lambda turn=turn: len(came) == turn, what="the line")  # type: ignore[misc]  # a default binds it
            assert line.unanswered == 0
            assert broker.child is not None
            broker.child.send(signal.SIGSTOP)
            for _ in range(5):
                line.say(said)
            broker.child.kill()
            broker.start()
        await line.close()


def test_a_message_of_bytes_is_kept_as_base64(tmp_path: Path) -> None:
    with Shelf(tmp_path / "outbox", HOME) as shelf:
        outbox = shelf.load()
        told = replace(heard(b"\xff"), at=NOON + timedelta(seconds=1))
        body = json.dumps([{**forwarded(told, "senml"), "base64": base64.b64encode(b"\xff").decode()}]).encode()
        shelf.put(outbox.put(Shape.MESSAGES, body, at=told.at))
    rows = sqlite3.connect(tmp_path / "outbox").execute("select body from entry").fetchall()
    assert json.loads(rows[0][0])[0]["base64"] == "/w=="
