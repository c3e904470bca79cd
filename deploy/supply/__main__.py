"""`python -m deploy.supply sbom|audit`: by tools in a virtual environment of their own, which `make` fills."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import typer

from deploy.supply.verdict import NOT_ASKED, verdict_of

ROOT: Final = Path(__file__).parents[2]
_TOOLS: Final = ROOT / ".dolbom" / "supply" / "bin"
_FOLDER: Final = ROOT / ".dolbom" / "sbom"
#: What runs, and what it is built and tested with.
LOCKS: Final = {"service": "deploy/requirements.lock", "everything": "requirements.lock"}
_WITHIN_SECONDS: Final = 600

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


@app.command()
def sbom() -> None:
    """Write a CycloneDX list of the Python libraries of each lock; the tool checks it against its schema."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    for name, lock in LOCKS.items():
        file = _FOLDER / f"{name}.cdx.json"
        options = ["--output-reproducible", "--of", "JSON", "-o", str(file)]
        subprocess.run([_TOOLS / "cyclonedx-py", "requirements", *options, lock], cwd=ROOT, check=True)
        typer.echo(f"{file.relative_to(ROOT)}: {len(json.loads(file.read_text())['components'])} libraries")


@app.command()
def audit() -> None:
    """Ask of every library whether it has a known weakness: 0 none, 1 some, 3 nobody could be asked."""
    statuses = [_audited(name, lock) for name, lock in LOCKS.items()]
    sys.exit(1 if 1 in statuses else max(statuses))


def _audited(name: str, lock: str) -> int:
    command = [str(_TOOLS / "pip-audit"), "--disable-pip", "--require-hashes", "-r", lock, "-f", "json"]
    done = subprocess.run(
        [*command, "--progress-spinner", "off"], cwd=ROOT, capture_output=True, timeout=_WITHIN_SECONDS, check=False
    )
    try:
        verdict = verdict_of(json.loads(done.stdout))
    except ValueError:
        typer.echo(f"{name}: the audit gave no answer: {done.stderr.decode(errors='replace')[-300:]}", err=True)
        return NOT_ASKED
    for weakness in verdict.weak:
        typer.echo(f"{name}: {weakness}", err=True)
    if verdict.skipped:
        typer.echo(f"{name}: NOT AUDITED: {len(verdict.skipped)}; the source knows nothing of them here", err=True)
    typer.echo(f"{name}: {verdict.asked} libraries asked about, {len(verdict.weak)} weaknesses")
    return verdict.status


if __name__ == "__main__":
    app()
