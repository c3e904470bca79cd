"""Numbered findings told on Kafka as detectors tell them, each of a home of its own, and told again while they hold."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from contracts import Finding, HomeId, Phase, encode, partition_of
from contracts.topics import FINDINGS, PARTITIONS
from homes.model import Home, Policy, PolicyStep, ResponderKind
from runtime import clock
from runtime.kafka import name_of, producing
from runtime.settings import Kafka
from tests.alerts.building import a_finding, a_home, a_responder
from tests.until import until

#: The carer is called when the daughter has not answered for so long.
CALLED_AFTER_SECONDS = 4
POLICY = Policy(
    policy_id="quick",
    name="quick",
    steps=(
        PolicyStep(after_seconds=0, kinds=(ResponderKind.FAMILY,)),
        PolicyStep(after_seconds=CALLED_AFTER_SECONDS, kinds=(ResponderKind.CARE_MANAGER,)),
    ),
    repeat_every_seconds=3600,
)


def homes_of(count: int, url: str) -> list[Home]:
    """Homes whose two responders have one provider."""
    people = (
        a_responder("daughter", ResponderKind.FAMILY, f"{url}/daughter"),
        a_responder("carer", ResponderKind.CARE_MANAGER, f"{url}/carer"),
    )
    return [a_home(HomeId(f"h-{number:04}"), responders=people, policy=POLICY) for number in range(count)]


def cries(count: int) -> list[Finding]:
    """One cry for help in each home."""
    return [a_finding(home=HomeId(f"h-{number:04}"), since=clock.now()) for number in range(count)]


async def tell_all(kafka: Kafka, findings: Sequence[Finding], *, per_second: float = 1_000) -> None:
    """Tell findings evenly; each is told until Kafka has it."""
    async with producing(kafka) as producer:
        began = clock.ticks()
        for number, finding in enumerate(findings):
            await until(partial(reached, began + number / per_second), within=60, what="the time of the next finding")
            await _told(producer, kafka, finding)


def reached(moment: float) -> bool:
    """Tell whether it is that late."""
    return clock.ticks() >= moment


async def _told(producer: AIOKafkaProducer, kafka: Kafka, finding: Finding) -> None:
    place = partition_of(finding.home_id, partitions=PARTITIONS)

    async def acknowledged() -> bool:
        try:
            async with asyncio.timeout(5):
                await producer.send_and_wait(name_of(FINDINGS, kafka), encode(finding), partition=place)
        except (KafkaError, TimeoutError):
            return False
        return True

    await until(acknowledged, within=60, what="Kafka has a finding")


def still_holding(findings: Sequence[Finding]) -> list[Finding]:
    """Tell again what holds, as detectors do every minute."""
    return [
        a_finding(home=one.home_id, phase=Phase.HOLDS, since=one.since, told_at=one.since + timedelta(minutes=1))
        for one in findings
    ]
