"""`enrol import`: claim codes for a table of homes; each row is done whole or not at all, and told."""

import csv
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.markup import escape
from rich.progress import track
from rich.table import Table as Drawing

from homes.command.service import FAULTY, UNUSABLE, account, err, give_up, known_settings, out, with_pool
from homes.enrolment import codes, qr
from homes.enrolment.model import MENDS, Claim, Refused
from homes.enrolment.postgres import EnrolmentStore
from homes.enrolment.table import ADDRESS, CODE, HOME, UNTIL, BadRow, BadTable, Row, Table, cell, read_table
from runtime import clock
from runtime.postgres import Pool


def import_table(
    file: Annotated[Path, typer.Argument(help="A CSV file with a column home_id; other columns are kept.")],
    codes_file: Annotated[Path, typer.Option("--codes", help="Where the codes are written; must not exist.")],
    hours: Annotated[
        float, typer.Option(min=0.05, max=codes.LONGEST_LIFE.total_seconds() / 3600, help="How long the codes live.")
    ] = codes.LIVES.total_seconds() / 3600,
) -> None:
    """Make a claim code for each home of a table; what is wrong with a row is told, and touches no other."""
    table, public_url = _read(file), known_settings().alerts.public_url
    with _private(codes_file) as answer:
        refused = with_pool(lambda pool: _claim_all(pool, table, answer, timedelta(hours=hours), public_url))
    done = len(table.rows) - len(refused)
    out.print(f"코드 (codes made): [bold]{done}[/]  거부 (refused): [bold]{len(refused)}[/]")
    err.print(f"{escape(str(codes_file))}: 코드가 있습니다; 쓴 뒤 지우십시오 (holds the codes; delete it after use)")
    if refused:
        _show(refused)
        raise typer.Exit(FAULTY)


def _read(file: Path) -> Table:
    try:
        return read_table(file.read_text(encoding="utf-8"))
    except OSError as error:
        give_up(f"{file}: 읽을 수 없습니다 (cannot be read: {error.strerror}); check the path", UNUSABLE)
    except UnicodeDecodeError:
        give_up(f"{file}: UTF-8 글자가 아닙니다 (is not UTF-8 text); save it as CSV UTF-8", FAULTY)
    except BadTable as error:
        give_up(f"{file}: {error}", FAULTY)


def _private(file: Path) -> TextIO:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        give_up(f"{file}: 쓸 수 없습니다 (cannot be written: {error.strerror}); name a new file", UNUSABLE)
    # The mark at the beginning tells a spreadsheet that this is UTF-8.
    return os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="")


async def _claim_all(pool: Pool, table: Table, answer: TextIO, life: timedelta, public_url: str) -> list[BadRow]:
    others = [name for name in table.columns if name != HOME]
    written = csv.writer(answer)
    written.writerow([HOME, CODE, UNTIL, ADDRESS, *others])
    refused: list[BadRow] = []
    for row in track(table.rows, description="등록 (enrol)", console=err, transient=True):
        if isinstance(row, BadRow):
            refused.append(row)
            continue
        claim = await _claim(pool, row, life)
        if isinstance(claim, Refused):
            refused.append(BadRow(line=row.line, home_id=row.home_id, why=MENDS[claim]))
            continue
        address = qr.address_of(public_url, claim.code)
        kept = (cell(row.others[name]) for name in others)
        written.writerow([claim.home_id, codes.shown(claim.code), claim.expires_at.isoformat(), address, *kept])
        # A code that is lost with the process is only made again; one that is written can be used at once.
        answer.flush()
    return refused


async def _claim(pool: Pool, row: Row, life: timedelta) -> Claim | Refused:
    code = codes.code_of(secrets.token_bytes(codes.ENTROPY_BYTES))
    return await EnrolmentStore(pool).claim(row.home_id, code=code, account=account(), now=clock.now(), life=life)


def _show(refused: list[BadRow]) -> None:
    drawing = Drawing("줄 (line)", "집 (home)", "이유와 고칠 점 (why, and what mends it)")
    for row in refused:
        drawing.add_row(str(row.line), escape(row.home_id), escape(row.why))
    err.print(drawing)
