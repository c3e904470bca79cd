"""Run the bridge, prepare its session, or explain what a payload becomes."""

import asyncio
import os
import sys
from typing import Annotated

import typer
from rich.console import Console

from ingest import service
from ingest.bridge.mqtt import prepare
from ingest.dc09.__main__ import app as dc09
from ingest.explain.service import explain_command
from ingest.mqtt import BrokerAway
from runtime import logs
from runtime.start import read, start

app = typer.Typer(add_completion=False, no_args_is_help=False)
app.add_typer(dc09, name="dc09")


@app.callback(invoke_without_command=True)
def run(context: typer.Context) -> None:
    """Move readings from MQTT to Kafka until told to stop."""
    if context.invoked_subcommand:
        return
    start("ingest", os.environ, service.main, check=service.check)


@app.command()
def init(
    end_former: Annotated[
        bool, typer.Option(help="End the one session of earlier releases, once its bridge has stopped.")
    ] = False,
) -> None:
    """Create the persistent sessions at the broker; once, before the first gateway speaks."""
    loaded = read(os.environ)
    logs.configure("ingest", log_format=loaded.service.log_format)
    try:
        count = asyncio.run(prepare(loaded, end_former=end_former))
    except BrokerAway as away:
        Console(stderr=True).print(str(away), markup=False)
        sys.exit(1)
    Console().print(f"the {count} sessions of {loaded.mqtt.client_id} exist", markup=False)


app.command("explain")(explain_command)


if __name__ == "__main__":
    app()
