"""`python -m detectors replay`, `explain`, `backtest`: what would be found, what is thought, which plan is better."""

import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.text import Text

from contracts import Severity, WatchedHome, WatchPlan
from detectors.chunk import Chunk
from detectors.replay.backtest import Tally, Trial, lived, told
from detectors.replay.explaining import page
from detectors.replay.files import Recorded
from detectors.replay.flow import batches_of, run
from detectors.replay.pages import Language, in_language, line_of, said
from detectors.replay.service import bar, counted, each_home, from_file, from_history, moment, out, plan_of, span_of
from detectors.replay.thoughts import as_told, think
from detectors.replay.told import Line, Story
from detectors.replay.verdict import table, verdict
from homes.command.service import UNUSABLE, err, give_up
from runtime import clock

File = Annotated[Path | None, typer.Argument(help="Lines of readings (NDJSON); left out: --home from history.")]
From = Annotated[
    str | None, typer.Option("--from", help="ISO 8601 with its offset; usual: some days before --to (7; backtest: 30).")
]
To = Annotated[str | None, typer.Option("--to", help="ISO 8601 with its offset, or now.")]


def replay(
    file: File = None,
    home: Annotated[str | None, typer.Option(help="A home's id: its readings are read from history.")] = None,
    from_at: From = None,
    to_at: To = None,
    plan: Annotated[Path | None, typer.Option(help="Limits to try, as YAML with the fields of a home's plan.")] = None,
    street: Annotated[Path | None, typer.Option(help="A street file that says what is watched in the homes.")] = None,
    language: Annotated[Language, typer.Option(help="Of the sentences.")] = Language.KO,
    as_json: Annotated[bool, typer.Option("--json", help="One finding a line, for programs.")] = False,
) -> None:
    """Run readings through the detectors at full speed, and tell what they would have found."""
    recorded = _recorded(file, home, from_at, to_at, street)
    homes = _planned(recorded.homes, plan)
    story, began = Story(), clock.ticks()
    chunk = Chunk()
    with bar("replay", len(recorded.readings)) as advance:
        batches = batches_of(counted(recorded.readings, advance), homes, deaf=recorded.deaf)
        _print(story.lines(run(chunk, batches)), homes, language, as_json=as_json)
    seconds = max(clock.ticks() - began, 1e-6)
    for sentence in said(story, readings=len(recorded.readings), homes=len(homes), seconds=seconds):
        err.print(sentence.ko if language is Language.KO else sentence.en, highlight=False)


def explain(
    home: Annotated[str, typer.Argument(help="The home's id.")],
    at: Annotated[str, typer.Argument(help="ISO 8601 with its offset, or now.")] = "now",
    file: Annotated[Path | None, typer.Option(help="Lines of readings (NDJSON) instead of history.")] = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="So many days before are lived first.")] = 14,
    plan: Annotated[Path | None, typer.Option(help="Limits to try, as YAML with the fields of a home's plan.")] = None,
    street: Annotated[Path | None, typer.Option(help="A street file that says what is watched in the homes.")] = None,
    language: Annotated[Language, typer.Option(help="Of the page.")] = Language.KO,
    as_json: Annotated[bool, typer.Option("--json", help="For programs, in both languages.")] = False,
) -> None:
    """Show what every detector thinks of a home at a moment: value, limit, how far from it, and why it is silent."""
    until = moment(at)
    recorded = from_file(file, street) if file else from_history(home, until - timedelta(days=days), until)
    watched = next((one for one in _planned(recorded.homes, plan) if one.home_id == home), None)
    if watched is None:
        give_up(f"{home}: 이 집의 측정값이 없습니다 (no readings of this home)", UNUSABLE)
    readings = [one for one in recorded.readings if one.home_id == home and one.received_at <= until]
    chunk = Chunk()
    with bar("explain", len(readings)) as advance:
        for _ in run(chunk, batches_of(counted(readings, advance), [watched], until=until, deaf=recorded.deaf)):
            continue
    thoughts = think(chunk, watched, until)
    if as_json:
        sys.stdout.write(msgspec.json.encode(as_told(thoughts)).decode() + "\n")
        return
    out.print(page(thoughts, watched.timezone, language))


def backtest(
    plan: Annotated[list[Path], typer.Option(help="Limits as YAML; twice: the plan in force, and the one to try.")],
    home: Annotated[list[str] | None, typer.Option(help="Homes of history; left out: all that spoke.")] = None,
    file: Annotated[Path | None, typer.Option(help="Lines of readings (NDJSON) instead of history.")] = None,
    street: Annotated[Path | None, typer.Option(help="A street file that says what is watched in the homes.")] = None,
    from_at: From = None,
    to_at: To = None,
    collapses: Annotated[int, typer.Option(min=0, help="Collapses in each home: everything of a person ends.")] = 20,
    seed: Annotated[int, typer.Option(help="The same seed chooses the same moments.")] = 1,
    least: Annotated[Severity, typer.Option(help="Less severe words count neither as found nor as false.")] = (
        Severity.CAUTION
    ),
    language: Annotated[Language, typer.Option(help="Of the table.")] = Language.KO,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Compare two plans on the same days: what each would have found, and how soon each finds a collapse."""
    if len(plan) < 2 or (file is not None and home):
        give_up("--plan 을 두 번 주십시오; --file 과 --home 은 하나만 (give --plan twice; --file or --home)", UNUSABLE)
    plans = [plan_of(each) for each in plan]
    tallies = [Tally(plan=each.name) for each in plan]
    with bar("backtest", None) as advance:
        use = _trial(tallies, plans, Trial(collapses=collapses, seed=seed, least=least), advance)
        if file is not None:
            use(from_file(file, street))
        else:
            each_home(home or [], *span_of(from_at, to_at, days=30), use)
    if as_json:
        sys.stdout.write(msgspec.json.encode(told(tallies)).decode() + "\n")
        return
    out.print(table(tallies, language))
    for other in tallies[1:]:
        out.print(in_language(verdict(tallies[0], other), language), highlight=False, soft_wrap=True)


def _trial(
    tallies: list[Tally], plans: list[WatchPlan], trial: Trial, advance: Callable[[int], None]
) -> Callable[[Recorded], None]:
    def use(recorded: Recorded) -> None:
        for home in recorded.homes:
            readings = [each for each in recorded.readings if each.home_id == home.home_id]
            for tally, plan in zip(tallies, plans, strict=True):
                lived(tally, home, readings, plan, trial, recorded.deaf)
            advance(len(readings))

    return use


def _recorded(
    file: Path | None, home: str | None, from_at: str | None, to_at: str | None, street: Path | None
) -> Recorded:
    if (file is None) == (home is None):
        give_up("파일이나 --home 하나만 주십시오 (give either a file or --home)", UNUSABLE)
    if file is not None:
        return from_file(file, street)
    return from_history(home or "", *span_of(from_at, to_at))


def _planned(homes: tuple[WatchedHome, ...], plan: Path | None) -> tuple[WatchedHome, ...]:
    if plan is None:
        return homes
    limits = plan_of(plan)
    return tuple(msgspec.structs.replace(home, plan=limits) for home in homes)


def _print(lines: Iterable[Line], homes: tuple[WatchedHome, ...], language: Language, *, as_json: bool) -> None:
    zones = {home.home_id: home.timezone for home in homes}
    for line in lines:
        if as_json:
            sys.stdout.write(msgspec.json.encode({"turn": line.turn, "finding": line.finding}).decode() + "\n")
            continue
        out.print(
            Text.assemble(*line_of(line, zones.get(line.finding.home_id, "Asia/Seoul"), language)), soft_wrap=True
        )
