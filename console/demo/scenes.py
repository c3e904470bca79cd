"""The scenes that the demo's page offers, in groups, by the names that the simulator's door knows them by."""

from collections.abc import Mapping
from typing import Final

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "at_once": (
        "help_button",
        "fall",
        "smoke",
        "heat",
        "rising_heat",
        "gas",
        "carbon_monoxide",
        "water_leak",
        "stillness_reported",
    ),
    "still": ("stillness", "bathroom", "no_morning", "power_flat", "water_not_used", "appliance_left_on"),
    "places": ("night_door", "out_of_bed", "out_too_long"),
    "around": ("stove_left_on", "door_left_open", "water_running", "cold_home", "hot_home"),
    "checks": ("check_unanswered", "check_answered", "vital_signs", "medication_missed"),
    "devices": (
        "gateway_cut",
        "not_protected",
        "mains_lost",
        "battery_low",
        "sensor_silent",
        "blind_home",
        "flapping_sensor",
        "stuck_sensor",
        "tamper",
        "self_test_failed",
        "test_missing",
    ),
    "many": ("flood", "mass_outage"),
}
SCENES: Final = tuple(scene for group in GROUPS.values() for scene in group)
