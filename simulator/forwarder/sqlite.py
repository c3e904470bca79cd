"""The outbox on disk: what was taken in survives a power cut, until Kafka has it."""

import os
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from contracts import HomeId
from runtime import clock
from simulator.outbox import Entry, Outbox, Shape, restored

_TABLES = """
    create table if not exists entry (
        seq integer primary key, shape text not null, body blob not null, at real not null, urgent integer not null
    );
    create table if not exists standing (name text primary key, value not null);
"""


class AnotherHome(Exception):
    """The file is the outbox of another home; the message says of which."""


class Shelf:
    """One file. Every write is on disk when the call returns."""

    def __init__(self, file: Path, home_id: HomeId) -> None:
        self._home_id = home_id
        # What a home's devices say is nobody else's to read; what SQLite puts beside the file has the file's mode.
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        file.chmod(0o600)
        self._base = sqlite3.connect(file, isolation_level=None)
        self._base.execute("pragma journal_mode = wal")
        # A home has power cuts: what the home's broker was told to forget must really be on the disk.
        self._base.execute("pragma synchronous = full")
        self._base.executescript(_TABLES)
        owner = self._standing("home", home_id)
        if owner != home_id:
            raise AnotherHome(f"{file} is the outbox of {owner}; name another file")

    def load(self, *, session_above: int = 0) -> Outbox:
        """Take up what is held, in the session and count that were begun with the file.

        A session that is not above another gateway's of this home would never be acknowledged: it begins anew, with
        what is held. What Kafka had of it already is then told twice, which is better than not at all.
        """
        session = self._number("session", max(_milliseconds(), session_above + 1))
        if session <= session_above:
            self._begin_anew(max(_milliseconds(), session_above + 1))
        rows = self._base.execute("select seq, shape, body, at, urgent from entry order by seq").fetchall()
        session, next_seq = self._number("session", 0), self._number("next_seq", 1)
        return restored(self._home_id, session, next_seq, (_entry(*row) for row in rows))

    def next_connection(self, *, session_above: int = 0) -> int:
        """Number a connection: above all before it, of this gateway and of the one that it replaced.

        The clock alone does not do: after a power cut it is behind until somebody sets it.
        """
        number = max(_milliseconds(), session_above + 1, self._number("connection", 0) + 1)
        self._base.execute("update standing set value = ? where name = 'connection'", (number,))
        return number

    def put(self, entry: Entry) -> None:
        """Keep an entry, and the count that it moved."""
        with self._base:
            self._base.execute("begin")
            self._base.execute(
                "insert into entry values (?, ?, ?, ?, ?)",
                (entry.seq, entry.shape, entry.body, entry.at.timestamp(), entry.urgent),
            )
            self._base.execute("update standing set value = ? where name = 'next_seq'", (entry.seq + 1,))

    def forget(self, seqs: Iterable[int]) -> None:
        """Drop what Kafka has."""
        with self._base:
            self._base.execute("begin")
            self._base.executemany("delete from entry where seq = ?", [(seq,) for seq in seqs])

    def tested_at(self, moment: datetime | None = None) -> datetime:
        """Tell when the gateway proved its line last, 1970 if never; given a moment, keep it."""
        if moment is not None:
            self._base.execute("insert or replace into standing values ('tested_at', ?)", (moment.timestamp(),))
        return datetime.fromtimestamp(float(str(self._standing("tested_at", 0.0))), UTC)

    def _begin_anew(self, session: int) -> None:
        seqs = [seq for (seq,) in self._base.execute("select seq from entry order by seq")]
        with self._base:
            self._base.execute("begin")
            # In their order, so that a lower number is always free.
            self._base.executemany("update entry set seq = ? where seq = ?", list(enumerate(seqs, start=1)))
            self._base.execute("update standing set value = ? where name = 'session'", (session,))
            self._base.execute("insert or replace into standing values ('next_seq', ?)", (len(seqs) + 1,))

    def _number(self, name: str, begin: int) -> int:
        return int(str(self._standing(name, begin)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._base.close()

    def _standing(self, name: str, begin: object) -> object:
        self._base.execute("insert or ignore into standing values (?, ?)", (name, begin))
        return self._base.execute("select value from standing where name = ?", (name,)).fetchone()[0]


def _milliseconds() -> int:
    return int(clock.now().timestamp() * 1000)


def _entry(seq: int, shape: str, body: bytes, at: float, urgent: int) -> Entry:
    return Entry(seq=seq, shape=Shape(shape), body=body, at=datetime.fromtimestamp(at, UTC), urgent=bool(urgent))
