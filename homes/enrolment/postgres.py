"""Enrolment in PostgreSQL: claims, exchanges and credentials; each deed is one transaction with its event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import class_row, kwargs_row

from contracts import HomeId
from homes.enrolment import codes, statements
from homes.enrolment.model import Claim, Credential, Deed, Enrolment, Kind, Refused
from homes.enrolment.names import is_reserved
from runtime.postgres import Pool

#: Who waits for news of enrolment listens here.
CHANNEL: Final = "enrolment"

Connection = AsyncConnection[Any]


@dataclass(frozen=True, kw_only=True)
class Exchanged:
    """What came of an exchange that was let pass."""

    home_id: HomeId
    credential_id: int


@dataclass(frozen=True, kw_only=True)
class _OpenClaim:
    claim_id: int
    home_id: HomeId
    digest: bytes
    expires_at: datetime
    guesses: int
    used_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class _Home:
    home_id: HomeId
    expires_at: datetime | None


class EnrolmentStore:
    """The tables of `0011_enrolment.sql`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(
        self, home_id: HomeId, *, code: str, account: str, now: datetime, life: timedelta = codes.LIVES
    ) -> Claim | Refused:
        """Open a claim for a home that has no valid credential; a new claim takes the place of an open one."""
        if is_reserved(home_id):
            return Refused.RESERVED_NAME
        async with self._pool.connection() as connection, connection.transaction():
            if not await _lock_home(connection, home_id):
                return Refused.UNKNOWN_HOME
            if any(each.lives(now) for each in await _credentials(connection, home_id)):
                return Refused.ENROLLED_ALREADY
            return await _open(connection, home_id, code=code, account=account, now=now, life=life)

    async def replace(
        self, home_id: HomeId, *, code: str, account: str, now: datetime, at_once: bool = False
    ) -> Claim | Refused:
        """Open a claim for another gateway of an enrolled home; the old credential ends at once, or with first use."""
        if is_reserved(home_id):
            return Refused.RESERVED_NAME
        async with self._pool.connection() as connection, connection.transaction():
            if not await _lock_home(connection, home_id):
                return Refused.UNKNOWN_HOME
            if not await _credentials(connection, home_id):
                return Refused.NOT_ENROLLED
            if at_once:
                # First, or a request that is signed in between would be neither unsigned nor ended.
                await _end_claim(connection, home_id, now)
                await _revoke(connection, home_id, account=account, now=now, reason="replaced")
            return await _open(connection, home_id, code=code, account=account, now=now, replaces=True)

    async def exchange(
        self, code: str, *, request: bytes | None, password_hash: str | None, source: str, now: datetime
    ) -> Exchanged | Refused:
        """Let a code be exchanged once; the same signing request may come again, for an answer can be lost."""
        async with self._pool.connection() as connection, connection.transaction():
            found = await _claims(connection, codes.selector_of(code))
            claim = next((each for each in found if codes.is_code_of(code, each.digest)), None)
            if claim is None:
                await _count_guess(connection, found, now)
                return Refused.NO_SUCH_CODE
            if claim.guesses >= codes.MOST_GUESSES:
                return Refused.TOO_MANY_GUESSES
            if claim.expires_at <= now:
                return Refused.CODE_EXPIRED
            if claim.used_at is not None:
                return await _again(connection, claim, request)
            return await _use(connection, claim, request, password_hash, source=source, now=now)

    async def confirm(self, credential_id: int, now: datetime) -> None:
        """Note that a credential was used; what it replaces ends with that."""
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(statements.CONFIRM, {"credential": credential_id, "now": now})
            if row := await cursor.fetchone():
                home_id = HomeId(f"{row[0]}")
                await _tell(connection, home_id, Deed.CONFIRMED, account="gateway", now=now)
                await _revoke(
                    connection, home_id, account="gateway", now=now, reason="replaced", older_than=credential_id
                )

    async def end_older(self, home_id: HomeId, credential_id: int, now: datetime) -> None:
        """End what a credential replaced long ago, although nobody said that it works."""
        async with self._pool.connection() as connection, connection.transaction():
            await _revoke(connection, home_id, account="keeper", now=now, reason="replaced", older_than=credential_id)

    async def is_cut(self, home_id: HomeId) -> bool:
        """Tell whether the broker heard of all that ended for a home."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(statements.STILL_UNCUT, {"home": home_id})).fetchone()
        return row is not None and row[0] is False

    async def revoke(self, home_id: HomeId, *, account: str, now: datetime, serial: str | None = None) -> int | Refused:
        """End the credentials of a home, or the one of this serial, and its open claim; answer how many ended."""
        async with self._pool.connection() as connection, connection.transaction():
            if not await _lock_home(connection, home_id):
                return Refused.UNKNOWN_HOME
            claimed = serial is None and await _end_claim(connection, home_id, now)
            ended = await _revoke(connection, home_id, account=account, now=now, reason="revoked", serial=serial)
            if not ended and not claimed:
                return Refused.NO_SUCH_CREDENTIAL
            if not ended:
                await _tell(connection, home_id, Deed.REVOKED, account=account, now=now)
            return ended

    async def credential(self, credential_id: int) -> Credential | None:
        """Load one credential."""
        async with self._pool.connection() as connection:
            found = await _read(connection, statements.BY_ID, id=credential_id)
        return found[0] if found else None

    async def by_serial(self, serial: str) -> Credential | None:
        """Load the credential of a certificate."""
        async with self._pool.connection() as connection:
            found = await _read(connection, statements.BY_SERIAL, serial=serial)
        return found[0] if found else None

    async def enrolments(self, home_ids: Sequence[HomeId] | None = None) -> list[Enrolment]:
        """Load every home with its open claim and its credentials, newest first."""
        asked = {"all": home_ids is None, "homes": list(home_ids or ())}
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(_Home))
            await cursor.execute(statements.HOMES, asked)
            homes = await cursor.fetchall()
            held: dict[HomeId, list[Credential]] = {}
            for each in await _read(connection, statements.OF_HOMES, **asked):
                held.setdefault(each.home_id, []).append(each)
        return [
            Enrolment(home_id=home.home_id, claim_until=home.expires_at, credentials=tuple(held.get(home.home_id, ())))
            for home in homes
        ]

    async def authority(self) -> str | None:
        """Tell the certificate of the broker's authority; None while no keeper has run."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute("select certificate from enrolment_authority")).fetchone()
        return str(row[0]) if row else None


