"""What is watched in a home, and how: all that detectors know of it. Nothing here tells who lives there."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from contracts.ids import HomeId, SensorId


class HoldKind(StrEnum):
    """Why passive watching rests for a while."""

    AWAY = "away"
    HOSPITAL = "hospital"
    VISITOR = "visitor"
    TEST = "test"
    MAINTENANCE = "maintenance"


#: A walk test of the devices lasts so long at most (the console's walk test, §4d; docs/decisions/0010).
WALK_TEST: Final = timedelta(minutes=30)


class Profile(StrEnum):
    """Whom a home shelters: what is usual for its rules follows from it (contracts/profiles.py)."""

    LIVING_ALONE = "living_alone"
    DEMENTIA = "dementia"
    AFTER_DISCHARGE = "after_discharge"
    DISABLED = "disabled"
    MENTAL_ILLNESS = "mental_illness"
    MIDDLE_AGED_ALONE = "middle_aged_alone"


# Nothing here can point back at itself, so the collector of cycles need not look at every sensor of every home.
class Hold(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A span in which passive rules create nothing. It always ends by itself."""

    kind: HoldKind
    from_at: datetime
    until_at: datetime


class Supply(StrEnum):
    """What feeds a sensor: how often it can afford to speak follows from it."""

    MAINS = "mains"
    BATTERY = "battery"
    UNKNOWN = "unknown"


