"""`python -m console`: serve the pages; `accounts` says who may sign in, `tokens` which other
systems; `retention` and `erase` let residents' data go."""

import os
import sys

import structlog
import typer

from console.accounts.__main__ import accounts
from console.api.giving.__main__ import tokens
from console.privacy.__main__ import erase, retention
from console.service import check
from console.service import main as serve_pages
from runtime.start import start

app = typer.Typer(add_completion=False, help=__doc__)


@app.callback(invoke_without_command=True)
def serve(context: typer.Context) -> None:
    """Serve the pages, unless something else is asked for."""
    if context.invoked_subcommand is None:
        start("console", os.environ, serve_pages, check=check)


app.add_typer(accounts, name="accounts")
app.add_typer(tokens, name="tokens")
app.command()(retention)
app.command()(erase)


def main() -> None:
    """Run what is asked for; what a command logs goes beside its answer."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    app()


if __name__ == "__main__":
    main()
