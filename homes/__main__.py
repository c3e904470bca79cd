"""`python -m homes`: street files in and out, a list of homes, gateways enrolled, and passive watching at rest."""

import os
import sys
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import structlog
import typer
from rich.markup import escape
from rich.table import Table

from contracts import Hold, HoldKind, HomeId, shard_of
from homes.command.service import AWAY as AWAY
from homes.command.service import FAULTY as FAULTY
from homes.command.service import UNUSABLE as UNUSABLE
from homes.command.service import err, give_up, out, with_pool
from homes.enrolment.__main__ import enrol
from homes.model import Home, Street
from homes.postgres import BadHold, HomeStore, UnknownHome
from homes.street import Fault, dump, parse
from runtime import clock

Answer = TypeVar("Answer")

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
app.add_typer(enrol, name="enrol")


@app.command()
def check(file: Annotated[Path, typer.Argument(help="A street file, or - for the standard input.")]) -> None:
    """Say everything that is wrong with a street file, and where; the database is not asked."""
    street = _read(file)
    out.print(f"[green]이상 없음 (no faults)[/]: {_counted(street)}")


@app.command("import")
def import_street(
    file: Annotated[Path, typer.Argument(help="A street file, or - for the standard input.")],
    force: Annotated[bool, typer.Option("--force", help="Write over rosters that were edited on the page.")] = False,
) -> None:
    """Add and change what the file says; homes that are not in it and rosters edited on the page are left alone."""
    street = _read(file)
    report = _with_store(lambda store: store.save(street, force=force))
    for word, homes in (
        ("추가 (added)", report.added),
        ("변경 (changed)", report.changed),
        ("그대로 (unchanged)", report.unchanged),
        ("파일에 없어 그대로 둠 (not in the file, left alone)", report.left_alone),
    ):
        some = ", ".join(homes[:5]) + (" ..." if len(homes) > 5 else "")
        out.print(f"{word}: [bold]{len(homes)}[/]" + (f"  [dim]{escape(some)}[/]" if homes else ""))
    if report.kept_rosters:
        kept = escape(", ".join(report.kept_rosters))
        out.print(
            f"[yellow]화면에서 고친 당직표를 그대로 둠 (rosters edited on the page, kept)[/]: {kept};"
            " 파일대로 바꾸려면 --force (writes the file's over them)",
            soft_wrap=True,
        )


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write; left out: standard output.")] = None,
) -> None:
    """Write everything that the database holds as a street file. It holds personal data: keep it safe."""
    text = dump(_with_store(lambda store: store.export()))
    if file is None:
        sys.stdout.write(text)
        return
    try:
        # Names and door codes are in it: nobody else of this machine may read a new file.
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as written:
            written.write(text)
    except OSError as error:
        give_up(f"{file}: 쓸 수 없습니다 (cannot be written: {error.strerror}); choose another place", UNUSABLE)
    err.print(f"{escape(str(file))} 에 저장함 (written)")


@app.command()
def hold(
    home: Annotated[str, typer.Argument(help="The home's id.")],
    kind: Annotated[HoldKind, typer.Option(help="Why passive watching rests.")],
    hours: Annotated[float, typer.Option(min=0.01, max=14 * 24, help="For how long from now; it ends by itself.")],
) -> None:
    """Let passive watching of a home rest; help button, fire and gas are watched all the same."""
    now = clock.now()
    rest = Hold(kind=kind, from_at=now, until_at=now + timedelta(hours=hours))
    _with_store(lambda store: store.add_hold(HomeId(home), rest))
    out.print(f"{escape(home)}: {kind}, {rest.until_at.astimezone():%Y-%m-%d %H:%M %z} 까지 (until then)")


@app.command("list")
def list_homes() -> None:
    """List the homes, without what is personal."""
    homes = _with_store(lambda store: store.export()).homes
    table = Table(
        "집 (home)",
        "샤드 (shard)",
        "구역 (district)",
        "정책 (policy)",
        "센서",
        "응답자",
        "보류 (hold)",
        "관찰 (watched)",
    )
    for home in homes:
        table.add_row(*_row(home))
    out.print(table)


def _row(home: Home) -> tuple[str, ...]:
    return (
        home.home_id,
        f"{shard_of(home.home_id):02x}",
        escape(f"{home.district.city} {home.district.gu} {home.district.dong}"),
        escape(home.policy.policy_id),
        str(len(home.sensors)),
        str(len(home.responders)),
        ", ".join(f"{each.kind} → {each.until_at.astimezone():%m-%d %H:%M}" for each in home.holds) or "-",
        "예 (yes)" if home.watched else "[yellow]아니오 (no)[/]",
    )


def _read(file: Path) -> Street:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        give_up(f"{file}: 읽을 수 없습니다 (cannot be read: {error.strerror}); check the path", UNUSABLE)
    except UnicodeDecodeError:
        give_up(f"{file}: UTF-8 글자가 아닙니다 (is not UTF-8 text); save it as UTF-8", FAULTY)
    street = parse(text)
    if isinstance(street, Street):
        return street
    _give_up_on(file, street)


def _give_up_on(file: Path, faults: list[Fault]) -> NoReturn:
    for fault in faults:
        err.print(f"[red]✗[/] {escape(str(fault))}", soft_wrap=True, highlight=False)
    give_up(
        f"{file}: {len(faults)}곳을 고친 뒤 다시 실행하십시오 (mend these and run it again; nothing was changed)",
        FAULTY,
    )


def _with_store(work: Callable[[HomeStore], Coroutine[None, None, Answer]]) -> Answer:
    """Do something with the homes of the database, or end with a sentence that says what to do."""
    try:
        return with_pool(lambda pool: work(HomeStore(pool)))
    except (BadHold, UnknownHome) as error:
        give_up(f"{error}; `python -m homes list` 로 확인하십시오 (shows the homes)", FAULTY)


def _counted(street: Street) -> str:
    return (
        f"집 {len(street.homes)}, 응답자 {len(street.responders)}, 정책 {len(street.policies)},"
        f" 당직표 {len(street.rosters)}, 구역 {len(street.districts)} (homes, responders, policies, rosters, districts)"
    )


def main() -> None:
    """Run the command; what is logged goes beside what is asked for, which may be a file."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    app()


if __name__ == "__main__":
    main()
