"""The command that makes the roles: migrate first, then rights, then a file with the addresses of all services."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from deploy.roles import postgres
from runtime.postgres import migrate
from runtime.settings import Postgres, Secret

#: The line of a role in the file, as compose reads it: DSN_ALERTS=postgresql://dolbom_alerts:...
_NAME: Final = "DSN_{}"


def make(owner: Postgres, file: Path | None) -> dict[str, Secret]:
    """Migrate, make the roles and their rights; with a file, keep its passwords and add what it lacks."""
    if file is None:
        _apply(owner, {})
        return {}
    made = make_for(owner, _read(file))
    _write(file, made)
    return made


def make_for(owner: Postgres, known: Mapping[str, Secret]) -> dict[str, Secret]:
    """Make the roles with these passwords, and drawn ones where there is none; answer all their addresses."""
    passwords = postgres.drawn(known)
    _apply(owner, passwords)
    return {role: postgres.dsn_of(owner.dsn, role, password) for role, password in passwords.items()}


def lines_of(addresses: Mapping[str, Secret]) -> list[str]:
    """Write the addresses as lines of a file of settings."""
    return [f"{line_name(role)}={address.reveal()}" for role, address in addresses.items()]


def _apply(owner: Postgres, passwords: Mapping[str, Secret]) -> None:
    mode = asyncio.run(migrate(owner))
    postgres.apply(owner.dsn, passwords, mode=mode)


def line_name(role: str) -> str:
    """Name the line of a role in the file."""
    return _NAME.format(role.removeprefix("dolbom_").upper())


def _read(file: Path) -> dict[str, Secret]:
    lines = file.read_text().splitlines() if file.exists() else []
    known = {}
    for line in lines:
        name, _, address = line.partition("=")
        if name.startswith(_NAME.format("")):
            known[f"dolbom_{name.removeprefix(_NAME.format('')).lower()}"] = Secret(
                unquote(urlsplit(address).password or "")
            )
    return known


def _write(file: Path, addresses: Mapping[str, Secret]) -> None:
    draft = file.with_name(f"{file.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as lines:
        lines.write("\n".join([*lines_of(addresses), ""]))
    draft.rename(file)
