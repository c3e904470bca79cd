"""The whole journey: somebody presses a button, somebody is pushed, an answer stops the escalation."""

from collections.abc import Mapping

import httpx
import pytest

from contracts import HomeId
from deploy.embedded.apache_kafka import LocalApacheKafka
from deploy.embedded.mosquitto import LocalMosquitto
from deploy.embedded.postgres import EmbeddedPostgres
from runtime import clock
from tests.journey.board import Board, open_board
from tests.journey.town import Town, town
from tests.until import until

#: From the press to the row on an open page; the middle of three presses, for other tests share the machine.
ON_THE_PAGE_WITHIN = 1.0

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


async def test_a_press_is_pushed_and_an_answer_stops_the_escalation() -> None:
    async with town(2) as here:
        await a_press_is_answered(here)


async def test_a_press_is_on_the_page_within_a_second_and_an_operators_answer_stops_the_escalation() -> None:
    async with town(4) as here:
        await an_operator_answers(here)


@pytest.mark.real
async def test_a_press_is_answered_on_mosquitto_apache_kafka_and_debians_postgresql(
    real_servers: Mapping[str, str],
) -> None:
    async with town(6, environ=real_servers) as here:
        await a_press_is_answered(here)
        await an_operator_answers(here)


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
        "DOLBOM_POSTGRES_DSN": real_postgres.dsn().reveal(),
    }


async def a_press_is_answered(here: Town) -> None:
    answered, ignored = (home.home_id for home in here.homes[:2])
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


async def an_operator_answers(here: Town) -> None:
    ignored, *answered = (home.home_id for home in here.homes[-4:])
    async with open_board(here) as board:
        took = [await _answered_on(board, here, home) for home in answered]
    assert sorted(took)[1] < ON_THE_PAGE_WITHIN, took
    told = {home: len(here.pushes_for(home)) for home in answered}
    # By the time that everybody was called for this home, the next people would have been for the others.
    here.press(ignored)
    await until(lambda: len(here.pushes_for(ignored)) >= 3, within=20, what="the whole list is called")
    assert {home: len(here.pushes_for(home)) for home in answered} == told
    assert [await here.state_of(home) for home in answered] == ["acknowledged"] * 3


async def _answered_on(board: Board, here: Town, home: HomeId) -> float:
    """Press a button, see its row come, answer it on the page; tell how long the row took."""
    shown, pressed_at = set(board.came_at), clock.ticks()
    here.press(home)
    await until(lambda: board.came_at.keys() - shown, within=15, what="the row on the open page")
    (alert_id,) = board.came_at.keys() - shown
    took = board.came_at[alert_id] - pressed_at

    async def answered() -> bool:
        # What happens meanwhile may make the form old: the page says so, and the operator looks and presses again.
        return await board.acknowledge(alert_id) == 204

    await until(answered, what="the answer is taken")
    return took
