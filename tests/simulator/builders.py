"""Pretend homes for tests."""

from datetime import UTC, datetime

from contracts import HomeId, SensorId, WatchedHome, WatchedSensor
from simulator.household import Household, household_of

NOON = datetime(2026, 11, 22, 3, tzinfo=UTC)  # noon in Seoul


def a_watched_home(home_id: str = "h-0001", sensors: dict[str, tuple[str, str]] | None = None) -> WatchedHome:
    chosen = sensors if sensors is not None else USUAL
    return WatchedHome(
        home_id=HomeId(home_id),
        version=1,
        sensors=tuple(
            WatchedSensor(sensor_id=SensorId(name), kind=kind, room=room) for name, (kind, room) in chosen.items()
        ),
    )


def a_household(
    home_id: str = "h-0001", seed: int = 1, *, resting: bool = False, **sensors: tuple[str, str]
) -> Household:
    return household_of(a_watched_home(home_id, sensors or None), seed=seed, resting=resting)


USUAL = {
    "motion-living": ("motion", "living"),
    "motion-bedroom": ("motion", "bedroom"),
    "motion-bathroom": ("motion", "bathroom"),
    "motion-kitchen": ("motion", "kitchen"),
    "door-entrance": ("contact", "entrance"),
    "climate-living": ("temperature", "living"),
    "help-bedroom": ("help_button", "bedroom"),
    "smoke-kitchen": ("smoke", "kitchen"),
    "radar-bathroom": ("fall", "bathroom"),
    "bed": ("occupancy", "bedroom"),
}
