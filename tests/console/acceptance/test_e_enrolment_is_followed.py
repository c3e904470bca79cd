"""A new gateway's steps are shown as they are made, each with what stands in its way."""

from datetime import timedelta

import pytest

from console.enrol.steps import Standing, Step, steps_of
from contracts import SensorId, WatchedSensor
from homes.enrolment.model import State
from tests.console.building import EN, KO, NOON

DOOR = WatchedSensor(sensor_id=SensorId("door"), kind="contact")
MOTION = WatchedSensor(sensor_id=SensorId("motion"), kind="motion")


def standing(**known: object) -> Standing:
    values: dict[str, object] = {
        "state": State.CLAIMED,
        "connected": False,
        "behind": None,
        "first_heard": None,
        "sensors": (DOOR, MOTION),
        "heard": (),
    }
    return Standing(**(values | known))  # type: ignore[arg-type]  # each case names fields of Standing


def done(of: Standing) -> list[Step]:
    return [line.step for line in steps_of(of, KO) if line.done]


def test_steps_are_ticked_in_the_order_in_which_they_are_made() -> None:
    assert done(standing(state=State.NOT_ENROLLED)) == []
    assert done(standing()) == [Step.CODE]
    there = standing(state=State.ENROLLED, connected=True, behind=timedelta(seconds=2))
    assert done(there) == [Step.CODE, Step.CONNECTED, Step.CLOCK]
    whole = standing(
        state=State.ENROLLED, connected=True, behind=timedelta(), first_heard=NOON, heard=("door", "motion")
    )
    assert done(whole) == list(Step)


@pytest.mark.parametrize("minutes", [37, -37])
def test_a_clock_that_is_wrong_is_told_with_its_mend(minutes: int) -> None:
    lines = {line.step: line for line in steps_of(standing(behind=timedelta(minutes=minutes)), KO)}
    assert not lines[Step.CLOCK].done and "37분" in lines[Step.CLOCK].wrong and "NTP" in lines[Step.CLOCK].wrong


def test_sensors_that_were_not_heard_are_named() -> None:
    line = steps_of(standing(heard=("door",)), EN)[-1]
    assert line.text == "Sensors 1/2" and "motion" in line.wrong and not line.done


def test_a_home_without_sensors_is_not_called_complete() -> None:
    assert not steps_of(standing(sensors=()), KO)[-1].done


def test_an_enrolment_that_ended_asks_for_a_new_code() -> None:
    assert "새 코드" in steps_of(standing(state=State.REVOKED), KO)[0].wrong
