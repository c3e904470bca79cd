"""The leases on partitions: each bridge looks once a second, all in one transaction and one after the other."""

from typing import Final

from contracts.topics import PARTITIONS
from ingest.leases import LEASE_SECONDS, Decision, Lease, decide
from runtime.postgres import Pool

#: Any fixed number: whoever decides holds this advisory lock.
_LOCK = 0x646F6C6C


# Whoever died while this clock was ahead would be believed to live until the clock comes there again.
_CLOCK_WENT_BACK: Final = """
    update ingest_bridge set until_at = clock_timestamp() + make_interval(secs => %(lease)s)
    where until_at > clock_timestamp() + make_interval(secs => %(lease)s + 2)
"""


class NameTaken(Exception):
    """Another process runs under our name; give each bridge its own DOLBOM_INGEST_NAME."""


class LeaseStore:
    """What one bridge reads and writes of the leases."""

    def __init__(self, pool: Pool, name: str) -> None:
        self._pool = pool
        self._name = name
        self._incarnation = 0

    async def begin(self) -> None:
        """Say that this process is the bridge of this name now; an older process of the name will end."""
        async with self._pool.connection() as connection:
            row = await (
                await connection.execute(
                    "insert into ingest_bridge (name, incarnation, able, until_at)"
                    " values (%(name)s, 1, true, now() + make_interval(secs => %(lease)s))"
                    " on conflict (name) do update set incarnation = ingest_bridge.incarnation + 1, able = true,"
                    " until_at = excluded.until_at returning incarnation",
                    {"name": self._name, "lease": LEASE_SECONDS},
                )
            ).fetchone()
        self._incarnation = int(str(row[0])) if row else 0

    async def turn(self, *, able: bool) -> Decision:
        """Say that we live, and decide what to keep, take and release; raise NameTaken when we are not the last."""
        async with self._pool.connection(timeout=2) as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
            cursor = await connection.execute(
                "update ingest_bridge set able = %(able)s, until_at = now() + make_interval(secs => %(lease)s)"
                " where name = %(name)s and incarnation = %(incarnation)s",
                {"able": able, "lease": LEASE_SECONDS, "name": self._name, "incarnation": self._incarnation},
            )
            if not cursor.rowcount:
                raise NameTaken(f"{NameTaken.__doc__} (this one was {self._name})")
            await connection.execute(_CLOCK_WENT_BACK, {"lease": LEASE_SECONDS})
            rows = await (await connection.execute("select partition, holder from ingest_lease")).fetchall()
            leases = [Lease(partition=int(str(partition)), holder=str(holder)) for partition, holder in rows]
            rows = await (
                await connection.execute("select name, able from ingest_bridge where until_at > now()")
            ).fetchall()
            decision = decide(
                leases, {str(name): bool(can) for name, can in rows}, me=self._name, partitions=range(PARTITIONS)
            )
            for partition in decision.take:
                await connection.execute(
                    "insert into ingest_lease (partition, holder) values (%(partition)s, %(name)s)"
                    " on conflict (partition) do update set holder = excluded.holder",
                    {"partition": partition, "name": self._name},
                )
            return decision

    async def release(self, partitions: list[int]) -> None:
        """Take our name off partitions, so that another takes them at its next look."""
        async with self._pool.connection(timeout=2) as connection:
            await connection.execute(
                "delete from ingest_lease where partition = any(%(partitions)s) and holder = %(name)s",
                {"partitions": partitions, "name": self._name},
            )

    async def end(self) -> None:
        """Say farewell: everything of ours is free at once."""
        async with self._pool.connection(timeout=2) as connection, connection.transaction():
            mine = {"name": self._name, "incarnation": self._incarnation}
            cursor = await connection.execute(
                "update ingest_bridge set until_at = now()"
                " where name = %(name)s and incarnation = %(incarnation)s",
                mine,
            )  # fmt: skip
            if cursor.rowcount:
                await connection.execute("delete from ingest_lease where holder = %(name)s", mine)