async def end_all(connection: Connection, home_id: HomeId, *, account: str, now: datetime) -> int:
    """End a home's credentials and its open claim, within a transaction that does more; answer how many ended."""
    await _end_claim(connection, home_id, now)
    return await _revoke(connection, home_id, account=account, now=now, reason="revoked")


def credential_of(*, kind: str, **columns: Any) -> Credential:
    """Read a row of the table of credentials."""
    return Credential(kind=Kind(kind), **columns)


async def _lock_home(connection: Connection, home_id: HomeId) -> bool:
    """Let one deed after the other happen to a home; tell whether there is such a home."""
    cursor = await connection.execute("select from home where home_id = %(home)s for no key update", {"home": home_id})
    return await cursor.fetchone() is not None


async def _open(
    connection: Connection,
    home_id: HomeId,
    *,
    code: str,
    account: str,
    now: datetime,
    life: timedelta = codes.LIVES,
    replaces: bool = False,
) -> Claim:
    await _end_claim(connection, home_id, now)
    await connection.execute(
        statements.OPEN_CLAIM,
        {
            "home": home_id,
            "selector": codes.selector_of(code),
            "digest": codes.digest_of(code),
            "replaces": replaces,
            "account": account,
            "now": now,
            "until": now + life,
        },
    )
    await _tell(connection, home_id, Deed.REPLACED if replaces else Deed.CLAIMED, account=account, now=now)
    return Claim(home_id=home_id, code=code, expires_at=now + life)


