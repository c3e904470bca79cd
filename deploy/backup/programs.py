"""PostgreSQL's own programs for dumping and restoring, and how they are told where to."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from deploy.embedded.postgres_binaries import candidates
from runtime.settings import Secret

#: A database of any size that we know of is dumped within this.
_SECONDS: Final = 6 * 3600


class NoProgram(Exception):
    """There is no pg_dump that can read this server; Debian's `postgresql-client` of its version brings one."""


class ProgramFailed(Exception):
    """A program of PostgreSQL ended with a fault; the message is the end of what it said."""


def find(program: str, server: int) -> Path:
    """Find the one of the server's own major version, else the next newer: an older one cannot read it."""
    found: dict[int, Path] = {}
    for folder in (*candidates(), *_on_path(program)):
        path = folder / program
        if path.is_file() and (version := _version(path)) >= server:
            found.setdefault(version, path)
    if not found:
        raise NoProgram(
            f"there is no {program} of PostgreSQL {server} or newer here: install the package"
            f" postgresql-client-{server}, or name its folder in DOLBOM_RUN_PG_BIN"
        )
    return found[min(found)]


def run(program: Path, dsn: Secret, arguments: Sequence[str | Path]) -> None:
    """Run it to its end; others read neither the password, which goes by the environment, nor what it writes."""
    asked = words_of(dsn)
    password = asked.pop("password", "")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DOLBOM_")}
    if password:
        environ["PGPASSWORD"] = password
    command = [str(program), f"--dbname={make_conninfo('', **asked)}", *(str(each) for each in arguments)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=_SECONDS, umask=0o077)
    if done.returncode:
        raise ProgramFailed(f"{program.name} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")


def words_of(dsn: Secret) -> dict[str, str]:
    """Take a connection string apart."""
    return {name: f"{value}" for name, value in conninfo_to_dict(dsn.reveal()).items() if value is not None}


def another(dsn: Secret, database: str) -> Secret:
    """Name another database of the same server."""
    return Secret(make_conninfo("", **words_of(dsn) | {"dbname": database}))


def _on_path(program: str) -> list[Path]:
    found = shutil.which(program)
    return [Path(found).parent] if found else []


def _version(path: Path) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
    number = re.search(r"\) (\d+)", said)
    return int(number[1]) if number else 0
