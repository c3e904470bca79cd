"""The code of each finding in the languages of other centres: Contact ID, SIA and SCAIP.

Only what domain facts §2.2 and §9 name is here; None: that language has no word for it, or we have not read it. Vendors
differ (some send 120 for a fall), so whoever hands findings over to a centre may need a table of its own beside this.
"""

from collections.abc import Mapping
from typing import Final

import msgspec


class Codes(msgspec.Struct, frozen=True, kw_only=True):
    """What a finding is called elsewhere."""

    #: Three digits of Contact ID (ANSI/SIA DC-05), carried by SIA DC-09 as ADM-CID.
    contact_id: str | None = None
    #: Two letters of SIA DCS, carried by SIA DC-09 as SIA-DCS.
    sia: str | None = None
    #: Device type of SCAIP (SS 91100): who noticed it.
    scaip_device: str | None = None
    #: Status code of SCAIP, where one is known.
    scaip_status: str | None = None


#: "Senior watch trouble", no activity, an activity detector: nobody was noticed, by whatever it shows.
_NOBODY: Final = Codes(contact_id="641", sia="NA", scaip_device="0010")
_SENSOR_TROUBLE: Final = Codes(contact_id="380")
_LINE: Final = Codes(contact_id="350", sia="YS")
#: Nobody else need act on it: a weekly review, or a question to the resident.
_OURS_ALONE: Final = Codes()

CODES: Final[Mapping[str, Codes]] = {
    "help_button": Codes(contact_id="101", sia="QA", scaip_device="0003", scaip_status="0010"),
    "fall": Codes(contact_id="100", sia="MA", scaip_device="0005"),
    "smoke": Codes(contact_id="111", sia="FA"),
    "heat": Codes(contact_id="114", sia="KA"),
    "rising_heat": Codes(contact_id="114", sia="KA"),
    "gas": Codes(contact_id="151", sia="GA"),
    "carbon_monoxide": Codes(contact_id="162"),
    "water_leak": Codes(contact_id="154", sia="WA"),
    "water_running": Codes(contact_id="154", sia="WA"),
    "inactivity": _NOBODY,
    "inactivity_check": _OURS_ALONE,
    "stillness_reported": _NOBODY,
    "first_activity": _NOBODY,
    "bathroom": _NOBODY,
    "out_of_bed": Codes(contact_id="641", sia="NA", scaip_device="0012"),
    "left_at_night": Codes(scaip_device="0015"),
    "out_too_long": Codes(contact_id="641", sia="NA", scaip_device="0015"),
    "decline": _OURS_ALONE,
    "isolation": _OURS_ALONE,
    "appliance_left_on": _NOBODY,
    "power_flat": _NOBODY,
    "water_not_used": _NOBODY,
    "stove_left_on": Codes(contact_id="150"),
    "cold_home": Codes(contact_id="153", sia="ZA"),
    "hot_home": Codes(contact_id="158"),
    "door_left_open": Codes(scaip_device="0014"),
    "vital_signs": Codes(contact_id="100", sia="MA", scaip_device="0019"),
    "check_answered": _OURS_ALONE,
    "check_unanswered": Codes(contact_id="102", scaip_device="0002"),
    "medication_missed": Codes(scaip_device="0011"),
    "sensor_silent": Codes(contact_id="381", sia="UY"),
    "blind_home": Codes(contact_id="391"),
    "stuck_sensor": _SENSOR_TROUBLE,
    "flapping_sensor": _SENSOR_TROUBLE,
    "weak_link": Codes(contact_id="380", sia="XL"),
    "battery_low": Codes(contact_id="384", sia="XT"),
    "battery_forecast": Codes(contact_id="393", sia="YX"),
    "detector_expired": Codes(contact_id="393", sia="YX"),
    "self_test_failed": Codes(contact_id="307", sia="YX"),
    "tamper": Codes(contact_id="144", sia="TA"),
    "mains_lost": Codes(contact_id="301", sia="AT"),
    "clock_wrong": Codes(contact_id="626"),
    "messages_lost": Codes(contact_id="354", sia="YC"),
    "test_missing": Codes(contact_id="358", sia="XX"),
    "gateway_silent": _LINE,
    "not_protected": _LINE,
}