class WatchedSensor(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A registered sensor."""

    sensor_id: SensorId
    #: What it is: motion, contact, help_button, smoke, ... (the kind of its main value).
    kind: str
    room: str = ""
    #: Silent for longer than this means broken; None: what its supply says, and for ever when that is unknown.
    silent_after_seconds: int | None = None
    supply: Supply = Supply.UNKNOWN


class Made(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """When a device was made: its life is counted from there."""

    sensor_id: SensorId
    day: date


class WatchPlan(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The limits of every rule for one home; the defaults are the programme's."""

    #: Whom it shelters, how many live there, and whether animals do: movement may be another's.
    profile: Profile = Profile.LIVING_ALONE
    residents: int = 1
    pets: bool = False
    #: The cities' fixed steps for stillness: 8 h 주의, 12 h 경보, 24 h 위험 (domain facts, Seoul and Seongnam).
    inactivity_caution_seconds: int = 8 * 3600
    inactivity_urgent_seconds: int = 12 * 3600
    inactivity_emergency_seconds: int = 24 * 3600
    #: So many alerts a month are wanted when nothing happens: alarms by the limits that the home has taught (one: our
    #: promise), and soft checks long before; 0: none. Checks rest until something can ask the resident: 30 then.
    inactivity_alarms_a_month: int = 1
    inactivity_checks_a_month: int = 0
    #: Three missed heartbeats of 60 s (SOS Access level "180 s").
    gateway_silent_seconds: int = 180
    #: A press is told again for so long, so that a lost finding is healed.
    help_told_for_seconds: int = 600
    #: Silent for so long, a gateway does not protect its home any more (domain facts, §6: 15 min offline is trouble).
    not_protected_after_seconds: int = 900
    #: Then people are called too; until then the operators look (ours: as long as a sensor may be silent).
    unprotected_caution_seconds: int = 4 * 3600
    #: A sensor on mains tells every few minutes that it lives; one on a battery checks in at least so often (§6, §7).
    mains_sensor_silent_seconds: int = 30 * 60
    battery_sensor_silent_seconds: int = 4 * 3600
    #: A gateway's clock may be wrong by so much (SIA DC-09's window: -40 s).
    clock_wrong_seconds: int = 40
    #: A battery is told when it will last no longer than this (§7: 30 days before it is empty).
    battery_left_seconds: int = 30 * 86_400
    #: A motion sensor that sees movement in every hour for so long, without one pause, is stuck (ours).
    stuck_motion_seconds: int = 6 * 3600
    #: Air that does not change at all for so long is not measured any more (ours).
    stuck_air_seconds: int = 48 * 3600
    #: A home that was tested once is tested again within this (§6: daily, "% homes <= 26 h"); 0: need not be.
    test_missing_seconds: int = 26 * 3600
    #: A home that was never tested must be within this of its enrolment; 0: need not be.
    first_test_seconds: int = 0
    #: Cold rooms (§7, 21; WHO asks for 18 degrees): first the operators look, then people are called.
    cold_notice_celsius: int = 16
    cold_notice_seconds: int = 2 * 3600
    cold_caution_celsius: int = 12
    cold_caution_seconds: int = 3600
    #: Below the second limit for so long, it is urgent (ours).
    cold_urgent_seconds: int = 4 * 3600
    #: Hot rooms (§7, 22; a body past 80 cools badly above 26 degrees).
    hot_notice_celsius: int = 28
    hot_notice_seconds: int = 3 * 3600
    hot_caution_celsius: int = 30
    hot_caution_seconds: int = 2 * 3600
    hot_urgent_celsius: int = 35
    hot_urgent_seconds: int = 1800
    #: Air as hot as this, or that grows so much hotter within a minute, is a fire until somebody has looked (§7, 3).
    fire_celsius: int = 60
    fire_rise_celsius: int = 8
    #: The entrance stands open (§7, 15), and while it freezes outside.
    door_open_seconds: int = 15 * 60
    door_open_freezing_seconds: int = 5 * 60
    #: A stove is on and nobody was noticed (§7, 16), and at most so long even with somebody there.
    stove_on_seconds: int = 30 * 60
    stove_on_longest_seconds: int = 2 * 3600
    #: Something is on and nobody was noticed for so long (§7, 17), or longer where the home's own week was longer.
    appliance_on_seconds: int = 6 * 3600
    #: No power is used: from the first on when that is unlike the home's own week, at the second always (§7, 18).
    power_flat_least_seconds: int = 15 * 3600
    power_flat_seconds: int = 24 * 3600
    #: No water is used in the waking hours for so long, and water runs for so long (§7, 19).
    water_unused_seconds: int = 10 * 3600
    water_running_seconds: int = 2 * 3600
    #: Heart or breath are outside the resident's own band for so long (§7, 23).
    vital_signs_seconds: int = 600
    #: A dose is left for so long after the dispenser said so (§7, 31).
    medication_missed_seconds: int = 3600
    #: No first activity in the morning (§7, 9): so long after the latest of its own, and at this hour.
    first_activity_margin_seconds: int = 3600
    first_activity_latest_seconds: int = 10 * 3600 + 30 * 60
    #: In the bathroom for too long (§7, 10), from 22 to 6 o'clock, and an emergency.
    bathroom_caution_seconds: int = 45 * 60
    bathroom_night_seconds: int = 30 * 60
    bathroom_emergency_seconds: int = 3600
    #: Not back in bed from 22 to 6 o'clock (§7, 11), while no other room saw anybody for so long.
    out_of_bed_seconds: int = 45 * 60
    out_of_bed_still_seconds: int = 20 * 60
    #: Out of the door from 23 to 5 o'clock and not back (§7, 12).
    left_at_night_seconds: int = 30 * 60
    #: Away for so much longer than the home's own longest, and for so long at most (§7, 13).
    out_too_long_margin_seconds: int = 2 * 3600
    out_too_long_cap_seconds: int = 24 * 3600
    #: Slow decline (§7, 25): fewer room changes, a later or earlier morning, and days without leaving the home.
    decline_changes_percent: int = 30
    decline_wake_seconds: int = 90 * 60
    decline_housebound_seconds: int = 7 * 86_400
    #: Outings fell by so much (§7, 26).
    isolation_percent: int = 50
    #: The power sensors of stoves and hobs.
    stoves: tuple[SensorId, ...] = ()
    #: When devices were made, for those that must be replaced in time (§7, 29).
    made: tuple[Made, ...] = ()


class WatchedHome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A home as detectors know it. A higher version replaces a lower one."""

    home_id: HomeId
    version: int
    timezone: str = "Asia/Seoul"
    #: False: taken out of service; nothing is judged any more.
    watched: bool = True
    sensors: tuple[WatchedSensor, ...] = ()
    holds: tuple[Hold, ...] = ()
    plan: WatchPlan = WatchPlan()
