"""The outbox on disk: what was taken in survives a power cut, until Kafka has it."""

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
        self._base = sqlite3.connect(file, isolation_level=None)
        self._base.execute("pragma journal_mode = wal")
        # A home has power cuts: what the home's broker was told to forget must really be on the disk.
        self._base.execute("pragma synchronous = full")
        self._base.executescript(_TABLES)
        owner = self._standing("home", home_id)
        if owner != home_id:
            raise AnotherHome(f"{file} is the outbox of {owner}; name another file")

    def load(self) -> Outbox:
        """Take up what is held, in the session and count that were begun with the file."""
        rows = self._base.execute("select seq, shape, body, at, urgent from entry order by seq").fetchall()
        session = int(str(self._standing("session", int(clock.now().timestamp() * 1000))))
        next_seq = int(str(self._standing("next_seq", 1)))
        return restored(self._home_id, session, next_seq, (_entry(*row) for row in rows))

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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._base.close()

    def _standing(self, name: str, begin: object) -> object:
        self._base.execute("insert or ignore into standing values (?, ?)", (name, begin))
        return self._base.execute("select value from standing where name = ?", (name,)).fetchone()[0]


def _entry(seq: int, shape: str, body: bytes, at: float, urgent: int) -> Entry:
    return Entry(seq=seq, shape=Shape(shape), body=body, at=datetime.fromtimestamp(at, UTC), urgent=bool(urgent))
