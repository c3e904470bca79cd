"""From the claim to the broker and back: commands, console, keeper and Mosquitto as they run in service."""

import asyncio
import csv
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from contracts import shard_of
from deploy.embedded.children import Child
from deploy.embedded.stack import ROOT
from homes.__main__ import app
from homes.command.service import AWAY, FAULTY, UNUSABLE
from homes.enrolment.keeping import files
from runtime import clock
from runtime.settings import Kafka, Postgres, load
from simulator.dialects import Message
from simulator.mqtt import Line
from tests.alerts.running import environ_of
from tests.console.running import centre, with_street
from tests.deploy.a_broker import Broker, Client, Credential, a_bridge, a_gateway_not_connected, is_refused, running
from tests.until import until

pytestmark = [pytest.mark.door, pytest.mark.real]


@dataclass(kw_only=True)
class Town:
    """A broker with its keeper, and the console."""

    broker: Broker
    keeper: Child
    url: str
    environ: dict[str, str]
    folder: Path
    #: What the last claim's QR held.
    claimed: str = ""

    async def run(self, *words: str | Path) -> Result:
        """Run a command; it has a loop of its own."""
        named = {**self.environ, "COLUMNS": "200"}
        return await asyncio.to_thread(CliRunner().invoke, app, ["enrol", *map(str, words)], env=named)

    async def enrol(self, home: str, *words: str, deed: str = "claim", to: str = "") -> Result:
        """Claim and exchange, as an engineer and a gateway do."""
        claimed = await self.run(deed, home)
        assert claimed.exit_code == 0, claimed.output
        address = next(word for word in claimed.stdout.split() if "#" in word and "exchange" in word).strip("'")
        self.claimed = address
        code = address.rpartition("#")[2]
        return await self.run("exchange", code, "--url", self.url, "--folder", self.folder / (to or home), *words)

    def credential(self, name: str) -> Credential:
        at = self.folder / name
        return Credential(certificate=at / "gateway.crt", key=at / "gateway.key", serial="", expires_at=clock.now())


@pytest.fixture
async def town(tmp_path: Path, server_folder: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Town]:
    await with_street(postgres)
    with running(server_folder / f"town-{tmp_path.name}") as broker:
        authority = tmp_path / "authority"
        files.write(authority / "ca.key", files.key_bytes(broker.authority.key), mode=files.OWNER_ONLY)
        files.write(authority / "ca.crt", (broker.kept / "ca.crt").read_bytes())
        environ = {
            **environ_of(postgres, kafka),
            "DOLBOM_ENROLMENT_AUTHORITY_FILE": str(authority / "ca.crt"),
            "DOLBOM_ENROLMENT_AUTHORITY_KEY_FILE": str(authority / "ca.key"),
            "DOLBOM_MQTT_PORT": str(broker.services),
            "DOLBOM_MQTT_USERNAME": "keeper",
            "DOLBOM_MQTT_PASSWORD": broker.keeper.password.reveal(),
        }
        ports = {
            "DOLBOM_ENROLMENT_BROKER_PORT": str(broker.gateways),
            "DOLBOM_ENROLMENT_PASSWORD_PORT": str(broker.passwords),
        }
        words = ["keep", "--folder", str(broker.kept), "--pid-file", str(broker.folder / "mosquitto.pid")]
        keeper = Child(
            [sys.executable, "-m", "homes", "enrol", *words], log=tmp_path / "keeper.log", environ=environ, cwd=ROOT
        )
        try:
            async with centre(tmp_path, postgres, kafka, **ports) as office:
                await until(
                    lambda: "broker_told" in (tmp_path / "keeper.log").read_text(), within=20, what="the keeper"
                )
                yield Town(broker=broker, keeper=keeper, url=office.url, environ=environ, folder=tmp_path)
        finally:
            keeper.stop()


async def _gateway(town: Town, name: str) -> Client:
    client = a_gateway_not_connected(town.broker, town.credential(name))
    client.paho.connect("127.0.0.1", town.broker.gateways)
    client.paho.loop_start()
    await until(lambda: client.connected, what="the gateway")
    assert not client.connected[0].is_failure
    return client


async def test_a_gateway_is_enrolled_and_its_revocation_ends_its_standing_connection_in_seconds(town: Town) -> None:
    began = clock.ticks()
    done = await town.enrol("h-0001")
    sys.stdout.write(f"claimed, exchanged and tried in {clock.ticks() - began:.2f} s\n")
    assert done.exit_code == 0 and "the credential works" in done.stderr, done.output
    assert f"TOPIC_LIVE=home/{shard_of('h-0001'):02x}/h-0001/native/readings" in done.stdout
    assert all(file.stat().st_mode & 0o077 == 0 for file in (town.folder / "h-0001").glob("gateway.*"))
    bridge, gateway = await a_bridge(town.broker), await _gateway(town, "h-0001")
    try:
        assert not (await gateway.publish("home/0b/h-0001/native/readings", b"mine")).is_failure
        await gateway.subscribe("cmd/h-0001/#")
        began = clock.ticks()
        revoked = await town.run("revoke", "h-0001")
        assert revoked.exit_code == 0 and "cut at the broker" in revoked.stdout, revoked.output
        await until(lambda: gateway.ended, within=5, what="the end of the connection")
        sys.stdout.write(f"revoked and cut in {clock.ticks() - began:.2f} s\n")
        assert is_refused(town.broker, town.credential("h-0001"))
        assert (await town.run("revoke", "h-0001")).exit_code == FAULTY
        assert "revoked" in (await town.run("list")).stdout
        assert bridge.ended == 0
    finally:
        gateway.close()
        bridge.close()


