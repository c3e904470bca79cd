"""A receiver as a process, accounts of homes that are invented, and the two lines to call it on."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

from contracts import HomeId
from deploy.embedded.children import Child, loopback_ports
from deploy.embedded.stack import ROOT, Running
from ingest.dc09.accounts import NONCE_BYTES, Place, lock
from ingest.dc09.postgres import AccountStore
from runtime.postgres import pooled
from runtime.settings import Dc09, Postgres, Secret, Settings
from runtime.settings import name_of as variable_of
from simulator.panel import Panel
from simulator.sockets import call_tcp, call_udp
from tests.ingest.doors import environ_of
from tests.ingest.street import a_home, saved

SECRET = Secret("a secret of the tests, not of any house")
KEY = b"0123456789abcdef"
HOST = "127.0.0.1"


def listening(settings: Settings, **others: int | float) -> Settings:
    tcp_port, udp_port = loopback_ports(2)
    return replace(
        settings,
        dc09=replace(Dc09(tcp_port=tcp_port, udp_port=udp_port, secret=SECRET), **others),  # type: ignore[arg-type]  # numbers
    )


def variables_of(settings: Settings) -> dict[str, str]:
    own = {variable_of("dc09", each.name): getattr(settings.dc09, each.name) for each in fields(Dc09)}
    told = {name: value.reveal() if isinstance(value, Secret) else f"{value}" for name, value in own.items()}
    others = {name: value for name, value in os.environ.items() if not name.startswith("DOLBOM_")}
    return {**others, **environ_of(settings), **told}


@contextmanager
def a_receiver(settings: Settings, folder: Path) -> Iterator[Running]:
    (port,) = loopback_ports(1)
    environ = {**variables_of(settings), "DOLBOM_SERVICE_PROBE_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    child = Child([sys.executable, "-m", "ingest", "dc09"], log=folder / "dc09.log", environ=environ, cwd=ROOT)
    running = Running("ingest-dc09", child, port)
    try:
        yield running
    finally:
        running.kill()


async def an_account(
    postgres: Postgres, account: str, home: str = "h-0001", *, key: bytes = b"", profile: str = "default"
) -> Panel:
    """Register a home and its panel."""
    await saved(postgres, a_home(home, **{"zone-3": "help_button"}))
    place = Place(account=account)
    locked = lock(key, place, secret=SECRET.reveal(), nonce=secrets.token_bytes(NONCE_BYTES)) if key else None
    async with pooled(postgres) as pool:
        await AccountStore(pool, SECRET).add(place, HomeId(home), profile=profile, locked_key=locked)
    return Panel(account=account, key=key)


def now() -> datetime:
    return datetime.now(UTC)


async def call(settings: Settings, message: bytes, *, by: str = "tcp", within: float = 10.0) -> bytes:
    if by == "udp":
        return await call_udp(HOST, settings.dc09.udp_port, message, within=within)
    return await call_tcp(HOST, settings.dc09.tcp_port, message, within=within)
