"""Run the bridge, prepare its session, or explain what a payload becomes."""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from contracts import HomeId, SensorId, WatchedHome, WatchedSensor
from ingest import service
from ingest.files import load_profiles
from ingest.intake import Limits, take_in
from ingest.learned import Learned
from ingest.message import GatewayMessage
from ingest.mqtt import BrokerAway
from runtime import clock, logs, settings
from runtime.start import read, start

app = typer.Typer(add_completion=False, no_args_is_help=False)


@app.callback(invoke_without_command=True)
def run(context: typer.Context) -> None:
    """Move readings from MQTT to Kafka until told to stop."""
    if context.invoked_subcommand:
        return
    start("ingest", os.environ, service.main, check=service.check)


@app.command()
def init() -> None:
    """Create the persistent session at the broker; once, before the first gateway speaks."""
    loaded = read(os.environ)
    logs.configure("ingest", log_format=loaded.service.log_format)
    try:
        asyncio.run(service.prepare(loaded))
    except BrokerAway as away:
        Console(stderr=True).print(str(away), markup=False)
        sys.exit(1)
    Console().print(f"the session {loaded.mqtt.client_id} exists", markup=False)


@app.command()
def explain(
    file: Annotated[Path, typer.Argument(help="The payload.", exists=True, dir_okay=False)],
    topic: Annotated[str, typer.Option(help="home/<shard>/<home>/<dialect>/<the device's own topic>")],
    registered: Annotated[list[str] | None, typer.Option(help="A registered sensor, as name=kind.")] = None,
    retained: Annotated[bool, typer.Option(help="As if the broker had kept it.")] = False,
) -> None:
    """Print what a payload becomes, without any broker."""
    home_id = [*topic.split("/"), "", "", ""][2]
    named = (each.partition("=") for each in registered or [])
    sensors = tuple(WatchedSensor(sensor_id=SensorId(name), kind=kind) for name, _, kind in named)
    home = WatchedHome(home_id=HomeId(home_id), version=1, sensors=sensors)
    limits = Limits(
        largest_payload_bytes=settings.Ingest().largest_payload_bytes,
        late_after=timedelta(seconds=settings.Ingest().late_after_seconds),
    )
    message = GatewayMessage(topic=topic, payload=file.read_bytes(), received_at=clock.now(), retained=retained)
    intake = take_in(message, {home_id: home}, limits, Learned(profiles=load_profiles()))
    console = Console()
    for each in (*intake.readings, *intake.refusals):
        console.print_json(msgspec.json.encode(each).decode())
    if not intake.readings and not intake.refusals:
        console.print("nothing: this is known, and deliberately not for us")


if __name__ == "__main__":
    app()
