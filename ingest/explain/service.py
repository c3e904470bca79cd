"""`python -m ingest explain`: a payload, a capture, or what comes at the broker now."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, NoReturn

import msgspec
import typer
from rich.console import Console

from contracts import HomeId, SensorId, WatchedHome, WatchedSensor, shard_of
from ingest.decode import DIALECTS
from ingest.explain.captured import Captured, Unreadable, captured
from ingest.explain.explained import Explained, House, explain, near_dialect, remembered
from ingest.explain.mqtt import NotHeard, listen
from ingest.explain.pages import page
from ingest.files import load_profiles
from ingest.intake import Limits
from ingest.learned import Learned
from ingest.message import GatewayMessage
from ingest.profiles.kinds import PARTS
from ingest.profiles.ruling import near
from runtime import clock
from runtime.settings import BadSettings, Settings
from runtime.start import UNUSABLE_SETTINGS, read

#: A home that nobody has, for topics without one.
PRETENDED: Final = HomeId("h-explain")


def explain_command(
    what: Annotated[
        str, typer.Argument(metavar="FILE_OR_TOPIC", help="A payload or a capture; or a topic to listen to.")
    ],
    topic: Annotated[str, typer.Option(help="The file is one payload of this topic.")] = "",
    dialect: Annotated[str, typer.Option(help="The topics are a device's own, in this dialect.")] = "",
    registered: Annotated[list[str] | None, typer.Option(help="A registered sensor, as name=kind.")] = None,
    retained: Annotated[bool, typer.Option(help="As if the broker had kept it.")] = False,
    profiles: Annotated[str, typer.Option(help="Folder of profiles to try, instead of DOLBOM_INGEST_PROFILES.")] = "",
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="Listen so long at most.")] = 60.0,
    count: Annotated[int, typer.Option(min=1, max=10_000, help="Explain so many messages at most.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per message, for machines.")] = False,
) -> None:
    """Tell what a message becomes and why: of a file, of a capture (NDJSON, `mosquitto_sub -v`), or live of a TOPIC."""
    settings = read(os.environ)
    _checked(dialect)
    house = _house(settings, profiles or settings.ingest.profiles, registered or [])
    file = Path(what)
    said = 0
    try:
        if file.is_file():
            messages = _of_file(file, topic, dialect, retained)
        elif "/" in what or "#" in what or "+" in what:
            messages = _live(settings, what, dialect, seconds, count)
        else:
            _stop(f"expected a file, or a topic such as home/0a/h-0001/#; there is no file {what}")
        for message in messages:
            _show(explain(message, house), as_json=as_json)
            house = remembered(message, house)
            said += 1
            if said >= count:
                break
    except NotHeard as fault:
        _stop(str(fault))
    if not said:
        _stop(f"no message came on {what} within {seconds:g} s; is the gateway connected, and its topic right?")


def _checked(dialect: str) -> None:
    if dialect and dialect not in DIALECTS:
        _stop(f"no such dialect: {dialect}; expected {near_dialect(dialect)}")


def _house(settings: Settings, folder: str, registered: list[str]) -> House:
    try:
        profiles = load_profiles(folder)
    except BadSettings as fault:
        _stop(str(fault), status=UNUSABLE_SETTINGS)
    named = [each.rpartition("=") for each in registered]
    for _, _, kind in named:
        if kind not in PARTS:
            _stop(f"no such kind: {kind}{near(kind, PARTS)}; write --registered NAME=KIND, as {next(iter(PARTS))}")
    sensors = tuple(WatchedSensor(sensor_id=SensorId(name), kind=kind) for name, _, kind in named)
    limits = Limits(
        largest_payload_bytes=settings.ingest.largest_payload_bytes,
        late_after=timedelta(seconds=settings.ingest.late_after_seconds),
    )
    home = WatchedHome(home_id=PRETENDED, version=1, sensors=sensors)
    return House(limits=limits, learned=Learned(profiles=profiles), home=home)


def _of_file(file: Path, topic: str, dialect: str, retained: bool) -> Iterator[GatewayMessage]:
    data = file.read_bytes()
    if topic:
        yield _message(Captured(topic=topic, payload=data, retained=retained), dialect)
        return
    for each in captured(data):
        if isinstance(each, Unreadable):
            Console(stderr=True).print(f"line {each.line}: {each.detail}", style="yellow", markup=False)
        else:
            yield _message(replace(each, retained=each.retained or retained), dialect)


def _message(each: Captured, dialect: str) -> GatewayMessage:
    topic = f"home/{shard_of(PRETENDED):02x}/{PRETENDED}/{dialect}/{each.topic}" if dialect else each.topic
    return GatewayMessage(topic=topic, payload=each.payload, received_at=clock.now(), retained=each.retained)


def _live(settings: Settings, topic: str, dialect: str, seconds: float, count: int) -> Iterator[GatewayMessage]:
    for message in listen(settings.mqtt, topic, seconds=seconds, count=count):
        heard = Captured(topic=message.topic, payload=message.payload, retained=message.retained)
        yield _message(heard, dialect)


def _show(explained: Explained, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.encode(explained).decode() + "\n")
        sys.stdout.flush()
        return
    Console().print(page(explained))


def _stop(message: str, *, status: int = 1) -> NoReturn:
    Console(stderr=True).print(message, markup=False, soft_wrap=True)
    raise typer.Exit(status)
