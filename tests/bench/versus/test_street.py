"""The scenes of the contest: what each contestant hears is what gateways say, and our bridge takes it."""

from datetime import UTC, datetime, timedelta

import msgspec

from bench.versus.run import Plan
from bench.versus.street import CRIES, STILL_FOR, Cast, Cry, Gateways, street_for
from contracts import Reading
from contracts.values import Fall, Heartbeat, HelpButton, Motion, Smoke
from simulator.dialects import Message
from simulator.scenes import SceneName
from tests.ingest.messages import a_message, taken

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def a_cast(homes: int = 12) -> Cast:
    return Cast(street_for(2, homes, webhook="http://127.0.0.1:1/push"), 2)


def said(cry: Cry) -> list[Message]:
    return list(Gateways().cry(cry, NOW))


def heard(message: Message) -> tuple[Reading, ...]:
    """Take a message as our bridge does, but for whose it is."""
    body = {**msgspec.json.decode(message.payload), "home": "h-0001"}
    return tuple(taken(a_message(msgspec.json.encode(body), at=NOW)).readings)


def test_every_cry_has_a_home_of_its_own_and_every_kind_has_its_turn() -> None:
    cries = a_cast().cries(6)
    assert len({cry.household.home_id for cry in cries}) == 6
    assert [cry.scene for cry in cries[:3]] == list(CRIES)
    assert {cry.case[1] for cry in cries} == {"help", "fall", "fire"}


def test_those_who_cry_are_none_of_those_who_only_talk() -> None:
    cast = a_cast()
    assert not {cry.household.home_id for cry in cast.cries(6)} & set(cast.background)


def test_the_last_message_of_a_cry_is_the_one_that_must_be_heard() -> None:
    expected = {SceneName.HELP_BUTTON: HelpButton, SceneName.FALL: Fall, SceneName.SMOKE: Smoke}
    for cry in a_cast().cries(3):
        messages = said(cry)
        readings = heard(messages[-1])
        assert [type(reading.value) for reading in readings] == [expected[cry.scene]]


def test_a_home_that_is_still_sends_a_heartbeat_for_every_minute_past_the_step_at_which_people_are_called() -> None:
    (cry,) = a_cast().stillnesses(1)
    (message,) = said(cry)
    readings = msgspec.json.decode(message.payload)["readings"]
    assert len(message.payload) < 262_144
    assert [reading["value"]["kind"] for reading in readings[:2]] == ["motion", "heartbeat"]
    assert len(readings) == 1 + STILL_FOR // timedelta(minutes=1)
    values = {type(reading.value) for reading in heard(message)}
    assert values == {Motion, Heartbeat}


def test_gateways_number_what_each_home_says_without_a_gap() -> None:
    gateways = Gateways()
    (fall,) = [cry for cry in a_cast().cries(3) if cry.scene is SceneName.FALL]
    numbers = [msgspec.json.decode(message.payload)["seq"] for message in gateways.cry(fall, NOW)]
    numbers.append(msgspec.json.decode(gateways.moved(fall.household.home_id, NOW, active=True).payload)["seq"])
    assert numbers == [1, 2, 3]


def test_the_street_has_a_home_for_every_cry_of_a_plan() -> None:
    plan = Plan(cries=5, burst=5_000, killed=10)
    cast = Cast(street_for(plan.homes, plan.fresh_homes, webhook=""), plan.homes)
    assert len(cast.background) == plan.homes
    assert len(cast.cries(plan.fresh_homes)) == plan.fresh_homes
