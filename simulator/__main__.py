"""`python -m simulator`: invent a street, live in it, play a scene in it, or be the gateway of a real home."""

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer
from rich.console import Console

from contracts import HomeId
from homes import street as streets
from homes.model import watched_home
from runtime import clock, lifecycle, logs, settings
from runtime.lifecycle import Life
from simulator.forwarder import service as forwarder
from simulator.forwarder.hearing import Source, source
from simulator.forwarder.service import Post
from simulator.household import Household, household_of
from simulator.neighbourhood import neighbourhood, rests, with_meters
from simulator.panel import Panel
from simulator.push import Telephone
from simulator.service import Pace, Player
from simulator.sockets import call_tcp, call_udp
from simulator.web import Stage, serving

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
say: Final = Console(stderr=True, soft_wrap=True, markup=False)


@app.command()
def street(
    homes: Annotated[int, typer.Option(min=1, max=9_999, help="How many homes.")] = 24,
    seed: Annotated[int, typer.Option(help="The same seed invents the same street.")] = 1,
    webhook: Annotated[str, typer.Option(help="Where all responders are pushed.")] = "http://127.0.0.1:8091/push",
    out: Annotated[Path | None, typer.Option(help="The file to write; without it, to stdout.")] = None,
) -> None:
    """Invent a street and write it as `python -m homes import` reads it."""
    text = streets.dump(with_meters(neighbourhood(homes, seed=seed, webhook=webhook)))
    if out is None:
        sys.stdout.write(text)
        return
    out.write_text(text)
    say.print(f"wrote {homes} homes to {out}")


@app.command()
def run(
    street: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="The street to live in.")],
    control_port: Annotated[int, typer.Option(help="Port of the page that begins scenes.")] = 8090,
    push_port: Annotated[int, typer.Option(help="Port of a pretended telephone; 0: none.")] = 0,
    heartbeat_seconds: Annotated[float, typer.Option(min=0.1, help="Between two heartbeats of a gateway.")] = 60.0,
    stored_hours: Annotated[float, typer.Option(min=0, max=23.5, help="What gateways stored before they came.")] = 0.0,
    shared: Annotated[bool, typer.Option(help="One connection for all homes, for load.")] = False,
) -> None:
    """Live in a street until told to stop: every gateway speaks to the broker of DOLBOM_MQTT_*."""
    loaded = _loaded()
    logs.configure("simulator", log_format=loaded.service.log_format)
    pace = Pace(heartbeat_seconds=heartbeat_seconds, stored_hours=stored_hours, shared=shared)
    homes = _households(street)

    async def main(life: Life) -> None:
        player = Player(homes, loaded.mqtt, pace)
        async with AsyncExitStack() as served:
            await served.enter_async_context(serving(Stage(player).app(), port=control_port))
            if push_port:
                await served.enter_async_context(serving(Telephone().app(), port=push_port))
            await player.live(life)

    lifecycle.run("simulator", loaded.service, main)


@app.command()
def gateway(
    home: Annotated[str, typer.Option(help="Whose gateway it is.")],
    outbox: Annotated[Path, typer.Option(help="Where it keeps what Kafka does not have yet.")],
    hear: Annotated[list[str], typer.Option(help="topics=dialect, such as zigbee2mqtt/#=zigbee2mqtt; repeatable.")],
    near_host: Annotated[str, typer.Option(help="The broker in the home.")] = "127.0.0.1",
    near_port: Annotated[int, typer.Option(help="Its port.")] = 1883,
    heartbeat_seconds: Annotated[float, typer.Option(min=0.1, help="Between two heartbeats.")] = 60.0,
    session_above: Annotated[int, typer.Option(min=0, help="SESSION_ABOVE of the enrolment.")] = 0,
    most_megabytes: Annotated[int, typer.Option(min=1, help="What the outbox holds at most.")] = 64,
) -> None:
    """Forward what a home's own broker says to the broker of DOLBOM_MQTT_*, and keep it until Kafka has it."""
    loaded = _loaded()
    sources = [source(each) for each in hear]
    for fault in (each for each in sources if isinstance(each, str)):
        say.print(fault)
        raise typer.Exit(2)
    logs.configure("gateway", log_format=loaded.service.log_format)
    post = Post(
        home_id=HomeId(home),
        near=settings.Mqtt(host=near_host, port=near_port),
        far=loaded.mqtt,
        sources=[each for each in sources if isinstance(each, Source)],
        outbox=outbox,
        heartbeat_seconds=heartbeat_seconds,
        session_above=session_above,
        most_bytes=most_megabytes * 2**20,
    )
    lifecycle.run("gateway", loaded.service, partial(forwarder.main, post=post))


@app.command()
def panel(
    account: Annotated[str, typer.Argument(help="Its account.")],
    data: Annotated[str, typer.Argument(help="`1101 00 003`, `Nri1/QA003`; empty: a sign of life.")] = "",
    host: Annotated[str, typer.Option(help="Where the receiver listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Its port.")] = 10_500,
    key: Annotated[bool, typer.Option("--key", help="Read the panel's key in hex from the standard input.")] = False,
    seq: Annotated[int, typer.Option(min=0, max=9999, help="The number of the message.")] = 1,
    udp: Annotated[bool, typer.Option(help="Call by UDP instead of TCP.")] = False,
) -> None:
    """Be an alarm panel: say one message in SIA DC-09 and print how it was answered."""
    token = "NULL" if not data else "ADM-CID" if data[:1].isdigit() else "SIA-DCS"
    caller = Panel(account=account, key=_key() if key else b"")
    call = call_udp if udp else call_tcp
    answer = asyncio.run(call(host, port, caller.says(token, data, seq=seq, at=clock.now())))
    if not answer:
        say.print("no answer")
        raise typer.Exit(1)
    say.print(caller.hears(answer))


@app.command()
def scene(
    name: Annotated[str, typer.Argument(help="What happens, such as fall or cold_home; the street lists all.")],
    home: Annotated[str, typer.Option(help="In which home; without it, the street chooses.")] = "",
    control: Annotated[str, typer.Option(help="The running street.")] = "http://127.0.0.1:8090",
) -> None:
    """Begin a scene in a running street."""
    try:
        answer = httpx.post(f"{control}/scenes/{name}", params={"home": home}, timeout=5)
    except httpx.TransportError as error:
        say.print(f"no street answers at {control}: start one with `python -m simulator run`")
        raise typer.Exit(1) from error
    told = answer.json()
    if answer.is_error:
        say.print(f"{told['fault']}; the scenes are {', '.join(told['scenes'])}" if "scenes" in told else told["fault"])
        raise typer.Exit(1)
    say.print(f"{name} in {', '.join(told['homes'])}")


def _key() -> bytes:
    """Read a key where no list of processes shows it."""
    try:
        key = bytes.fromhex(sys.stdin.readline())
    except ValueError:
        key = b""
    if len(key) not in (16, 24, 32):
        say.print("expected a key of 32, 48 or 64 hex digits on the standard input")
        raise typer.Exit(2)
    return key


def _loaded() -> settings.Settings:
    try:
        return settings.load(os.environ)
    except settings.BadSettings as error:
        say.print(str(error))
        raise typer.Exit(2) from error


def _households(file: Path) -> Sequence[Household]:
    read = streets.parse(file.read_text())
    if isinstance(read, list):
        for fault in read:
            say.print(str(fault))
        raise typer.Exit(2)
    return [
        household_of(
            watched_home(home), seed=1, resting=rests(number, len(read.homes)), district=home.district.district_id
        )
        for number, home in enumerate(read.homes, start=1)
    ]


if __name__ == "__main__":
    app()
