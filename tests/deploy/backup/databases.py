"""Databases that a test may destroy."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from deploy.embedded.postgres import EmbeddedPostgres
from runtime.settings import Postgres


@contextmanager
def an_empty(server: EmbeddedPostgres) -> Iterator[Postgres]:
    """A database in which nothing is."""
    name = f"test_{secrets.token_hex(4)}"
    _do(server, "create database {}", name)
    try:
        yield Postgres(dsn=server.dsn(name))
    finally:
        _do(server, "drop database if exists {} with (force)", name)


def destroy(server: EmbeddedPostgres, postgres: Postgres) -> None:
    """Lose a database."""
    with psycopg.connect(postgres.dsn.reveal()) as connection:
        name = connection.info.dbname
    _do(server, "drop database {} with (force)", name)


def rows(postgres: Postgres, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(postgres.dsn.reveal(), autocommit=True) as connection:
        done = connection.execute(statement.encode())
        return done.fetchall() if done.description else []


def databases(server: EmbeddedPostgres) -> set[str]:
    with psycopg.connect(server.dsn("postgres").reveal()) as connection:
        return {name for (name,) in connection.execute("select datname from pg_database").fetchall()}


def _do(server: EmbeddedPostgres, statement: str, name: str) -> None:
    with psycopg.connect(server.dsn("postgres").reveal(), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
