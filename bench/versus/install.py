"""Installs the contestants into .dolbom/versus, each once, and never into the product's own environment."""

import os
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


def debian(package: str, program: str) -> list[str | Path]:
    """Tell how to run a program: from PATH, or from Debian's package, unpacked and not installed: no service starts."""
    found = shutil.which(program)
    if found:
        return [found]
    folder = HOME / "debian" / package
    if not (folder / "usr" / "bin" / program).exists():
        for needed in ("apt-get", "dpkg-deb"):
            if shutil.which(needed) is None:
                raise NotHere(f"there is neither `{program}` on PATH nor `{needed}` to fetch Debian's {package}")
        folder.mkdir(parents=True, exist_ok=True)
        _run(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", package], cwd=folder)
        for archive in folder.glob("*.deb"):
            _run(["dpkg-deb", "-x", archive, folder])
    return [*_shown(folder / "usr" / "share"), folder / "usr" / "bin" / program]


def _shown(share: Path) -> list[str | Path]:
    """Let a program see the files of its package at their place, in a mount namespace of its own."""
    unshare = ["unshare", "-m" if os.geteuid() == 0 else "-Urm"]
    mounted = f"mount -t overlay overlay -o lowerdir={share}:/usr/share /usr/share"
    command: list[str | Path] = [*unshare, "sh", "-c", f'{mounted} && exec "$@"', "sh"]
    if subprocess.run([*command, "true"], capture_output=True).returncode:
        raise NotHere(f"its files in {share} cannot be shown at /usr/share here; install Debian's package")
    return command


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
