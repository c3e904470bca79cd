"""`python -m detectors`: run one worker, or ask what the detectors think, would have found, or would find instead."""

import os

import typer

from detectors.replay.__main__ import backtest, explain, replay
from detectors.service import serve
from runtime.start import start

app = typer.Typer(add_completion=False, help=__doc__)
app.command()(explain)
app.command()(replay)
app.command()(backtest)


@app.callback(invoke_without_command=True)
def worker(context: typer.Context) -> None:
    """Run one worker until it is told to stop, unless a command is named."""
    if context.invoked_subcommand is None:
        start("detectors", os.environ, serve)


if __name__ == "__main__":
    app()
