"""A street from the command line: invented, lived in, asked for scenes, and stopped."""

import asyncio
import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from deploy.embedded.children import loopback_port
from homes import street as streets
from homes.model import Street
from runtime.settings import Mqtt
from simulator.__main__ import app
from tests.until import until


def test_a_street_is_written_as_homes_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "street.yaml"
    written = CliRunner().invoke(app, ["street", "--homes", "3", "--seed", "9", "--out", str(file)])
    shown = CliRunner().invoke(app, ["street", "--homes", "3", "--seed", "9"])
    assert (written.exit_code, shown.exit_code) == (0, 0)
    read = streets.parse(file.read_text())
    assert isinstance(read, Street)
    assert len(read.homes) == 3
    assert shown.stdout == file.read_text()


def test_a_scene_without_a_street_says_what_to_start() -> None:
    asked = CliRunner().invoke(app, ["scene", "fall", "--control", "http://127.0.0.1:9"])
    assert asked.exit_code == 1
    assert "python -m simulator run" in asked.stderr


def test_a_key_that_is_none_is_told() -> None:
    asked = CliRunner().invoke(app, ["panel", "1234", "1101 00 003", "--key"], input="not a key\n")
    assert asked.exit_code == 2
    assert "64 hex digits" in asked.stderr


def test_a_faulty_street_is_not_lived_in(tmp_path: Path) -> None:
    file = tmp_path / "street.yaml"
    file.write_text("homes:\n- id: 7\n")
    assert CliRunner().invoke(app, ["run", "--street", str(file)]).exit_code == 2


def test_a_misspelt_setting_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "street.yaml"
    CliRunner().invoke(app, ["street", "--homes", "1", "--out", str(file)])
    ran = CliRunner(env={"DOLBOM_MQTT_PROT": "1883"}).invoke(app, ["run", "--street", str(file)])
    assert ran.exit_code == 2
    assert "DOLBOM_MQTT_PROT" in ran.stderr


@pytest.mark.door
async def test_a_running_street_plays_what_is_asked_and_stops_when_told(mqtt: Mqtt, tmp_path: Path) -> None:
    file, control, push = tmp_path / "street.yaml", loopback_port(), loopback_port()
    CliRunner().invoke(app, ["street", "--homes", "3", "--out", str(file)])
    options = ("--street", str(file), "--control-port", str(control), "--push-port", str(push))
    environ = os.environ | {"DOLBOM_MQTT_HOST": mqtt.host, "DOLBOM_MQTT_PORT": str(mqtt.port)}
    street = await asyncio.create_subprocess_exec(sys.executable, "-m", "simulator", "run", *options, env=environ)
    try:
        async with httpx.AsyncClient() as ask:
            await until(lambda: _answers(ask, control), within=20, what="the street's control page")
            assert await _answers(ask, push)
        at = ["--control", f"http://127.0.0.1:{control}"]
        asked = await asyncio.to_thread(CliRunner().invoke, app, ["scene", "help_button", "--home", "h-0002", *at])
        refused = await asyncio.to_thread(CliRunner().invoke, app, ["scene", "help_button", "--home", "h-9", *at])
        assert (asked.exit_code, refused.exit_code) == (0, 1)
        assert "h-0002" in asked.stderr
        street.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(street.wait(), 5) == 0
    finally:
        if street.returncode is None:
            street.kill()


async def test_a_gateway_begins_above_the_one_that_it_replaces(tmp_path: Path) -> None:
    file, above = tmp_path / "outbox", 4_000_000_000_000
    words = ("--home", "h-0001", "--outbox", str(file), "--hear", "zigbee2mqtt/#=zigbee2mqtt", "--near-port", "9")
    environ = os.environ | {"DOLBOM_MQTT_PORT": "9"}
    gateway = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "gateway", *words, "--session-above", str(above), env=environ
    )

    def session() -> int:
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as base:
                row = base.execute("select value from standing where name = 'session'").fetchone()
        except sqlite3.OperationalError:  # it is not there yet, or being made
            return 0
        return int(row[0]) if row else 0

    try:
        await until(session, within=20, what="the session on the disk")
        assert session() == above + 1
        gateway.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(gateway.wait(), 10) == 0
    finally:
        if gateway.returncode is None:
            gateway.kill()


async def _answers(ask: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await ask.get(f"http://127.0.0.1:{port}/")).is_success
    except httpx.TransportError:
        return False
