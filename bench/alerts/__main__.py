"""`python -m bench alerts`: how soon findings are cases and people are called, when very many come at once."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Final

import typer
from rich.console import Console

from bench.alerts.load import HAZARDS, a_talking_street
from bench.alerts.measure import Floor, Ran, burst, floor, sustained
from bench.alerts.provider import a_provider
from bench.alerts.report import shortfalls, table_of
from bench.machine import machine
from bench.prove import SERVICES, import_street, stack_for_once
from bench.samples import street_of
from deploy.embedded.stack import Stack
from runtime.settings import load

#: A table that is written to a file needs room, too.
out: Final = Console() if sys.stdout.isatty() else Console(width=140)
#: Homes that only talk.
_OTHERS: Final = 200


def alerts(
    cases: Annotated[int, typer.Option(min=1, help="Findings of the burst, all within one second.")] = 1_000,
    rate: Annotated[int, typer.Option(min=1, help="Findings in every second after it.")] = 50,
    minutes: Annotated[float, typer.Option(min=0.1, max=60, help="For so long.")] = 5.0,
    readings: Annotated[int, typer.Option(min=1, help="Readings a second of other homes, through everything.")] = 200,
) -> None:
    """Measure findings to pushes beside the running stream; fail when an aim is missed or a push is missing."""
    with stack_for_once() as stack, out.status("the stack") as status:
        flat, first, second = asyncio.run(_measured(stack, cases, rate, minutes * 60, readings, status.update))
    out.print(table_of(flat, first, second))
    out.print(f"{second.answered:,} answered; {first.doubled + second.doubled} pushes came twice under their key")
    out.print(f"[dim]{machine()}; beside it {', '.join(SERVICES)} with {readings} readings a second[/]")
    short = list(shortfalls(first, second))
    for line in short:
        out.print(f"[red]short:[/] {line}")
    if short:
        raise typer.Exit(1)


async def _measured(
    stack: Stack, cases: int, rate: int, seconds: float, readings: int, say: Callable[[str], None]
) -> tuple[Floor, Ran, Ran]:
    settings = load(stack.environ)
    async with a_provider() as calls:
        steady = -(-int(rate * seconds) // len(HAZARDS))
        street = street_of(cases + steady + _OTHERS, webhook=calls.url)
        # Those who cry have no gateway: watched, thousands of silent gateways would be told in the midst of it.
        silent = [replace(home, watched=False) for home in street.homes[:-_OTHERS]]
        await import_street(settings, replace(street, homes=(*silent, *street.homes[-_OTHERS:])))
        homes = [home.home_id for home in street.homes]
        say("the floor")
        flat = await floor(settings.postgres, calls, cases=200)
        for service in [stack.service(name) for name in SERVICES]:
            await asyncio.to_thread(service.wait_ready, 60.0)
        async with a_talking_street(settings, homes[-_OTHERS:], per_second=readings):
            await asyncio.sleep(5)
            say(f"{cases} findings in one second")
            first = await burst(settings, calls, homes[:cases], cases=cases)
            say(f"{rate} findings a second for {seconds:.0f} s")
            second = await sustained(settings, calls, homes[cases:-_OTHERS], per_second=rate, seconds=seconds)
    return flat, first, second