async def _end_claim(connection: Connection, home_id: HomeId, now: datetime) -> bool:
    """End an open claim, and the request of one that was exchanged but never signed; tell whether there was one."""
    told = {"home": home_id, "now": now}
    claims = await connection.execute(statements.END_CLAIM, told)
    requests = await connection.execute(statements.END_REQUESTS, told)
    return claims.rowcount > 0 or requests.rowcount > 0


async def _claims(connection: Connection, selector: str) -> list[_OpenClaim]:
    cursor = connection.cursor(row_factory=class_row(_OpenClaim))
    await cursor.execute(statements.CLAIMS, {"selector": selector})
    return await cursor.fetchall()


async def _count_guess(connection: Connection, claims: Sequence[_OpenClaim], now: datetime) -> None:
    told = {"claims": [claim.claim_id for claim in claims], "now": now}
    for home_id, guesses in await (await connection.execute(statements.COUNT_GUESS, told)).fetchall():
        if guesses == codes.MOST_GUESSES:
            await _tell(connection, HomeId(home_id), Deed.GUESSED_OUT, account="unknown", now=now)


async def _again(connection: Connection, claim: _OpenClaim, request: bytes | None) -> Exchanged | Refused:
    told = {"claim": claim.claim_id, "request": request}
    cursor = await connection.execute(statements.SAME_REQUEST, told)
    row = await cursor.fetchone()
    return Exchanged(home_id=claim.home_id, credential_id=row[0]) if row else Refused.CODE_USED


async def _use(
    connection: Connection,
    claim: _OpenClaim,
    request: bytes | None,
    password_hash: str | None,
    *,
    source: str,
    now: datetime,
) -> Exchanged:
    told = {
        "home": claim.home_id,
        "claim": claim.claim_id,
        "kind": Kind.PASSWORD if password_hash else Kind.CERTIFICATE,
        "request": request,
        "hash": password_hash,
        "now": now,
    }
    await connection.execute(statements.USE_CLAIM, told)
    cursor = await connection.execute(statements.ADD_CREDENTIAL, told)
    row = await cursor.fetchone()
    assert row is not None  # an insert that returns has a row
    await _tell(connection, claim.home_id, Deed.EXCHANGED, account=f"gateway {source}", now=now)
    return Exchanged(home_id=claim.home_id, credential_id=row[0])


async def _revoke(
    connection: Connection,
    home_id: HomeId,
    *,
    account: str,
    now: datetime,
    reason: str,
    serial: str | None = None,
    older_than: int | None = None,
) -> int:
    told = {"home": home_id, "now": now, "reason": reason, "serial": serial, "older": older_than}
    cursor = await connection.execute(statements.REVOKE, told)
    if cursor.rowcount:
        await _tell(connection, home_id, Deed.REVOKED, account=account, now=now)
    return cursor.rowcount


async def _tell(connection: Connection, home_id: HomeId, deed: Deed, *, account: str, now: datetime | None) -> None:
    told = {"now": now, "account": account, "home": home_id, "what": deed}
    await connection.execute(statements.TELL, told)
    # Inside the transaction: enrolment is rare, and its word must not be lost between commit and telling.
    await connection.execute("select pg_notify(%(channel)s, %(home)s)", {"channel": CHANNEL, "home": home_id})


async def _credentials(connection: Connection, home_id: HomeId) -> list[Credential]:
    return await _read(connection, statements.OF_HOME, home=home_id)


async def _read(connection: Connection, statement: LiteralString, **asked: object) -> list[Credential]:
    cursor = connection.cursor(row_factory=kwargs_row(credential_of))
    await cursor.execute(statement, asked)
    return await cursor.fetchall()