@pytest.mark.parametrize("words", [(), ("--password",)])
async def test_our_own_gateway_comes_in_with_the_file_that_the_enrolment_wrote(
    town: Town, words: tuple[str, ...]
) -> None:
    assert (await town.enrol("h-0001", *words)).exit_code == 0
    written = town.folder / "h-0001" / "forwarder.env"
    assert written.stat().st_mode & 0o077 == 0
    said = dict(line.split("=", 1) for line in written.read_text().splitlines())
    mqtt = load({name: value for name, value in said.items() if name.startswith("DOLBOM_")}).mqtt
    came: list[bool] = []
    line = Line(mqtt, client_id=mqtt.client_id, came=lambda: came.append(True), forgetful=True)
    line.open()
    try:
        await until(lambda: came, what="our own gateway")
        assert said["HOME_ID"] == "h-0001" and int(said["SESSION_ABOVE"]) > 0
        topic = f"home/{shard_of('h-0001'):02x}/h-0001/native/readings"
        await asyncio.wait_for(line.say(Message(topic=topic, payload=b"{}")), 10)
    finally:
        await line.close()


async def test_another_gateway_takes_the_place_of_a_broken_one(town: Town) -> None:
    assert (await town.enrol("h-0001")).exit_code == 0
    again = await town.run("claim", "h-0001")
    assert again.exit_code == FAULTY and "enrol replace" in again.stderr
    old = await _gateway(town, "h-0001")
    done = await town.enrol("h-0001", deed="replace", to="second")
    assert "the credential works" in done.stderr, done.output
    try:
        await until(lambda: is_refused(town.broker, town.credential("h-0001")), what="the refusal of the old one")
        new = await _gateway(town, "second")
        assert not (await new.publish("home/0b/h-0001/native/readings", b"the new one")).is_failure
        new.close()
    finally:
        old.close()


async def test_a_gateway_without_a_certificate_comes_in_by_its_password(town: Town) -> None:
    done = await town.enrol("h-0002", "--password", "--no-try")
    assert done.exit_code == 0, done.output
    password = (town.folder / "h-0002" / "gateway.password").read_text()
    assert password not in done.output
    gateway = a_gateway_not_connected(town.broker, None)
    gateway.paho.username_pw_set("h-0002", password)

    def let_in() -> bool:
        gateway.paho.connect("127.0.0.1", town.broker.passwords)
        while not gateway.connected:
            gateway.paho.loop(timeout=1)
        return not gateway.connected.pop().is_failure

    await until(let_in, what="the broker knows the password")
    gateway.paho.loop_start()
    try:
        assert not (await gateway.publish("home/0b/h-0002/native/readings", b"mine")).is_failure
        assert (await town.run("revoke", "h-0002")).exit_code == 0
        await until(lambda: gateway.ended, within=5, what="the end of the connection")
    finally:
        gateway.close()


async def test_a_table_is_done_row_by_row_and_a_bad_row_touches_no_other(town: Town) -> None:
    table, codes = town.folder / "homes.csv", town.folder / "codes.csv"
    table.write_text("\ufeffhome_id,installer\nh-0001,Kim\nnone,Lee\nh-0002,=1+1\nH 3,Park\nh-0001,Choi\n")
    done = await town.run("import", table, "--codes", codes, "--hours", "24")
    assert done.exit_code == FAULTY and "made): 2" in done.stdout and "refused): 3" in done.stdout
    assert "no such home" in done.stderr and "in line 2" in done.stderr
    assert codes.stat().st_mode & 0o077 == 0
    rows = list(csv.DictReader(codes.open(encoding="utf-8-sig")))
    assert [(row["home_id"], row["installer"]) for row in rows] == [("h-0001", "Kim"), ("h-0002", "'=1+1")]
    for row in rows:
        to = town.folder / row["home_id"]
        made = await town.run("exchange", row["code"], "--url", town.url, "--folder", to)
        assert made.exit_code == 0 and "the credential works" in made.stderr, made.output
    assert (await town.run("import", table, "--codes", codes)).exit_code == UNUSABLE


async def test_a_keeper_that_was_away_catches_up(town: Town) -> None:
    assert (await town.enrol("h-0001")).exit_code == 0
    town.keeper.kill()
    revoked = await town.run("revoke", "h-0001")
    assert revoked.exit_code == AWAY and "keeper" in revoked.stderr
    assert not is_refused(town.broker, town.credential("h-0001"))
    with a_keeper_again(town):
        await until(
            lambda: is_refused(town.broker, town.credential("h-0001")), within=20, what="the revocation is told"
        )


async def test_a_gateway_whose_answer_was_lost_asks_again_with_the_same_key(town: Town) -> None:
    town.keeper.kill()
    lost = await town.enrol("h-0001")
    assert lost.exit_code == FAULTY and "keeper_away" in lost.stderr
    key = (town.folder / "h-0001" / "gateway.key").read_bytes()
    code = town.claimed.rpartition("#")[2]
    with a_keeper_again(town):
        words = ("exchange", code, "--url", town.url, "--folder", town.folder / "h-0001")
        again = await town.run(*words)
        assert again.exit_code == 0 and "the credential works" in again.stderr, again.output
        assert (town.folder / "h-0001" / "gateway.key").read_bytes() == key
        assert (await town.run(*words)).exit_code == UNUSABLE


@contextmanager
def a_keeper_again(town: Town) -> Iterator[None]:
    words = ["keep", "--folder", str(town.broker.kept), "--pid-file", str(town.broker.folder / "mosquitto.pid")]
    again = Child(
        [sys.executable, "-m", "homes", "enrol", *words],
        log=town.folder / "again.log",
        environ=town.environ,
        cwd=ROOT,
    )
    try:
        yield
    finally:
        again.stop()
