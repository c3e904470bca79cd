"""`python -m alerts route` and `check`: who would be called, and what is wrong with policies and rosters."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from alerts.routing.lint import Level, Note, notes_of
from alerts.routing.trial import EMERGENCIES, Asked, Route, Turn, What, Why, route
from contracts import Hazard, HomeId, Severity
from homes.command.service import FAULTY, UNUSABLE, err, give_up, known_settings, out, with_pool
from homes.model import Home, Responder, Street
from homes.postgres import HomeStore
from homes.rosters import everybody
from homes.street import parse
from runtime import clock

_WHAT: Final = {
    What.OPENED: "경보 발생 (opened)",
    What.ASKED: "댁내 확인 (the home is asked)",
    What.BOARD: "관제 화면 (on the board)",
    What.CALLED: "호출 (called)",
    What.UNMANNED: "관제석 비어 있음 (no operator at a console)",
    What.LIST_EXHAUSTED: "목록 끝, 응답 없음 (list exhausted)",
    What.NOBODY_TO_CALL: "부를 사람 없음 (nobody to call)",
    What.LOOKED_AT: "호출 없음, 이때까지 확인 (calls nobody; to be looked at by then)",
}
_WHY: Final = {
    Why.NO_CONSENT: "동의하지 않음 (did not consent)",
    Why.NO_CONTACT: "연락처 없음 (has no contact)",
    Why.NOT_IN_THEIR_HOURS: "가능 시간이 아님 (outside their hours)",
    Why.ON_NO_STEP: "어느 단계에도 없음 (on no step)",
}


def try_route(
    home: Annotated[str, typer.Argument(help="The home's id.")],
    hazard: Annotated[Hazard, typer.Argument(help="What would have happened.")],
    at: Annotated[str | None, typer.Option(help="When: 2026-11-22T03:00, by the home's clock. Left out: now.")] = None,
    severity: Annotated[Severity | None, typer.Option(help="How bad. Left out: as it would begin.")] = None,
    file: Annotated[Path | None, typer.Option(help="A street file, instead of the database.")] = None,
    unmanned: Annotated[bool, typer.Option("--unmanned", help="As if no operator were at a console.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for a script.")] = False,
) -> None:
    """Print who would be called when and by what, until the list is exhausted twice. Nobody is called."""
    street = _read(file) if file else with_pool(lambda pool: HomeStore(pool).export())
    found = next((one for one in street.homes if one.home_id == HomeId(home)), None)
    if found is None:
        give_up(f"{home}: 그런 집이 없습니다 (there is no such home); `python -m homes list` shows them", FAULTY)
    asked = Asked(
        home=found,
        hazard=hazard,
        severity=severity or (Severity.EMERGENCY if hazard in EMERGENCIES else Severity.URGENT),
        at=_moment(at, found),
        manned=not unmanned,
        by_voice=bool(known_settings().alerts.voice_gateway),
        rosters=street.rosters,
        people=_on_rosters(street),
    )
    tried = route(asked)
    if as_json:
        sys.stdout.write(msgspec.json.encode(tried).decode() + "\n")
    else:
        _print(tried, asked)


def check(file: Annotated[Path, typer.Argument(help="A street file, or - for the standard input.")]) -> None:
    """Say what is wrong with the policies, rosters and lists of a street file; a fault ends with status 1."""
    found = notes_of(_read(file), clock.now())
    for note in found:
        out.print(_line(note), soft_wrap=True, highlight=False)
    faults = sum(note.level is Level.FAULT for note in found)
    out.print(f"고칠 것 (faults): [bold]{faults}[/]  살펴볼 것 (hints): [bold]{len(found) - faults}[/]")
    if faults:
        raise typer.Exit(FAULTY)


def _line(note: Note) -> str:
    mark = "[red]✗[/]" if note.level is Level.FAULT else "[yellow]![/]"
    return f"{mark} {escape(note.place)}: {escape(note.text.ko)} ({escape(note.text.en)})"


def _on_rosters(street: Street) -> tuple[Responder, ...]:
    named = {key for roster in street.rosters for key in everybody(roster)}
    return tuple(one for one in street.responders if one.responder_id in named)


def _moment(text: str | None, home: Home) -> datetime:
    if text is None:
        return clock.now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        give_up(f"{text}: 2026-11-22T03:00 처럼 씁니다 (is no time; write it like this)", UNUSABLE)
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(home.timezone))).astimezone(UTC)


def _read(file: Path) -> Street:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        give_up(f"{file}: 읽을 수 없습니다 (cannot be read: {error}); check the path", UNUSABLE)
    street = parse(text)
    if isinstance(street, Street):
        return street
    for fault in street:
        err.print(f"[red]✗[/] {escape(str(fault))}", soft_wrap=True, highlight=False)
    give_up(f"{file}: {len(street)}곳을 고친 뒤 다시 실행하십시오 (mend these and run it again)", FAULTY)


def _print(tried: Route, asked: Asked) -> None:
    zone = ZoneInfo(asked.home.timezone)
    table = Table("시각 (time)", "+", "단계 (step)", "무엇 (what)", "누구 (who)", "종류 (kind)", "통로 (by)")
    for turn in tried.turns:
        table.add_row(*_row(turn, zone))
    out.print(table)
    for who, why in tried.never:
        out.print(f"[yellow]![/] {escape(who)}: {_WHY[why]}", highlight=False)
    out.print("아무도 호출하지 않았습니다 (nobody was called)")


def _row(turn: Turn, zone: ZoneInfo) -> tuple[str, ...]:
    minutes, seconds = divmod(int(turn.after.total_seconds()), 60)
    return (
        f"{turn.at.astimezone(zone):%m-%d %H:%M:%S}",
        f"{minutes}:{seconds:02}",
        str(turn.step) if turn.step else "-",
        _WHAT[turn.what],
        escape(turn.who or "-"),
        turn.kind or "-",
        turn.by or "-",
    )
