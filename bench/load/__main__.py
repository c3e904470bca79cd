"""`python -m bench load`: a city through all services until something gives way, and larger ones on paper."""

import logging
import sys
from typing import Annotated, Final

import structlog
import typer
from rich.console import Console

from bench.load import report
from bench.load.cities import City, Plan, measure
from bench.load.figures import figures
from bench.load.model import Assumptions, limits, needs
from bench.load.words import readings_a_day
from bench.machine import machine

#: A table that is written to a file needs room, too.
out: Final = Console() if sys.stdout.isatty() else Console(width=180)
#: Cities on paper.
_ON_PAPER: Final = (100_000, 1_000_000, 10_000_000)


def load(
    homes: Annotated[str, typer.Option(help="So many homes, by commas; each size on brokers of its own.")] = (
        "1000,10000,100000"
    ),
    shares: Annotated[str, typer.Option(help="Percent of what it bears, by commas.")] = "10,50,70",
    seconds: Annotated[float, typer.Option(min=1, max=600, help="So long at each share.")] = 30.0,
    presses: Annotated[float, typer.Option(min=0.1, max=50, help="Presses a second, each in a home of its own.")] = 8.0,
    begin: Annotated[float, typer.Option(min=10, help="Readings a second of the first step.")] = 2_000.0,
) -> None:
    """Measure a city through all services, twelve minutes; fail when anything is lost, or a backlog does not drain."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    plan = Plan(
        homes=[int(each) for each in _numbers(homes)],
        shares=[int(each) for each in _numbers(shares)],
        seconds=seconds,
        presses_per_second=presses,
        begin_per_second=begin,
    )
    with out.status("brokers") as status:

        def say(text: str) -> None:
            status.update(text)
            if not out.is_terminal:
                out.print(f"[dim]{text}[/]", highlight=False)

        cities = measure(plan, say=say)
    _print(cities)
    troubles = [line for city in cities for line in _troubles(city)]
    for line in troubles:
        out.print(f"[red]broken:[/] {line}")
    if troubles:
        raise typer.Exit(1)


def _numbers(text: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as trouble:
        raise typer.BadParameter(f"numbers by commas, such as 10,50: {text!r}") from trouble
    if not numbers or min(numbers) < 1:
        raise typer.BadParameter(f"expected numbers of one and more: {text!r}")
    return numbers


def _print(cities: list[City]) -> None:
    pace = readings_a_day()
    measured = figures(cities, readings_a_day=pace)
    out.print(report.saturation_table(cities, readings_a_day=pace))
    out.print(report.latency_table(cities))
    out.print(report.overload_table(cities))
    out.print(report.cost_table(cities))
    out.print(report.disk_table(cities, readings_a_day=pace))
    largest = max(cities, key=lambda city: city.homes)
    out.print(report.thousand_line(largest, readings_a_day=pace), highlight=False)
    out.print(f"[dim]{machine()}; {cities[0].brokers}; a home says {pace:,.0f} readings a day[/]")
    assumed = Assumptions()
    out.print(report.model_table([needs(homes, measured, assumed) for homes in _ON_PAPER]))
    out.print(report.limits_line(limits(measured, assumed)), highlight=False)
    out.print("[dim]what is assumed: docs/explanation/scale.md[/]")


def _troubles(city: City) -> list[str]:
    counted = city.counted
    told: list[str] = []
    if counted.said != counted.stored:
        told.append(f"{city.homes:,} homes: {counted.said:,} readings said, {counted.stored:,} stored")
    if counted.refused:
        told.append(f"{city.homes:,} homes: the MQTT broker turned {counted.refused:,} away")
    if counted.pushed < counted.presses or counted.found < counted.presses:
        told.append(f"{city.homes:,} homes: {counted.presses} presses, {counted.found} found, {counted.pushed} pushed")
    if counted.others:
        told.append(f"{city.homes:,} homes: found what nobody played: {counted.others}")
    for level in (*city.levels, city.overload):
        if level.drained_seconds is None:
            told.append(f"{city.homes:,} homes, {level.name}: what waited did not drain")
    return told
