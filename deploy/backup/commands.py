"""`python -m deploy backup | restore | after-restore | versions`, as a person types them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, NoReturn

import psycopg
import typer
from rich.console import Console
from rich.markup import escape

from deploy import release
from deploy.backup import dump, manifest, metrics, programs, restore, shelf
from deploy.backup.manifest import Manifest
from deploy.backup.restore import Restored
from runtime import clock
from runtime.settings import Secret
from runtime.start import read

_out: Final = Console(highlight=False, soft_wrap=True)
#: Of commands: what was asked cannot be done as things are, and nothing was changed.
_REFUSED: Final = 3
_FAULTS: Final = (
    manifest.Damaged,
    manifest.NoBackup,
    restore.NotEmpty,
    restore.NoSuchRoles,
    programs.NoProgram,
    programs.ProgramFailed,
    psycopg.Error,
    OSError,
)
_NEXT: Final = """
What is to be done next:
 1. Point DOLBOM_POSTGRES_DSN of every service at this database and start alerts first: it hears the findings since
    {made_at:%Y-%m-%d %H:%M:%S} UTC again by itself, and history records the readings since then again.
 2. Then history, ingest, the console and the detectors.
 3. Operators reload their boards. What people did since then is lost: what they had closed rings again.
 4. Enter again what was changed since then: homes, responders, accounts, holds, tokens; enrol the gateways enrolled
    since then anew, and erase again the residents that were erased since then.
 5. `python -m deploy backup` at once: the next fault must not find an old backup."""

Folder = Annotated[Path, typer.Argument(help="Where backups are, each in a folder of its own.")]
Jobs = Annotated[int, typer.Option(min=1, max=64, help="Tables at a time; worth it from some ten GB.")]
Into = Annotated[str, typer.Option(help="libpq string of the database; usual: DOLBOM_POSTGRES_DSN.")]


def backup(
    folder: Folder,
    check: Annotated[
        bool, typer.Option("--check", help="Make none: bring the newest back into a scratch database.")
    ] = False,
    beside: Annotated[list[Path] | None, typer.Option("--with", help="Files to pack too: certificates, .env.")] = None,
    newest: Annotated[int, typer.Option(min=1, help="So many of the newest are kept.")] = 14,
    weeks: Annotated[int, typer.Option(min=0, help="And the last of each of so many weeks.")] = 4,
    jobs: Jobs = 1,
    textfile: Annotated[Path | None, typer.Option(help="A *.prom file for node_exporter's textfile collector.")] = None,
) -> None:
    """Make a backup of the database in a new folder, and let old ones go; or try the newest one."""
    with _said():
        if check:
            _told(restore.tried(folder, _dsn(""), jobs=jobs), "was brought back, proven, and removed again")
        else:
            made = dump.make(_dsn(""), folder, jobs=jobs, beside=beside or [])
            _out.print(f"{escape(str(made.folder))}: {_size(made.manifest)}, {_rows(made.manifest)}")
            _out.print(f"digest of its manifest, to be kept elsewhere: {made.digest}")
            for name in shelf.thin_out(folder, newest=newest, weeks=weeks):
                _out.print(f"{name} is old, and was removed")
        if textfile:
            metrics.write(textfile, folder)


def bring_back(
    folder: Folder,
    into: Into = "",
    jobs: Jobs = 1,
    without_rights: Annotated[bool, typer.Option("--without-rights", help="Leave the rights of roles out.")] = False,
) -> None:
    """Restore the newest backup of a folder, or this one, into an empty database, and prove it."""
    with _said():
        done = restore.restore(folder, _dsn(into), jobs=jobs, rights=not without_rights)
    _told(done, "is back")
    _out.print(_NEXT.format(made_at=done.manifest.made_at))


def after_restore(into: Into = "") -> None:
    """Prove a database that was brought back in another way, as to a point in time, and make it ready."""
    with _said():
        dsn = _dsn(into)
        with psycopg.connect(dsn.reveal()) as connection:
            rows, uncounted = dump.rows_of(connection)
            what = Manifest(
                made_at=clock.now(),
                release=release.VERSION,
                commit=release.commit(),
                contents=(),
                rows=rows,
                uncounted=uncounted,
                **dump.facts(connection),
            )
        _told(restore.settled(dsn, what, began=clock.ticks()), "is ready")


def versions(into: Into = "") -> None:
    """Tell which release this is, and whether it may run on the database; it changes nothing."""
    with _said():
        fit = release.fit(_dsn(into).reveal())
    _out.print(f"release {release.VERSION} {release.commit() or 'of no checkout'}, schema up to {fit.ours:04}")
    _out.print(f"database: schema up to {fit.applied:04}, bears releases from {fit.oldest:04} on")
    _out.print(fit.words)
    if not fit.may_run:
        raise typer.Exit(_REFUSED)


def _told(done: Restored, what: str) -> None:
    """Say what came of it; end with a fault where something is not as it was."""
    _out.print(f"The backup of {done.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC {what}: {done.seconds:.1f} s.")
    _out.print(f"schema {done.manifest.schema:04}, {_rows(done.manifest)}")
    _out.print(
        f"{done.open_alerts} alerts are open, {done.overdue} of them wait for something that is overdue;"
        f" {done.waiting_calls} calls wait to go out"
    )
    for fault in done.faults:
        Console(stderr=True, soft_wrap=True).print(f"NOT AS IT WAS: {fault}", style="red", highlight=False)
    if done.faults:
        raise typer.Exit(1)
    _out.print("Proven: every row is there, every alert has its timer and its whole log, the access log's chain holds.")


def _rows(what: Manifest) -> str:
    rest = f", and {len(what.uncounted)} tables too large to count" if what.uncounted else ""
    return f"{sum(what.rows.values())} rows in {len(what.rows)} tables{rest}"


def _size(what: Manifest) -> str:
    return f"{sum(content.size for content in what.contents) / 1e6:.1f} MB"


def _dsn(named: str) -> Secret:
    return Secret(named) if named else read(os.environ).postgres.dsn


@contextmanager
def _said() -> Iterator[None]:
    """End the command with a sentence instead of a traceback."""
    try:
        yield
    except _FAULTS as error:
        _refuse(f"{error}")


def _refuse(words: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(escape(words.strip()), style="red", highlight=False)
    raise typer.Exit(_REFUSED)
