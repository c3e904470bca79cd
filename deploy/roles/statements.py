"""The table of roles as SQL: what makes them, and what gives them their rights in one database."""

from collections.abc import Iterator
from typing import Final

from deploy.roles.table import BACKUP, CONSOLE, FUNCTIONS, GRANTS, MIGRATOR, RETENTION, SIGNING_IN, TEMPORARY

ROLES: Final = (*GRANTS, MIGRATOR, BACKUP)

#: The one role of the server's own that reads all there is, the partitions of tomorrow too.
_ALL_DATA: Final = "pg_read_all_data"
READS_ALL: Final = f"select pg_has_role('{BACKUP}', '{_ALL_DATA}', 'member')"
LET_IT_READ_ALL: Final = f"grant {_ALL_DATA} to {BACKUP}"


def makes(there: frozenset[str]) -> Iterator[str]:
    """Make the roles that are not there; none has a right, or may do anything to the server."""
    for role in ROLES:
        if role not in there:
            yield f"create role {role} nosuperuser nocreatedb nocreaterole noreplication noinherit nologin"
    for role in SIGNING_IN:
        yield f"alter role {role} login"
    yield f"grant {RETENTION} to {CONSOLE}"
    yield f"alter role {BACKUP} inherit"


def gives(database: str) -> Iterator[str]:
    """Take every right in this database from everybody, and give each role its own."""
    everybody = ", ".join(("public", *(role for role in ROLES if role != MIGRATOR)))
    yield f"revoke all on database {database} from {everybody}"
    yield f"revoke all on schema public from {everybody}"
    yield f"revoke all on all tables in schema public from {everybody}"
    yield f"revoke all on all sequences in schema public from {everybody}"
    yield f"grant connect on database {database} to {', '.join(SIGNING_IN)}"
    yield f"grant temporary on database {database} to {', '.join(TEMPORARY)}"
    yield f"grant usage on schema public to {', '.join(GRANTS)}, {BACKUP}"
    yield f"grant usage, create on schema public to {MIGRATOR}"
    for role, rights in GRANTS.items():
        for table, right in rights.items():
            yield f"grant {right} on {table} to {role}"
    for function, roles in FUNCTIONS.items():
        yield f"revoke all on function {function} from {everybody}"
        yield f"grant execute on function {function} to {', '.join(roles)}"


#: Everything of the schema that is not an extension's, with the words that change its owner.
OWNED: Final = """
    select format('alter table %%s owner to %%I', c.oid::regclass, %(owner)s::text) from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
        and c.relowner <> %(owner)s::text::regrole and not exists (
            select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')
    union all
    select format('alter function %%s owner to %%I', p.oid::regprocedure, %(owner)s::text) from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proowner <> %(owner)s::text::regrole and not exists (
            select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e')
"""
