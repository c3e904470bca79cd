"""Devices and protection as a home's page tells them."""

from datetime import UTC, datetime, timedelta

import pytest

from console.homes.sensors import Health, Protection, protection_of, sensor_rows
from history.glance.words import Word
from tests.console.building import KO
from tests.console.homes.living import a_lived_in_home

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
HOME = a_lived_in_home()


def said(sensor: str, kind: str = "motion", value: float | None = 1.0, minutes: float = 5) -> Word:
    return Word(sensor_id=sensor, kind=kind, at=NOON - timedelta(minutes=minutes), value=value)


def health_of(*words: Word, sensor: str = "motion-bath") -> Health:
    return next(row.health for row in sensor_rows(HOME, words, KO, NOON) if row.id == sensor)


@pytest.mark.parametrize(
    ("words", "health"),
    [
        ([], Health.NEVER),
        ([said("motion-bath")], Health.GOOD),
        ([said("motion-bath", minutes=300)], Health.SILENT),
        ([said("motion-bath"), said("motion-bath", "device_status", 0.0, 1)], Health.AWAY),
        ([said("motion-bath", "device_status", 0.0, 9), said("motion-bath")], Health.GOOD),
        ([said("motion-bath"), said("motion-bath", "battery", 14.0)], Health.BATTERY),
        ([said("motion-bath", "device_status", 1.0, 1)], Health.NEVER),
    ],
)
def test_a_device_stands_as_its_words_say(words: list[Word], health: Health) -> None:
    assert health_of(*words) is health


def test_a_link_has_bars_by_its_own_scale() -> None:
    def bars(score: float) -> int | None:
        return sensor_rows(HOME, [said("motion-bath", "link_quality", score)], KO, NOON)[0].bars

    assert [bars(score) for score in (255.0, 120.0, 20.0, -55.0, -75.0, -90.0)] == [4, 3, 1, 4, 3, 1]
    assert sensor_rows(HOME, [said("motion-bath")], KO, NOON)[0].bars is None


def test_the_gateway_stands_after_its_devices() -> None:
    rows = sensor_rows(HOME, [said("gateway", "heartbeat", None, 4)], KO, NOON)
    assert (rows[-1].id, rows[-1].health) == ("gateway", Health.SILENT)


def test_protection_is_whole_in_part_or_none() -> None:
    everything = [said(sensor.sensor_id, sensor.kind) for sensor in HOME.sensors]
    whole = sensor_rows(HOME, everything, KO, NOON)
    assert protection_of(whole, not_protected=False) is Protection.WHOLE
    assert protection_of(sensor_rows(HOME, everything[1:], KO, NOON), not_protected=False) is Protection.PART
    assert protection_of(whole, not_protected=True) is Protection.NONE
