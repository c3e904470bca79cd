"""`python -m deploy`: the demo on this machine, a look at the files for real servers, and backups of theirs."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy import checks
from deploy.backup import commands
from deploy.cluster.command import cluster
from deploy.demo import Demo, Street
from deploy.embedded.stack import ROOT
from deploy.roles.__main__ import roles

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
app.command()(cluster)
app.command()(roles)
app.command()(commands.backup)
app.command("restore")(commands.bring_back)
app.command()(commands.after_restore)
app.command()(commands.versions)


@app.command()
def demo(
    homes: Annotated[int, typer.Option(min=1, max=2_000, help="How many homes.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed invents the same street.")] = 7,
    stored_hours: Annotated[float, typer.Option(min=0, max=23, help="What the gateways saw before the start.")] = 6.0,
    folder: Annotated[Path, typer.Option(help="Data and logs of the demo.")] = ROOT / ".dolbom" / "demo",
) -> None:
    """Run a street of pretend homes and the whole service until Ctrl-C."""
    Demo(folder, Street(homes=homes, seed=seed, stored_hours=stored_hours)).run()


@app.command()
def check() -> None:
    """Look for faults in compose.yaml, the alert rules, the dashboard and the brokers' files; no engine is needed."""
    faults = checks.faults(ROOT)
    for fault in faults:
        Console(stderr=True).print(fault, soft_wrap=True, highlight=False)
    raise typer.Exit(1 if faults else 0)


if __name__ == "__main__":
    app()
