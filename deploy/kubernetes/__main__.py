"""`python -m deploy.kubernetes`: write what comes from code, and look for faults in what is shipped or built."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from deploy.embedded.stack import ROOT
from deploy.kubernetes import building
from deploy.kubernetes.checks import faults
from deploy.kubernetes.objects import given, read, shipped
from deploy.kubernetes.written import pages

SHIP: Final = ROOT / ".dolbom" / "ship"

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


@app.command()
def write() -> None:
    """Write network policies, topics and the operator's rules anew."""
    for file, text in pages().items():
        file.write_text(text)


@app.command()
def check(
    built: Annotated[list[Path] | None, typer.Argument(help="What kustomize built; left out: base and panels.")] = None,
) -> None:
    """Look for faults: references, selectors, probes, rights, settings; no cluster is needed."""
    found: list[str] = []
    for file in built or ():
        found += [f"{file}: {fault}" for fault in faults(read(file.read_text()), given())]
    if not built:
        found = faults(shipped("base", "components/panels"), given())
    for fault in found:
        sys.stderr.write(f"{fault}\n")
    raise typer.Exit(1 if found else 0)


@app.command()
def build(
    folder: Annotated[Path, typer.Option(help="Where what was built and its tools are kept.")] = SHIP,
) -> None:
    """Build both sizes with kustomize, look for faults in them, and validate them with Kubernetes' schemas."""
    folder.mkdir(parents=True, exist_ok=True)
    files = building.build(folder)
    found = [f"{file.name}: {fault}" for file in files for fault in faults(read(file.read_text()), given())]
    for fault in found:
        sys.stderr.write(f"{fault}\n")
    valid = building.validate(folder, files)
    for file in files:
        sys.stdout.write(f"{file.name}: {len(read(file.read_text()))} objects\n")
    raise typer.Exit(1 if found or not valid else 0)


if __name__ == "__main__":
    app()
