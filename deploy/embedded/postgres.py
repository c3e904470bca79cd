"""The embedded PostgreSQL: a server of our own in one folder, reached by a unix socket and a password only."""

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self
from urllib.parse import quote

import psycopg

from deploy.embedded import postgres_binaries
from deploy.embedded.children import Child, NeverCameUp
from runtime.settings import Secret

#: A unix socket's path holds 107 bytes, `/.s.PGSQL.5432` included.
_LONGEST_SOCKET_FOLDER: Final = 90
#: After a crash the dead server's children hold its memory for up to some seconds.
_STILL_HELD: Final = "pre-existing shared memory block"
#: Commits still reach the operating system, so a killed server loses nothing; only a power cut does harm.
_FORGETFUL: Final = ("fsync=off", "full_page_writes=off")


class InUse(Exception):
    """Another process runs a server in this folder; end it, or use another folder."""


class OtherVersion(Exception):
    """The folder was made by another major version of PostgreSQL than the one found here."""


class EmbeddedPostgres:
    """A server that is a child of ours; its folder is only for it."""

    def __init__(
        self, folder: Path, *, durable: bool = True, binaries: Path | None = None, log: Path | None = None
    ) -> None:
        """Prepare; `durable=False` gives up safety on a power cut for the speed of tests."""
        self._who = postgres_binaries.account()
        self._binaries = postgres_binaries.reachable_binaries(binaries or postgres_binaries.find(), self._who)
        self.folder = postgres_binaries.reachable_folder(folder.absolute(), self._who)
        self._data = self.folder / "data"
        self._durable = durable
        self._log = log or self.folder / "postgres.log"
        self._lock: IO[str] | None = None
        self._password = Secret("")
        self._socket = self.folder / "socket"
        self.child: Child | None = None

    def dsn(self, database: str = "dolbom") -> Secret:
        """Tell how to reach a database of it."""
        return Secret(
            f"postgresql://dolbom:{self._password.reveal()}@/{database}?host={quote(str(self._socket), safe='')}"
        )

    def start(self) -> None:
        """Start the server and return once it answers; recover whatever a crash left."""
        self._own(self.folder)
        self._take_lock()
        self._end_left_over()
        self._password = self._read_password()
        if not (self._data / "PG_VERSION").exists():
            self._init()
        self._check_version()
        if len(str(self._socket)) > _LONGEST_SOCKET_FOLDER:
            self._socket = Path(tempfile.mkdtemp(prefix="dolbom-", dir="/tmp"))  # the one short path there is
        self._own(self._socket)
        self._start_patiently()
        with psycopg.connect(self.dsn("postgres").reveal(), autocommit=True) as connection:
            there = connection.execute("select 1 from pg_database where datname = 'dolbom'").fetchone()
            if not there:
                connection.execute("create database dolbom")

    def stop(self) -> None:
        """Stop the server cleanly, cutting its sessions; twice is as good as once."""
        if self.child is not None:
            self.child.stop(signal.SIGINT, within=10)
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        if self._socket.parent != self.folder:
            shutil.rmtree(self._socket, ignore_errors=True)

    def forget(self) -> None:
        """Remove all databases; the server must not run."""
        self._own(self.folder)
        self._take_lock()
        self._end_left_over()
        shutil.rmtree(self._data, ignore_errors=True)
        self.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _own(self, folder: Path) -> None:
        if self._who is not None:
            postgres_binaries.make_passable(folder.parent)
        folder.mkdir(parents=True, exist_ok=True)
        if self._who is not None:
            os.chown(folder, self._who.uid, self._who.gid)
        folder.chmod(0o700)

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise InUse(f"another process runs PostgreSQL in {self.folder}") from None
        self._lock = lock

    def _end_left_over(self) -> None:
        """End a server whose parent died without taking it along, and forget the note of a dead one."""
        note = self._data / "postmaster.pid"
        pid = _first_number(note)
        if pid is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if not self._is_ours(pid):
                break
            os.kill(pid, number)
            _wait_until(lambda: not self._is_ours(pid), seconds=5)
        # Its number may be another program's by now, and PostgreSQL would then refuse to start.
        note.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return os.fsencode(self._data) in command

    def _read_password(self) -> Secret:
        path = self.folder / "password"
        if not path.exists():
            descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(24))
            if self._who is not None:
                os.chown(path, self._who.uid, self._who.gid)
        return Secret(path.read_text())

    def _init(self) -> None:
        # Made beside and renamed, so that a half-made cluster is never taken for one.
        draft = self.folder / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        command = [
            str(self._binaries / "initdb"),
            f"--pgdata={draft}",
            "--username=dolbom",
            "--auth=scram-sha-256",
            f"--pwfile={self.folder / 'password'}",
            "--encoding=UTF8",
            "--locale=C",
            *([] if self._durable else ["--no-sync"]),
        ]
        user, group = (self._who.uid, self._who.gid) if self._who else (None, None)
        done = subprocess.run(
            command,
            cwd=self.folder,
            user=user,
            group=group,
            extra_groups=[] if self._who else None,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise NeverCameUp(f"initdb ended with status {done.returncode}\n{done.stdout}\n{done.stderr}")
        draft.rename(self._data)

    def _check_version(self) -> None:
        made_by = (self._data / "PG_VERSION").read_text().strip()
        here = postgres_binaries.version(self._binaries)
        if made_by != here:
            raise OtherVersion(
                f"{self.folder} was made by PostgreSQL {made_by}, this is {here}:"
                f" set DOLBOM_RUN_PG_BIN to the programs of {made_by}, or remove the folder and start anew"
            )

    def _start_patiently(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                self._start_once()
            except NeverCameUp as error:
                if _STILL_HELD not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def _start_once(self) -> None:
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self._socket}",
            "unix_socket_permissions=0700",
            "max_connections=200",
            "shared_buffers=64MB",
            "timezone=UTC",
            "log_timezone=UTC",
            *(() if self._durable else _FORGETFUL),
        ]
        self.child = Child(
            [self._binaries / "postgres", "-D", self._data, *(word for each in settings for word in ("-c", each))],
            log=self._log,
            account=(self._who.uid, self._who.gid) if self._who else None,
            cwd=self.folder,
            last_will=signal.SIGINT,
        )
        # A long recovery after a crash is work, not a failure.
        self.child.wait_for(self._answers, within=120, what="the embedded PostgreSQL")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.dsn("postgres").reveal(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def _first_number(path: Path) -> int | None:
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _wait_until(fact: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not fact() and time.monotonic() < deadline:
        time.sleep(0.02)
