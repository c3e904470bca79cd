"""A canary in every secret, and a look for it wherever a process tells anything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from hashlib import sha256
from pathlib import Path
from typing import Final, get_type_hints

import psycopg

from runtime.settings import Postgres, Secret, Settings, name_of

#: Every setting of the type, so that a new one is covered the day it is made.
SECRETS: Final = tuple(
    name_of(section.name, one.name)
    for section in fields(Settings)
    for one in fields(get_type_hints(Settings)[section.name])
    if get_type_hints(get_type_hints(Settings)[section.name])[one.name] is Secret
)


def canary(name: str) -> str:
    """Make a secret that nobody writes by chance; long enough for every key."""
    return f"canary{sha256(name.encode()).hexdigest()[:37]}"


def environ() -> dict[str, str]:
    """Give every secret its canary; a connection string carries it as the password."""
    told = {name: canary(name) for name in SECRETS}
    told["DOLBOM_POSTGRES_DSN"] = f"postgresql://dolbom:{canary('DOLBOM_POSTGRES_DSN')}@127.0.0.1:1/dolbom"
    told["DOLBOM_ALERTS_ENGINEERS"] = f"json://127.0.0.1:1/{canary('DOLBOM_ALERTS_ENGINEERS')}"
    told["DOLBOM_ALERTS_SUPERVISORS"] = f"json://127.0.0.1:1/{canary('DOLBOM_ALERTS_SUPERVISORS')}"
    told["DOLBOM_ALERTS_DEAD_MAN_URL"] = f"http://127.0.0.1:1/{canary('DOLBOM_ALERTS_DEAD_MAN_URL')}"
    # A key of 32 bytes, and whom the push service may ask.
    told["DOLBOM_ALERTS_WEB_PUSH_KEY"] = canary("DOLBOM_ALERTS_WEB_PUSH_KEY")
    told["DOLBOM_ALERTS_WEB_PUSH_CONTACT"] = "mailto:nobody@dolbom.example"
    return told


@dataclass(kw_only=True)
class Told:
    """Everything that was told, by where."""

    places: dict[str, str] = field(default_factory=dict)

    def hear(self, where: str, text: str) -> None:
        """Keep what a place told."""
        self.places[where] = self.places.get(where, "") + text

    def process(self, name: str, pid: int) -> None:
        """Keep what anybody on the machine sees of a process."""
        self.hear(f"{name}: cmdline", Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace"))

    def rows(self, postgres: Postgres) -> None:
        """Keep every row of every table, as a dump would have it."""
        with psycopg.connect(postgres.dsn.reveal()) as connection:
            asked = (
                "select oid::regclass::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
            )
            for (table,) in connection.execute(asked).fetchall():
                lines = connection.execute(f"select t::text from {table} t".encode()).fetchall()
                self.hear(f"table {table}", "\n".join(str(line[0]) for line in lines))

    def found(self, canaries: Iterable[str]) -> Mapping[str, list[str]]:
        """Tell which canaries were told where; half of one is one."""
        wanted = {one: one[:16] for one in canaries}
        return {
            where: held
            for where, text in self.places.items()
            if (held := [one for one, part in wanted.items() if part in text])
        }
