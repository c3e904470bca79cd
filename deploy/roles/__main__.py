"""`python -m deploy.roles`: bring the database up to this release, and give each service a role of its own."""

import os
import sys
from pathlib import Path
from typing import Annotated, Final

import structlog
import typer

from deploy.roles.postgres import MayNotGrant
from deploy.roles.service import lines_of, make, make_for
from runtime.settings import Secret, load

#: Of commands: what was asked cannot be done as things are, and nothing was changed.
_REFUSED: Final = 3


def roles(
    addresses: Annotated[
        str,
        typer.Option(help="Draw a password for each role that has none in this file, and write all there; - prints."),
    ] = "",
) -> None:
    """Bring the database up to this release, and give each service a role of its own; run it as the owner."""
    # What is printed may be sent into a file of settings: what happened goes beside it.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    owner = load(os.environ).postgres
    try:
        made = make_for(owner, {}) if addresses == "-" else make(owner, Path(addresses) if addresses else None)
    except MayNotGrant as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(_REFUSED) from error
    if addresses == "-":
        typer.echo("\n".join(lines_of(made)))
    typer.echo(_told(made), err=True)


def _told(made: dict[str, Secret]) -> str:
    return f"The roles have their rights; {len(made)} addresses were written."


if __name__ == "__main__":
    typer.run(roles)
