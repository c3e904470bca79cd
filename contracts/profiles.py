"""Profiles: what is usual for a home of whom it shelters. A home's own plan wins over its profile."""

from collections.abc import Mapping
from typing import Final

from msgspec import structs

from contracts.watching import Profile, WatchPlan

_MINUTE: Final = 60
_HOUR: Final = 3600

#: What differs from the defaults of WatchPlan. All figures are ours unless a source is named.
PROFILES: Final[Mapping[Profile, Mapping[str, int]]] = {
    Profile.LIVING_ALONE: {},
    # Who wanders must be looked for at once (domain facts, §7 no. 12: 5 min; Rowe).
    Profile.DEMENTIA: {
        "left_at_night_seconds": 5 * _MINUTE,
        "out_too_long_margin_seconds": _HOUR,
        "out_too_long_cap_seconds": 6 * _HOUR,
    },
    # The first weeks at home: falls, delirium and wounds; somebody looks earlier.
    Profile.AFTER_DISCHARGE: {
        "inactivity_caution_seconds": 6 * _HOUR,
        "inactivity_urgent_seconds": 9 * _HOUR,
        "inactivity_emergency_seconds": 16 * _HOUR,
        "first_activity_latest_seconds": 9 * _HOUR + 30 * _MINUTE,
        "bathroom_caution_seconds": 30 * _MINUTE,
        "bathroom_night_seconds": 20 * _MINUTE,
        "bathroom_emergency_seconds": 45 * _MINUTE,
        "out_of_bed_seconds": 30 * _MINUTE,
    },
    # Washing and dressing take longer, and a transfer from the bed that fails is found sooner.
    Profile.DISABLED: {
        "bathroom_caution_seconds": 60 * _MINUTE,
        "bathroom_night_seconds": 45 * _MINUTE,
        "bathroom_emergency_seconds": 90 * _MINUTE,
        "out_of_bed_seconds": 30 * _MINUTE,
    },
    # Late mornings are usual under medication.
    Profile.MENTAL_ILLNESS: {"first_activity_latest_seconds": 12 * _HOUR},
    # They work, sleep late and stay out (Seongnam, 40 to 64: 12 h 주의, 24 h 경보; domain facts, §3.2).
    Profile.MIDDLE_AGED_ALONE: {
        "inactivity_caution_seconds": 12 * _HOUR,
        "inactivity_urgent_seconds": 24 * _HOUR,
        "inactivity_emergency_seconds": 36 * _HOUR,
        "first_activity_latest_seconds": 14 * _HOUR,
    },
}


def usual_plan(profile: Profile) -> WatchPlan:
    """Tell the plan of a home that says nothing but its profile."""
    return structs.replace(WatchPlan(profile=profile), **PROFILES[profile])
