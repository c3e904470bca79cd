"""`python -m alerts`: hear findings and call people; `unprotected` lists the homes that are not protected now."""

import asyncio
import csv
import os
import sys
from typing import Annotated

import msgspec
import structlog
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from alerts import service
from alerts.audit.postgres import AuditStore
from alerts.contacts.service import app as contacts
from alerts.figures.service import figures
from alerts.handover.__main__ import centres
from alerts.postgres import AlertStore
from alerts.probe import service as probing
from alerts.protection import Unprotected, fields_of, unprotected_of
from alerts.routing.service import check, try_route
from homes.command.service import with_pool
from homes.model import VULNERABILITY
from homes.postgres import HomeStore
from runtime.postgres import Pool
from runtime.start import read, start

app = typer.Typer(add_completion=False, help=__doc__)
out = Console()


@app.callback(invoke_without_command=True)
def serve(context: typer.Context) -> None:
    """Run the service, unless something else is asked for."""
    if context.invoked_subcommand is None:
        start("alerts", os.environ, service.main, check=service.check)


app.command()(figures)
app.command("route")(try_route)
app.command()(check)
app.add_typer(centres, name="centres")


@app.command()
def probe(
    ends: Annotated[bool, typer.Option("--end", help="Give it up, so that nobody waits for the next press.")] = False,
) -> None:
    """Press a button that nobody has each minute, and see it become a call."""
    if ends:
        asyncio.run(probing.end(read(os.environ)))
        return
    start("probe", os.environ, probing.main)


@app.command()
def nobody() -> None:
    """List the watched homes that have nobody who could be called, one a line."""
    for home_id in with_pool(lambda pool: AuditStore(pool).nobody_listed()):
        sys.stdout.write(f"{home_id}\n")


app.add_typer(contacts)


@app.command()
def unprotected(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list, for a script.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Lines for a spreadsheet.")] = False,
) -> None:
    """List the homes that are not protected now, since when and why; who depends on it most comes first."""
    found = with_pool(_unprotected)
    if as_json:
        sys.stdout.write(msgspec.json.encode([fields_of(one) for one in found]).decode() + "\n")
    elif as_csv:
        _write_csv(found)
    else:
        _print(found)


async def _unprotected(pool: Pool) -> tuple[Unprotected, ...]:
    alerts = await AlertStore(pool).not_protected()
    homes = await HomeStore(pool).load_many(sorted({alert.home_id for alert in alerts}))
    return unprotected_of(alerts, homes)


def _write_csv(found: tuple[Unprotected, ...]) -> None:
    names = ("home_id", "since", "why", "vulnerability", "vulnerability_word", "district", "dong", "carrier")
    lines = csv.DictWriter(sys.stdout, names)
    lines.writeheader()
    lines.writerows(fields_of(one) for one in found)


def _print(found: tuple[Unprotected, ...]) -> None:
    if not found:
        out.print("[green]모든 집이 보호되고 있습니다 (every home is protected)[/]")
        return
    table = Table("집 (home)", "취약도 (vulnerability)", "동 (dong)", "언제부터 (since)", "까닭 (why)")
    for one in found:
        word = VULNERABILITY[one.vulnerability]
        table.add_row(
            one.home_id,
            f"{word.ko} ({word.en})",
            escape(one.home.district.dong) if one.home else "-",
            f"{one.since.astimezone():%Y-%m-%d %H:%M %z}",
            " ".join(one.why),
        )
    out.print(table)
    out.print(f"지금 보호되지 않는 집 (homes not protected now): [bold]{len(found)}[/]")


def main() -> None:
    """Run what is asked for; what a command logs goes beside its answer, which may be a file."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    app()


if __name__ == "__main__":
    main()
