"""The database: a primary and a copy of it on two hosts, sealed lines, and commits that wait for the copy."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import psycopg

from deploy.cluster.certificates import Authority
from deploy.cluster.hosts import Host
from deploy.cluster.parts import Program
from deploy.embedded import postgres_binaries
from deploy.embedded.children import NeverCameUp
from deploy.roles.table import SIGNING_IN
from runtime.settings import Secret

PORT: Final = 5432
#: Which part runs on which host.
SERVERS: Final[Mapping[str, str]] = {"postgres-1": "db-1", "postgres-2": "db-2"}
#: A line that is cut is noticed within seconds, and not after the quarter of an hour that Linux takes.
_LINE: Final = "connect_timeout=3&tcp_user_timeout=8000&keepalives_idle=5&keepalives_interval=2&keepalives_count=3"
_COPIER: Final = "standby"


class NotInStep(Exception):
    """The copy does not follow the primary; look at its log."""


def _sealing() -> Path:
    """Find a PostgreSQL that knows TLS: Debian's does, the one in the Python wheel does not."""
    named = os.environ.get("DOLBOM_RUN_PG_BIN")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -int(folder.parent.name))
    for folder in (*([Path(named)] if named else []), *debian):
        if (folder / "postgres").is_file() and (folder / "pg_basebackup").is_file():
            return folder
    raise postgres_binaries.NoPostgres("no PostgreSQL with TLS here: install Debian's package `postgresql`")


