"""An invented street can be imported, and everyone in it can be reached."""

from contracts import SensorId
from homes import street as streets
from homes.model import Channel, ResponderKind
from simulator.dice import between, pick, roll
from simulator.neighbourhood import neighbourhood, with_meters

HOOK = "http://127.0.0.1:8091/push"


def test_the_same_seed_invents_the_same_street() -> None:
    assert neighbourhood(30, seed=7, webhook=HOOK) == neighbourhood(30, seed=7, webhook=HOOK)
    assert neighbourhood(30, seed=7, webhook=HOOK) != neighbourhood(30, seed=8, webhook=HOOK)


def test_an_invented_street_is_read_as_it_was_written() -> None:
    street = neighbourhood(12, seed=3, webhook=HOOK)
    assert streets.parse(streets.dump(street)) == street


def test_every_home_has_somebody_for_every_step_and_a_supervisor() -> None:
    for home in neighbourhood(40, seed=1, webhook=HOOK).homes:
        kinds = {responder.kind for responder in home.responders}
        assert kinds >= {kind for step in home.policy.steps for kind in step.kinds} | {ResponderKind.SUPERVISOR}
        contacts = [contact for responder in home.responders for contact in responder.contacts]
        assert {(contact.channel, contact.address) for contact in contacts} == {(Channel.WEBHOOK, HOOK)}


def test_every_home_can_cry_for_help_and_no_two_homes_share_a_name() -> None:
    homes = neighbourhood(200, seed=1, webhook=HOOK).homes
    assert len({home.home_id for home in homes}) == 200
    assert all({"help_button", "smoke", "motion"} <= {sensor.kind for sensor in home.sensors} for home in homes)


def test_a_street_without_a_webhook_reaches_nobody_by_itself() -> None:
    (home,) = neighbourhood(1, seed=1, webhook="").homes
    assert not any(responder.contacts for responder in home.responders)


def test_the_dice_are_fair_enough_and_never_roll_one() -> None:
    rolls = [roll("law", number) for number in range(2_000)]
    assert 0 <= min(rolls) < 0.01
    assert 0.99 < max(rolls) < 1
    assert abs(sum(rolls) / len(rolls) - 0.5) < 0.03
    assert {pick("abc", number) for number in range(50)} == set("abc")
    assert all(3 <= between(3, 4, number) < 4 for number in range(100))


def test_a_home_that_rests_has_every_meter_that_a_scene_needs_and_says_so_in_the_file() -> None:
    street = with_meters(neighbourhood(14, seed=2, webhook=HOOK))
    resting = street.homes[11]
    assert {"power", "water_flow", "vital_signs", "voice", "medication", "occupancy", "temperature"} <= {
        sensor.kind for sensor in resting.sensors
    }
    assert resting.plan.stoves == (SensorId("plug-stove"),)
    assert sum(bool(home.plan.stoves) for home in street.homes) == 1
    assert streets.parse(streets.dump(street)) == street
