"""A finding on Kafka becomes an alert in PostgreSQL and a signed push; the service is a process of its own."""

import sys
from functools import partial
from pathlib import Path

import pytest

from alerts.links import LinkClaim, read_token
from alerts.postgres import AlertStore
from alerts.signing import verify
from contracts import AlertChange, AlertId, AlertState, Finding, HomeId, decode, encode, partition_of
from contracts.topics import ALERTS, FINDINGS, PARTITIONS
from homes.model import ResponderKind
from runtime import clock
from runtime.kafka import consuming, name_of, producing
from runtime.postgres import pooled
from runtime.settings import Kafka, Postgres
from tests.alerts.building import DAUGHTER, HOME, a_finding, a_home, a_responder
from tests.alerts.receiver import receiving
from tests.alerts.running import SECRET, environ_of, running, with_home
from tests.until import until

pytestmark = pytest.mark.door


async def tell(kafka: Kafka, *findings: Finding) -> None:
    async with producing(kafka) as producer:
        for finding in findings:
            place = partition_of(finding.home_id, partitions=PARTITIONS)
            await producer.send_and_wait(name_of(FINDINGS, kafka), encode(finding), partition=place)


async def test_a_cry_becomes_one_alert_and_a_signed_push_that_names_nobody(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    async with receiving() as receiver:
        family = a_responder("daughter", ResponderKind.FAMILY, f"{receiver.url}/daughter")
        await with_home(postgres, a_home(responders=(family,)))
        async with running(tmp_path, environ_of(postgres, kafka)):
            await tell(kafka, a_finding(since=clock.now()))
            await until(lambda: receiver.got, what="the push")
            got = receiver.got[0]
            headers = got.headers
            assert verify(
                SECRET,
                got.body,
                timestamp=headers["dolbom-timestamp"],
                signature=headers["dolbom-signature"],
                now=clock.now(),
            )
            assert set(got.json) == {
                "alert_id",
                "notification_id",
                "severity",
                "hazard",
                "text",
                "link",
                "links",
                "purpose",
                "home_ref",
                "sent_at",
            }
            assert "김하늘" not in got.body.decode() and "맑은로" not in got.body.decode()
            claim = read_token(SECRET, str(got.json["link"]).rpartition("/")[2], clock.now())
            assert isinstance(claim, LinkClaim) and claim.responder_id == DAUGHTER.responder_id
            async with pooled(postgres) as pool:
                store = AlertStore(pool)
                (alert,) = await store.open_alerts()
                assert alert.home_id == HOME and alert.alert_id == claim.alert_id
                await until(lambda: _delivered(store, alert.alert_id), what="the delivery is in the log")
            async with consuming(kafka, ALERTS, group=None) as consumer:
                record = await consumer.getone()
                change = decode(record.value, AlertChange)
                assert change.state is AlertState.NEW and change.version == 1


async def _delivered(store: AlertStore, alert_id: AlertId) -> bool:
    return "delivered" in [line.change for line in await store.timeline(alert_id)]


async def test_a_push_leaves_quickly_when_the_house_is_quiet(postgres: Postgres, kafka: Kafka, tmp_path: Path) -> None:
    async with receiving() as receiver:
        family = a_responder("daughter", ResponderKind.FAMILY, f"{receiver.url}/daughter")
        homes = [a_home(HomeId(f"h-{number:04}"), responders=(family,)) for number in range(30)]
        await with_home(postgres, *homes)
        told: list[float] = []
        async with running(tmp_path, environ_of(postgres, kafka)), producing(kafka) as producer:
            for number, home in enumerate(homes, start=1):
                finding = a_finding(home=home.home_id, since=clock.now())
                place = partition_of(home.home_id, partitions=PARTITIONS)
                told.append(clock.ticks())
                await producer.send_and_wait(name_of(FINDINGS, kafka), encode(finding), partition=place)
                await until(partial(receiver.has, number), what="the push")
        took = sorted(got.at - at for got, at in zip(receiver.got, told, strict=True))
        # A wide bound for a busy machine; the figure itself is for whoever runs with -s.
        sys.stderr.write(f"finding to push: p50 {took[15] * 1000:.0f} ms, worst {took[-1] * 1000:.0f} ms\n")
        assert took[15] < 0.25
