"""A dong falls silent, told on Kafka: its supervisor is called once, and a press among it rings at once."""

from dataclasses import replace
from pathlib import Path

import pytest

from alerts.incidents.postgres import IncidentStore
from alerts.postgres import AlertStore
from contracts import Finding, Hazard, HomeId, Severity, encode, partition_of
from contracts.topics import FINDINGS, PARTITIONS
from homes.model import Home, ResponderKind
from runtime import clock
from runtime.kafka import name_of, producing
from runtime.postgres import Pool, pooled
from runtime.settings import Kafka, Postgres
from tests.alerts.building import a_finding, a_home, a_responder
from tests.alerts.receiver import Receiver, receiving
from tests.alerts.running import environ_of, running, with_home
from tests.until import until

pytestmark = pytest.mark.door


async def test_twelve_silent_homes_are_one_call_and_a_press_among_them_is_its_own(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    async with receiving() as receiver, pooled(postgres) as pool, producing(kafka) as producer:
        homes = _a_street(receiver)
        await with_home(postgres, *homes)

        async def tell(finding: Finding) -> None:
            place = partition_of(finding.home_id, partitions=PARTITIONS)
            await producer.send_and_wait(name_of(FINDINGS, kafka), encode(finding), partition=place)

        async with running(tmp_path, environ_of(postgres, kafka)):
            since = clock.now()
            for home in homes[:12]:
                await tell(a_finding("gateway_silent", Hazard.GATEWAY, Severity.DEVICE, home=home.home_id, since=since))
            await until(lambda: _gathered(pool, 12), within=30, what="the incident has its twelve homes")
            await until(lambda: receiver.paths() == ["/boss"], what="the supervisor is called")
            assert str(receiver.got[0].json["link"]).endswith("/incidents")
            await tell(a_finding(home=homes[7].home_id, since=clock.now()))
            await until(lambda: receiver.has(2), what="the family is called for the press")
            assert receiver.paths() == ["/boss", "/daughter"]
        (worst, *others) = await AlertStore(pool).open_alerts()
        assert worst.severity is Severity.EMERGENCY and len(others) == 12
        assert await _gathered(pool, 12)


def _a_street(receiver: Receiver) -> list[Home]:
    family = a_responder("daughter", ResponderKind.FAMILY, f"{receiver.url}/daughter")
    boss = a_responder("boss", ResponderKind.SUPERVISOR, f"{receiver.url}/boss")
    homes = [a_home(HomeId(f"h-{number:04}"), responders=(family, boss)) for number in range(30)]
    other = replace(homes[0].district, district_id="d-2")
    return [*homes[:12], *(replace(home, district=other) for home in homes[12:])]


async def _gathered(pool: Pool, homes: int) -> bool:
    return [len(incident.homes) for incident in await IncidentStore(pool).open()] == [homes]
