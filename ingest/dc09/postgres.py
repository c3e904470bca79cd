"""Accounts in PostgreSQL: added and removed by an installer, read whole by the receiver whenever one changed."""

from collections.abc import Sequence
from typing import Final

import psycopg

from contracts import HomeId
from ingest.dc09.accounts import Account, BadAccount, BadKey, Place, unlock
from runtime.postgres import Pool
from runtime.settings import Secret

_LOAD: Final = """
    select a.account, a.receiver, a.line, a.home_id, a.profile, a.locked_key,
           array(select s.sensor_id from sensor s where s.home_id = a.home_id and s.sensor_id like 'zone-%')
    from alarm_account a
    order by a.account, a.receiver, a.line
"""
_STANDING: Final = """
    select count(*), sum(hashtextextended(a.account || '/' || a.receiver || '/' || a.line || a.changed_at, 0)::numeric),
           sum(h.version)
    from alarm_account a join home h using (home_id)
"""
_ADD: Final = """
    insert into alarm_account (account, receiver, line, home_id, profile, locked_key)
    values (%(account)s, %(receiver)s, %(line)s, %(home_id)s, %(profile)s, %(locked_key)s)
"""
_REMOVE: Final = """
    delete from alarm_account where account = %(account)s and receiver = %(receiver)s and line = %(line)s
"""


class AccountStore:
    """The accounts of the database."""

    def __init__(self, pool: Pool, secret: Secret) -> None:
        self._pool = pool
        self._secret = secret

    async def standing(self) -> Sequence[object] | None:
        """Answer something that is another whenever an account, or the home of one, is."""
        async with self._pool.connection() as connection:
            return await (await connection.execute(_STANDING)).fetchone()

    async def load(self) -> list[Account]:
        """Load all accounts; one whose key our secret does not open is marked, and stays shut."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_LOAD)).fetchall()
        return [self._account(row) for row in rows]

    async def add(self, place: Place, home_id: HomeId, *, profile: str, locked_key: bytes | None) -> None:
        """Add an account; raise BadAccount when it is taken or there is no such home."""
        row = {"home_id": home_id, "profile": profile, "locked_key": locked_key, **_row(place)}
        try:
            async with self._pool.connection() as connection:
                await connection.execute(_ADD, row)
        except psycopg.errors.UniqueViolation as error:
            raise BadAccount(f"{place}: there is such an account; remove it first") from error
        except psycopg.errors.ForeignKeyViolation as error:
            raise BadAccount(f"{home_id}: there is no such home; import it first") from error

    async def remove(self, place: Place) -> bool:
        """Remove an account; answer whether it was there."""
        async with self._pool.connection() as connection:
            return (await connection.execute(_REMOVE, _row(place))).rowcount > 0

    def _account(self, row: Sequence[object]) -> Account:
        account, receiver, line, home_id, profile, locked_key, sensors = row
        place = Place(account=f"{account}", receiver=f"{receiver}", line=f"{line}")
        key: bytes | None = None
        locked = False
        if isinstance(locked_key, bytes):
            try:
                key = unlock(locked_key, place, secret=self._secret.reveal())
            except BadKey:
                locked = True
        return Account(
            place=place,
            home_id=HomeId(f"{home_id}"),
            profile=f"{profile}",
            key=key,
            locked=locked,
            sensors=frozenset(map(str, sensors)) if isinstance(sensors, list) else frozenset(),
        )


def _row(place: Place) -> dict[str, str]:
    return {"account": place.account, "receiver": place.receiver, "line": place.line}