class Servers:
    """How the two servers are made and started, and who of them takes writes."""

    def __init__(self, folder: Path, hosts: Mapping[str, Host], authority: Authority) -> None:
        """Find the programs; raise NoPostgres where there are none."""
        self._who = postgres_binaries.account()
        self._binaries = _sealing()
        self._hosts = {name: hosts[host] for name, host in SERVERS.items()}
        self.folders = {name: postgres_binaries.reachable_folder(folder / name, self._who) for name in SERVERS}
        self._authority = authority
        self._password, self._copiers = secrets.token_urlsafe(24), secrets.token_urlsafe(24)

    def dsn(self, database: str = "dolbom") -> Secret:
        """Tell one address for both: whoever connects is led to the one that takes writes."""
        return self._dsn(",".join(f"{host.address}:{PORT}" for host in self._hosts.values()), database, "read-write")

    def dsn_of(self, name: str, database: str = "dolbom") -> Secret:
        """Tell how to reach one of them, whether it takes writes or not."""
        return self._dsn(f"{self._hosts[name].address}:{PORT}", database, "any")

    def primary(self) -> str:
        """Name the one that takes writes; raise NotInStep when there is none."""
        for name in SERVERS:
            if self.takes_writes(name):
                return name
        raise NotInStep("no PostgreSQL takes writes")

    def takes_writes(self, name: str) -> bool:
        """Ask a server whether it takes writes; one that does not answer does not."""
        try:
            return self.ask(name, "select not pg_is_in_recovery()") == [(True,)]
        except psycopg.OperationalError:
            return False

    def answers(self, name: str) -> bool:
        """Tell whether a server answers."""
        try:
            return bool(self.ask(name, "select 1"))
        except psycopg.OperationalError:
            return False

    def ask(self, name: str, *questions: str) -> list[tuple[object, ...]]:
        """Put questions to one server, each by itself; answer what the last one says."""
        answer: list[tuple[object, ...]] = []
        with psycopg.connect(self.dsn_of(name, "postgres").reveal(), autocommit=True) as connection:
            for question in questions:
                cursor = connection.execute(question.encode())
                answer = cursor.fetchall() if cursor.description else []
        return answer

    def settle(self, name: str) -> None:
        """Make what a new primary needs: our database, and who copies it."""
        self.ask(
            name,
            "create database dolbom",
            f"create role {_COPIER} login replication password '{self._copiers}'",
        )

    def promote(self, name: str) -> None:
        """Let a copy take writes, and wait for no other."""
        self.ask(name, "select pg_promote(wait_seconds => 30)")
        self.wait_for_copy(name, wanted=False)

    def wait_for_copy(self, name: str, *, wanted: bool) -> None:
        """Let commits on this primary wait for its copy, or for nobody: a watchdog's part in production."""
        names = "'*'" if wanted else "''"
        self.ask(name, f"alter system set synchronous_standby_names = {names}", "select pg_reload_conf()")

    def in_step(self, name: str) -> bool:
        """Tell whether every commit on this primary waits for the copy."""
        return self.ask(name, "select sync_state from pg_stat_replication") == [("sync",)]

    def until_in_step(self, name: str, *, within: float = 30) -> None:
        """Wait until every commit waits for the copy; raise NotInStep."""
        deadline = time.monotonic() + within
        while not self.in_step(name):
            if time.monotonic() > deadline:
                raise NotInStep(f"the copy of {name} did not come within {within:g} s")
            time.sleep(0.05)

    def program(self, name: str, source: Path) -> Program:
        """Make a server's data if there are none, from nothing or from the primary, and word its start."""
        folder = self.folders[name]
        self._own(folder)
        if not (folder / "data" / "PG_VERSION").exists():
            self._write_files(name)
            if any(self.takes_writes(other) for other in SERVERS if other != name):
                self._copy(name)
            else:
                self._init(name)
        settings = {
            "listen_addresses": self._hosts[name].address,
            "port": PORT,
            "unix_socket_directories": "",
            "hba_file": folder / "hba.conf",
            "ssl": "on",
            "ssl_min_protocol_version": "TLSv1.3",
            "ssl_cert_file": folder / "server.crt",
            "ssl_key_file": folder / "server.key",
            "max_connections": 200,
            "shared_buffers": "64MB",
            "max_wal_size": "256MB",
            "wal_keep_size": "64MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        told = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        words: list[str | Path] = [*self._as_account(), self._binaries / "postgres", "-D", folder / "data", *told]
        return Program(
            words=words,
            folder=folder,
            ready=lambda: self.answers(name),
            environ=self._environ(name),
            stop=signal.SIGINT,
        )

    def forget(self, name: str) -> None:
        """Remove a server's data; it must not run."""
        shutil.rmtree(self.folders[name] / "data", ignore_errors=True)

    def _dsn(self, hosts: str, database: str, wanted: str) -> Secret:
        sealed = f"sslmode=verify-full&sslrootcert={self._authority.file}"
        asked = f"{sealed}&target_session_attrs={wanted}&{_LINE}"
        return Secret(f"postgresql://dolbom:{self._password}@{hosts}/{database}?{asked}")

    def _write_files(self, name: str) -> None:
        folder, made = self.folders[name], self._authority.certify(name, [self._hosts[name].address])
        for source, target in ((made.certificate, "server.crt"), (made.key, "server.key")):
            shutil.copy(source, folder / target)
            self._give(folder / target)
        (folder / "hba.conf").write_text(
            f"hostssl replication {_COPIER} all scram-sha-256\nhostssl all dolbom all scram-sha-256\n"
            f"hostssl dolbom {','.join(SIGNING_IN)} all scram-sha-256\n"
        )
        (folder / "password").write_text(self._password)
        for each in ("hba.conf", "password"):
            self._give(folder / each)

    def _init(self, name: str) -> None:
        folder = self.folders[name]
        self._do(
            name,
            [
                self._binaries / "initdb",
                f"--pgdata={folder / 'data'}",
                "--username=dolbom",
                "--auth=scram-sha-256",
                f"--pwfile={folder / 'password'}",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ],
        )

    def _copy(self, name: str) -> None:
        primary = self._hosts[self.primary()].address
        line = (
            f"host={primary} port={PORT} user={_COPIER} password={self._copiers} sslmode=verify-full"
            f" sslrootcert={self._authority.file} application_name={name.replace('-', '_')}"
            " tcp_user_timeout=8000 keepalives_idle=5 keepalives_interval=2 keepalives_count=3"
        )
        words: list[str | Path] = [
            self._binaries / "pg_basebackup",
            f"--dbname={line}",
            f"--pgdata={self.folders[name] / 'data'}",
        ]
        self._do(name, [*words, "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"])

    def _do(self, name: str, words: Sequence[str | Path]) -> None:
        done = subprocess.run(
            self._hosts[name].command([*self._as_account(), *words]),
            cwd=self.folders[name],
            env=self._environ(name),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise NeverCameUp(f"{name}: {Path(words[0]).name} ended with {done.returncode}\n{done.stderr}")

    def _environ(self, name: str) -> dict[str, str]:
        # A client looks for a certificate in its home; that of root is closed to PostgreSQL's account.
        return {"PATH": os.environ.get("PATH", ""), "HOME": str(self.folders[name])}

    def _as_account(self) -> list[str]:
        if self._who is None:
            return []
        # The will that Child wrote is void once the account changes, so it is written again.
        return [
            "setpriv",
            f"--reuid={self._who.uid}",
            f"--regid={self._who.gid}",
            "--clear-groups",
            "--pdeathsig=QUIT",
        ]

    def _own(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._give(folder)

    def _give(self, path: Path) -> None:
        if path.is_file():
            path.chmod(0o600)
        if self._who is not None:
            os.chown(path, self._who.uid, self._who.gid)
