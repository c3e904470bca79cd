"""The scenes that the demo's page offers, by the names that the simulator's door knows them by."""

from typing import Final

SCENES: Final = (
    "help_button",
    "fall",
    "smoke",
    "stillness",
    "gateway_cut",
    "battery_low",
    "flood",
    "mass_outage",
    "bathroom",
    "no_morning",
    "night_door",
)
