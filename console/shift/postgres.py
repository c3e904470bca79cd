"""Who may take a shift: the roles of an account, in PostgreSQL."""

from runtime.postgres import Pool


async def roles_of(pool: Pool, name: str) -> list[str] | None:
    """Tell what somebody is in the centre; None: there is no such account."""
    async with pool.connection() as connection:
        cursor = await connection.execute(
            "select array_to_string(roles, ' ') from console_account where name = %(name)s and ended_at is null",
            {"name": name},
        )
        row = await cursor.fetchone()
    return f"{row[0]}".split() if row else None
