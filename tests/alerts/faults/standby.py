"""A primary and its standby: what the primary has committed, the standby has; and either is found by one address."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from deploy.embedded import postgres_binaries
from deploy.embedded.postgres import EmbeddedPostgres
from runtime.settings import Postgres, Secret


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two servers, of which one takes writes."""

    primary: EmbeddedPostgres
    standby: EmbeddedPostgres

    @property
    def settings(self) -> Postgres:
        """One address for both: whoever connects is led to the one that takes writes."""
        first, second = (urlsplit(one.dsn().reveal()) for one in (self.primary, self.standby))
        hosts = ",".join(parse_qs(one.query)["host"][0] for one in (first, second))
        return Postgres(
            dsn=Secret(f"{first.scheme}://{first.netloc}{first.path}?host={hosts}&target_session_attrs=read-write")
        )

    def lose_primary(self) -> None:
        """Let the primary die where it stands."""
        assert self.primary.child
        self.primary.child.kill()

    def promote(self) -> None:
        """Let the standby take writes, as a watchdog does."""
        with psycopg.connect(self.standby.dsn("postgres").reveal(), autocommit=True) as connection:
            assert connection.execute("select pg_promote(wait_seconds => 30)").fetchone() == (True,)
            connection.execute("alter system reset synchronous_standby_names")
            connection.execute("select pg_reload_conf()")

    def in_step(self) -> bool:
        """Tell whether every commit waits for the standby."""
        with psycopg.connect(self.primary.dsn("postgres").reveal(), autocommit=True) as connection:
            return connection.execute("select sync_state from pg_stat_replication").fetchall() == [("sync",)]


@contextmanager
def a_pair(folder: Path) -> Iterator[Pair]:
    """Start a primary, copy it, and let no commit be answered before the copy has it."""
    # Speed on a power cut is given up as in every test; that the primary is killed is another matter.
    with EmbeddedPostgres(folder / "one", durable=False) as primary:
        _copy(primary, folder / "two")
        with EmbeddedPostgres(folder / "two", durable=False) as standby:
            with psycopg.connect(primary.dsn("postgres").reveal(), autocommit=True) as connection:
                connection.execute("alter system set synchronous_standby_names = '*'")
                connection.execute("alter system set synchronous_commit = 'on'")
                connection.execute("select pg_reload_conf()")
            yield Pair(primary=primary, standby=standby)


def _copy(primary: EmbeddedPostgres, folder: Path) -> None:
    who = postgres_binaries.account()
    binaries = postgres_binaries.reachable_binaries(postgres_binaries.find(), who)
    folder.mkdir()
    folder.chmod(0o700)
    (folder / "password").write_text((primary.folder / "password").read_text())
    if who:
        for each in (folder, folder / "password"):
            os.chown(each, who.uid, who.gid)
    subprocess.run(
        [
            binaries / "pg_basebackup",
            f"--dbname={primary.dsn('postgres').reveal()}",
            f"--pgdata={folder / 'data'}",
            "--write-recovery-conf",
            "--wal-method=stream",
            "--checkpoint=fast",
            "--no-sync",
        ],
        cwd=folder,
        user=who.uid if who else None,
        group=who.gid if who else None,
        extra_groups=[] if who else None,
        check=True,
        timeout=60,
    )
