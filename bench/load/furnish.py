"""The homes in the database: the first thousand are saved as a street is, all others are copied from them there."""

from dataclasses import replace
from typing import Final

from bench.load.words import city
from homes import statements
from homes.postgres import HomeStore
from runtime.kafka import create_topics
from runtime.postgres import migrate, pooled
from runtime.settings import Settings

#: So many are invented; inventing and comparing a hundred thousand would take longer than the load.
_INVENTED: Final = 1_000


async def furnish(settings: Settings, homes: int, *, webhook: str) -> None:
    """Make the schema and the topics, and let so many homes be known."""
    await migrate(settings.postgres)
    await create_topics(settings.kafka)
    street = city(min(homes, _INVENTED), webhook=webhook)
    async with pooled(replace(settings.postgres, pool_size=1)) as pool:
        await HomeStore(pool).save(street)
        async with pool.connection() as connection:
            asked = {"invented": len(street.homes), "homes": homes}
            # What is copied points where its source does.
            await connection.execute("set session_replication_role = replica")
            for statement in (_HOMES, _RESIDENTS, _SENSORS, _RESPONDERS, _CALLS):
                await connection.execute(statement, asked)
            await connection.execute("set session_replication_role = origin")
            await connection.execute(statements.ANALYZE)


#: Each copy and the home that it is like. The family of a home has its number in their name.
_COPIES: Final = """
    copy as (
        select 'h-' || to_char(n, case when n < 10000 then 'FM0000' else 'FM999999999' end) as home_id,
            'h-' || to_char((n - 1) %% %(invented)s + 1, 'FM0000') as source,
            'r-family-' || n as family
        from generate_series(%(invented)s::bigint + 1, %(homes)s::bigint) as n
    )
"""
_HOMES: Final = f"""
    with {_COPIES} insert into home select made.* from copy join home h on h.home_id = source,
        jsonb_populate_record(h, jsonb_build_object('home_id', copy.home_id)) as made
"""
_RESIDENTS: Final = f"""
    with {_COPIES} insert into resident select made.* from copy join resident r on r.home_id = source,
        jsonb_populate_record(r, jsonb_build_object('home_id', copy.home_id)) as made
"""
# Column by column: there are a million of them.
_SENSORS: Final = f"""
    with {_COPIES} insert into sensor (home_id, sensor_id, place, kind, room, silent_after_seconds, supply)
    select copy.home_id, s.sensor_id, s.place, s.kind, s.room, s.silent_after_seconds, s.supply
    from copy join sensor s on s.home_id = source
"""
_RESPONDERS: Final = f"""
    with {_COPIES} insert into responder select made.* from copy join home_responder c on c.home_id = source
        join responder r on r.responder_id = c.responder_id and starts_with(r.responder_id, 'r-family-'),
        jsonb_populate_record(r, jsonb_build_object('responder_id', copy.family)) as made
"""
# The family alone: the policy of the load calls nobody else.
_CALLS: Final = f"""
    with {_COPIES} insert into home_responder (home_id, place, responder_id, consented)
    select copy.home_id, c.place, copy.family, c.consented
    from copy join home_responder c on c.home_id = source and starts_with(c.responder_id, 'r-family-')
"""
