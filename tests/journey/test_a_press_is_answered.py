"""The whole journey: somebody presses a button, somebody is pushed, an answer stops the escalation."""

from collections.abc import Mapping

import httpx
import pytest

from deploy.embedded.apache_kafka import LocalApacheKafka
from deploy.embedded.mosquitto import LocalMosquitto
from deploy.embedded.postgres import EmbeddedPostgres
from tests.journey.town import Town, town
from tests.until import until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


async def test_a_press_is_pushed_and_an_answer_stops_the_escalation() -> None:
    async with town(2) as here:
        await a_press_is_answered(here)


@pytest.mark.real
async def test_a_press_is_answered_on_mosquitto_apache_kafka_and_debians_postgresql(
    real_servers: Mapping[str, str],
) -> None:
    async with town(2, environ=real_servers) as here:
        await a_press_is_answered(here)


@pytest.fixture
def real_servers(
    real_mqtt: LocalMosquitto, real_kafka: LocalApacheKafka, real_postgres: EmbeddedPostgres
) -> Mapping[str, str]:
    return {
        "DOLBOM_MQTT_HOST": real_mqtt.host,
        "DOLBOM_MQTT_PORT": str(real_mqtt.port),
        "DOLBOM_KAFKA_BOOTSTRAP": real_kafka.bootstrap,
        "DOLBOM_KAFKA_IDEMPOTENCE": "yes",
        "DOLBOM_KAFKA_TOPIC_PREFIX": "journey-",
        "DOLBOM_POSTGRES_DSN": str(real_postgres.dsn()),
    }


async def a_press_is_answered(here: Town) -> None:
    answered, ignored = (home.home_id for home in here.homes)
    here.press(answered)
    await until(lambda: here.pushes_for(answered), within=15, what="a push to the family")
    first = here.pushes_for(answered)[0].body
    assert (first["hazard"], first["severity"]) == ("help", "emergency")
    link = str(first["link"])
    async with httpx.AsyncClient(timeout=10) as telephone:
        # Mail scanners and previews open links: looking changes nothing.
        assert (await telephone.get(link)).status_code == 200
        assert await here.state_of(answered) == "new"
        assert (await telephone.post(f"{link}/accept", follow_redirects=True)).status_code == 200
    assert await here.state_of(answered) == "acknowledged"
    told = len(here.pushes_for(answered))
    # The neighbour is called for the home that nobody answers for; by then they would have been for the other.
    here.press(ignored)
    await until(lambda: len(here.pushes_for(ignored)) >= 3, within=20, what="the whole list is called")
    assert len(here.pushes_for(answered)) == told
    assert await here.alerts() == {answered: 1, ignored: 1}
