"""Installs the contestants into .dolbom/versus, each once, and never into the product's own environment."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from bench.versus.contestants import NotHere
from deploy.embedded.stack import ROOT

HOME: Final = ROOT / ".dolbom" / "versus"
HERE: Final = Path(__file__).parent
_PATIENCE_SECONDS: Final = 300


def python() -> Path:
    """Find the peers' own Python environment; make it where it is not."""
    asked, folder = HERE / "requirements.txt", HOME / "python"
    made, program = folder / asked.name, folder / "bin" / "python"
    if not _same(made, asked):
        _run([sys.executable, "-m", "venv", folder])
        _run([program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", asked])
        shutil.copy(asked, made)
    return program


def node_modules() -> Path:
    """Find Node-RED and its Kafka nodes as the lock names them; install them where they are not."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotHere("there is no Node.js with npm on PATH")
    asked, folder = HERE / "node_red" / "package-lock.json", HOME / "node-red"
    made = folder / "installed-from.json"
    if not _same(made, asked):
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(asked.with_name(name), folder / name)
        _run([npm, "ci", "--omit=optional", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder)
        shutil.copy(asked, made)
    return folder / "node_modules"


def debian(package: str, program: str) -> Path:
    """Find a program on PATH or in Debian's package, which is unpacked and not installed: no service is started."""
    found = shutil.which(program)
    if found:
        return Path(found)
    folder = HOME / "debian" / package
    if not (folder / "usr" / "bin" / program).exists():
        for needed in ("apt-get", "dpkg-deb"):
            if shutil.which(needed) is None:
                raise NotHere(f"there is neither `{program}` on PATH nor `{needed}` to fetch Debian's {package}")
        folder.mkdir(parents=True, exist_ok=True)
        _run(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", package], cwd=folder)
        for archive in folder.glob("*.deb"):
            _run(["dpkg-deb", "-x", archive, folder])
    return folder / "usr" / "bin" / program


def _same(made: Path, asked: Path) -> bool:
    return made.exists() and made.read_bytes() == asked.read_bytes()


def _run(command: list[str | Path], cwd: Path | None = None) -> None:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        raise NotHere(f"{Path(command[0]).name} did not end within {_PATIENCE_SECONDS} s") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise NotHere(f"{Path(command[0]).name} {command[1]} failed: {' '.join(said)}")
