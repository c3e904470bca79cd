"""`python -m deploy.supply sbom|licences|audit`: `make` fills the virtual environment of the tools."""

import json
import subprocess
import sys
from typing import Final

import typer

from deploy.supply.bom import bom
from deploy.supply.files import LOCKS, ROOT, licences, locked, parts, version
from deploy.supply.licences import REASONS, forbidden
from deploy.supply.verdict import NOT_ASKED, verdict_of

_TOOLS: Final = ROOT / ".dolbom" / "supply" / "bin"
_BILL: Final = ROOT / ".dolbom" / "sbom" / "dolbom.cdx.json"
_WITHIN_SECONDS: Final = 600
#: The validator of CycloneDX's own library, which is a tool and none of ours.
_VALIDATE: Final = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
sys.exit(wrong and str(wrong.data.message)[:500])
"""

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


@app.command()
def sbom() -> None:
    """Write a CycloneDX bill of everything that is named, and hold it against CycloneDX's schema."""
    found = parts()
    written = bom(found, version=version())
    _BILL.parent.mkdir(parents=True, exist_ok=True)
    _BILL.write_text(written)
    if status := validated(written):
        sys.exit(status)
    typer.echo(f"{_BILL.relative_to(ROOT)}: {len(found)} parts, valid by CycloneDX 1.6")


def validated(written: str) -> int:
    """Hold a bill against the schema: 0 when it is valid; what is wrong is told."""
    done = subprocess.run([_TOOLS / "python", "-c", _VALIDATE], input=written, text=True, check=False)
    return done.returncode


@app.command(name="licences")
def told_licences() -> None:
    """Print the licence of each Python library of the services, then of the rest; 1 when one may not be here."""
    service, everything = (set(locked(lock)) for lock in LOCKS.values())
    told = licences(iter(sorted(service | everything)))
    for name, licence in sorted(told.items(), key=lambda one: (one[0] not in service, one[0])):
        where = "services" if name in service else "tests and tools"
        typer.echo(f"{name:32}{where:18}{licence}{' - ' + REASONS[name] if name in REASONS else ''}")
    for name, licence in forbidden(told).items():
        typer.echo(f"{name}: `{licence}` is not allowed, and no reason is given", err=True)
    sys.exit(1 if forbidden(told) else 0)


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
