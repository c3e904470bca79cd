"""A city of some dongs whose alerts were answered, or not, in every way: written straight into the tables."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg.types.json import Json

from alerts.outcomes import OutcomeCode
from runtime.postgres import Pool

#: The month that these alerts are of, by the clock of the centre.
MONTH = "2026-10"
BEGINS = datetime(2026, 9, 30, 15, 0, tzinfo=UTC)
KINDS = (
    ("help_button", "help", "emergency"),
    ("fall", "fall", "emergency"),
    ("stillness", "stillness", "urgent"),
    ("smoke", "fire", "emergency"),
    ("cold_room", "temperature", "caution"),
    ("sensor_silent", "sensor", "device"),
    ("not_protected", "protection", "device"),
)
PEOPLE = ("김지현", "박도윤", "이서준")


@dataclass(frozen=True)
class Seeded:
    """One alert to be written."""

    alert: str
    home: str
    kind: tuple[str, str, str]
    opened: datetime
    #: Each step of the answer: (what, after how many seconds, by whom).
    steps: Sequence[tuple[str, float, str]] = ()
    code: str | None = None
    resolved: float | None = 3600


async def with_dongs(pool: Pool, count: int, homes_each: int = 4) -> list[str]:
    """Register so many dongs with a few homes each; answer the homes."""
    homes = [f"h-{number:05}" for number in range(count * homes_each)]
    async with pool.connection() as connection, connection.cursor() as cursor:
        await cursor.execute(
            "insert into policy values ('seeded', 'seeded', 180, '[{\"after_seconds\": 0, \"kinds\": [\"operator\"]}]')"
        )
        await cursor.executemany(
            "insert into district values (%s, '한빛시', '새빛구', %s)",
            [(f"d-{number:03}", f"꽃{number}동") for number in range(count)],
        )
        await cursor.executemany(
            "insert into home (home_id, version, district_id, policy_id, address, changed_at)"
            " values (%s, 1, %s, 'seeded', '비밀로 7', '2026-01-01')",
            [(home, f"d-{number // homes_each:03}") for number, home in enumerate(homes)],
        )
        await cursor.executemany(
            "insert into resident (home_id, name, birth_year, sex) values (%s, '황보비밀', 1940, 'f')",
            [(home,) for home in homes],
        )
        await cursor.executemany(
            "insert into sensor (home_id, sensor_id, place, kind) values (%s, %s, %s, 'motion')",
            [(home, f"s-{place}", place) for home in homes for place in range(2)],
        )
    return homes


def a_month_of(homes: Sequence[str], count: int, dice: random.Random) -> list[Seeded]:
    """Draw so many alerts over the days of the month, a third of them in one home's dong."""
    found = []
    for number in range(count):
        answered = dice.choice([5.0, 30, 60, 61, 90, 179, 181, 400])
        sent, arrived = answered + dice.randrange(300), answered + 60 * dice.choice([8, 20, 44, 46, 70])
        who = dice.choice(PEOPLE)
        steps = [("acknowledged", answered, who), ("phoned", answered + 20, who), ("dispatched", sent, who)]
        steps += [("arrived", max(sent, arrived), "carer"), ("entered", max(sent, arrived) + 60, "carer")]
        found.append(
            Seeded(
                alert=f"a-{number:06}",
                home=homes[0] if dice.random() < 0.3 else dice.choice(homes),
                kind=dice.choice(KINDS),
                opened=BEGINS + timedelta(seconds=dice.randrange(31 * 86_400)),
                steps=steps[: dice.randrange(6)],
                code=dice.choice([code.value for code in OutcomeCode]),
            )
        )
    return found


async def write(pool: Pool, alerts: Sequence[Seeded]) -> None:
    """Write alerts with their logs, a few thousand in a second."""
    async with pool.connection() as connection, connection.cursor() as cursor:
        await cursor.executemany(_ALERT, [_row(one) for one in alerts])
        lines = [
            (one.alert, version, one.opened + timedelta(seconds=after), what, by)
            for one in alerts
            for version, (what, after, by) in enumerate([("opened", 0, None), *one.steps], start=1)
        ]
        await cursor.executemany(
            "insert into alert_log (alert_id, version, at, change, reason, by, text, step)"
            " values (%s, %s, %s, %s, 'x', %s, '', 0)",
            lines,
        )


def _row(one: Seeded) -> dict[str, object]:
    kind, hazard, severity = one.kind
    ended = one.opened + timedelta(seconds=one.resolved) if one.resolved is not None else None
    return {
        "alert": one.alert,
        "home": one.home,
        "hazard": hazard,
        "kind": kind,
        "severity": severity,
        "opened": one.opened,
        "ended": ended,
        "state": "resolved" if ended else "new",
        "due": None if ended else one.opened,
        "outcome": Json({"code": one.code, "resolved_by": "operator"}) if ended and one.code else None,
    }


_ALERT = """
    insert into alert (alert_id, home_id, hazard, kind, severity, state, test, late, version, rang_version, opened_at,
        since, due_at, due_for, resolved_at, repeats, again, step, round_began, rounds, declined, holding, policy,
        evidence, outcome)
    values (%(alert)s, %(home)s, %(hazard)s, %(kind)s, %(severity)s, %(state)s, false, false, 1, 1, %(opened)s,
        %(opened)s, %(due)s, 'escalation', %(ended)s, 0, 0, 0, 0, 0, '{}', '{}', '{}', '{}', %(outcome)s)
"""
