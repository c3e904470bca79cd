"""What is known of contacts, in PostgreSQL."""

from collections.abc import Sequence
from typing import Final, LiteralString

from psycopg.rows import class_row

from alerts.contacts.state import ContactState, digest
from contracts import ResponderId
from homes.model import Contact
from runtime.postgres import Pool


class Contacts:
    """The states of contacts; an address that was changed is one of which nothing is known."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def reached(self, arrived: Sequence[tuple[ResponderId, Contact]]) -> None:
        """Write down that something arrived at these, all at once."""
        about = {
            "responders": [responder_id for responder_id, _ in arrived],
            "channels": [contact.channel for _, contact in arrived],
            "digests": [digest(contact) for _, contact in arrived],
        }
        async with self._pool.connection() as connection:
            await connection.execute(_REACHED, about)

    async def failed(self, responder_id: ResponderId, contact: Contact) -> None:
        """Write down that something did not arrive there; the first time counts."""
        await self._do(_FAILED, responder_id, contact)

    async def tested(self, responder_id: ResponderId, contact: Contact) -> None:
        """Write down that a test message was taken."""
        await self._do(_TESTED, responder_id, contact)

    async def verified(self, responder_id: ResponderId, contact: Contact) -> None:
        """Write down that the code which was sent there came back."""
        await self._do(_VERIFIED, responder_id, contact)

    async def all(self) -> dict[tuple[str, str, str], ContactState]:
        """Load every state by responder, channel and digest."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(ContactState))
            await cursor.execute(_ALL)
            found = await cursor.fetchall()
        return {(one.responder_id, one.channel, one.address_digest): one for one in found}

    async def _do(self, statement: LiteralString, responder_id: ResponderId, contact: Contact) -> None:
        about = {"responder_id": responder_id, "channel": contact.channel, "digest": digest(contact)}
        async with self._pool.connection() as connection:
            await connection.execute(statement, about)


_ALL: Final = """
    select responder_id, channel, address_digest, verified_at, tested_at, failing_since from contact_state
"""
# Nearly every call arrives, and then there is nothing to write.
_REACHED: Final = """
    update contact_state set failing_since = null where failing_since is not null
        and (responder_id, channel, address_digest) in (
            select * from unnest(%(responders)s::text[], %(channels)s::text[], %(digests)s::text[])
        )
"""
_FAILED: Final = """
    insert into contact_state (responder_id, channel, address_digest, failing_since)
    values (%(responder_id)s, %(channel)s, %(digest)s, now())
    on conflict (responder_id, channel, address_digest) do update set failing_since = excluded.failing_since
        where contact_state.failing_since is null
"""
_TESTED: Final = """
    insert into contact_state (responder_id, channel, address_digest, tested_at)
    values (%(responder_id)s, %(channel)s, %(digest)s, now())
    on conflict (responder_id, channel, address_digest) do update set tested_at = now(), failing_since = null
"""
_VERIFIED: Final = """
    insert into contact_state (responder_id, channel, address_digest, verified_at, tested_at)
    values (%(responder_id)s, %(channel)s, %(digest)s, now(), now())
    on conflict (responder_id, channel, address_digest) do update
        set verified_at = now(), tested_at = now(), failing_since = null
"""
