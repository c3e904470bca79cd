"""A day in cells."""

from contracts import SensorId, WatchedSensor
from history.cells import Cell, Count, lines_of, rooms_of

MOTION = WatchedSensor(sensor_id=SensorId("motion-living"), kind="motion", room="거실")
DOOR = WatchedSensor(sensor_id=SensorId("door"), kind="contact", room="현관")
SMOKE = WatchedSensor(sensor_id=SensorId("smoke"), kind="smoke", room="부엌")


def a_count(of: str, place: int, *, movements: int = 0, heard: int = 1) -> Count:
    return Count(of=of, place=place, movements=movements, heard=heard)


def test_a_home_that_was_never_heard_is_drawn_as_unseen() -> None:
    assert lines_of([], ["h-0001"], cells=3) == {"h-0001": [Cell()] * 3}


def test_an_observed_hour_without_movement_is_not_an_unseen_hour() -> None:
    lines = lines_of([a_count("h-0001", 1), a_count("h-0001", 2, movements=4, heard=9)], ["h-0001"], cells=3)
    assert lines["h-0001"] == [Cell(), Cell(observed=True), Cell(movements=4, observed=True)]


def test_what_lies_outside_the_picture_is_not_drawn() -> None:
    assert lines_of([a_count("h-0001", 3), a_count("h-0001", -1), a_count("h-0002", 0)], ["h-0001"], cells=3) == {
        "h-0001": [Cell()] * 3
    }


def test_a_room_is_observed_when_its_home_spoke_from_any_room() -> None:
    rooms = rooms_of([a_count("gateway", 0), a_count("door", 1, movements=2)], [MOTION, DOOR, SMOKE], cells=3)
    assert rooms == {
        "거실": [Cell(observed=True), Cell(observed=True), Cell()],
        "현관": [Cell(observed=True), Cell(movements=2, observed=True), Cell()],
    }


def test_a_room_that_has_no_eyes_is_not_drawn_as_still() -> None:
    assert "부엌" not in rooms_of([a_count("smoke", 0)], [MOTION, SMOKE], cells=1)


def test_sensors_of_one_room_are_added_and_an_unregistered_one_is_drawn_without_a_room() -> None:
    twin = WatchedSensor(sensor_id=SensorId("motion-2"), kind="motion", room="거실")
    counts = [
        a_count("motion-living", 0, movements=1),
        a_count("motion-2", 0, movements=2),
        a_count("x", 0, movements=1),
    ]
    rooms = rooms_of(counts, [MOTION, twin], cells=1)
    assert rooms == {"거실": [Cell(movements=3, observed=True)], "": [Cell(movements=1, observed=True)]}
