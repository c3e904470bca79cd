"""What a sensor can say: a closed sum of value types, told apart by their `kind` tag."""

from enum import StrEnum
from typing import Final

import msgspec


class ButtonAction(StrEnum):
    """How a help button was used."""

    PRESSED = "pressed"
    RELEASED = "released"


class CheckAnswer(StrEnum):
    """What a resident answered to "are you all right?"."""

    FINE = "fine"
    HELP = "help"
    NONE = "none"


# Nothing here can point back at itself, so the collector of cycles need not count and look at every word.
class Motion(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="motion"):
    """Somebody moved, or the sensor says that nobody moves any more."""

    active: bool
    #: The sensor did not see stillness; its driver made the message up after a delay.
    synthetic: bool = False


class Contact(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="contact"):
    """A door, a window or a fridge opened or closed."""

    open: bool


class Occupancy(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="occupancy"):
    """A bed or a chair is taken or empty; which of them, the sensor's registration says."""

    occupied: bool


class HelpButton(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="help_button"):
    """The resident asks for help."""

    action: ButtonAction = ButtonAction.PRESSED


class Fall(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="fall"):
    """A wearable or a radar saw a fall, or takes it back."""

    active: bool = True


class Smoke(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="smoke"):
    """A smoke detector alarms, or has gone quiet."""

    active: bool


class Heat(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="heat"):
    """A heat detector alarms, or has gone quiet."""

    active: bool


class Gas(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="gas"):
    """A gas detector alarms, or has gone quiet."""

    active: bool


class CarbonMonoxide(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="carbon_monoxide"):
    """A carbon monoxide detector alarms, or measures."""

    active: bool
    #: Parts per million, where the detector measures.
    ppm: float | None = None


class WaterLeak(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="water_leak"):
    """A leak sensor is wet, or dry again."""

    active: bool


class Temperature(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="temperature"):
    """Air temperature."""

    celsius: float


class Humidity(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="humidity"):
    """Relative humidity."""

    percent: float


class Illuminance(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="illuminance"):
    """Light."""

    lux: float


class Power(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="power"):
    """Electric power drawn now."""

    watts: float
    channel: int = 0


class Energy(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="energy"):
    """Electric energy counted so far."""

    kilowatt_hours: float
    channel: int = 0


class WaterFlow(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="water_flow"):
    """Water drawn now, and counted so far."""

    litres_per_minute: float | None = None
    litres_total: float | None = None


class VitalSigns(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="vital_signs"):
    """Heart and breath rates."""

    heart_per_minute: float | None = None
    breath_per_minute: float | None = None


class Presence(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="presence"):
    """A radar sees somebody, even one who sits still."""

    present: bool


class Voice(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="voice"):
    """A spoken cry for help, or the answer to a check; never the words themselves."""

    answer: CheckAnswer


class Medication(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="medication"):
    """A dispenser gave a dose, or the dose was left."""

    taken: bool


class Battery(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="battery"):
    """What a battery has left."""

    percent: float | None = None
    low: bool | None = None


class Tamper(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="tamper"):
    """A device was opened or taken off its wall."""

    active: bool


class LinkQuality(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="link_quality"):
    """How well a sensor is heard by its gateway, in the radio's own scale."""

    score: float


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="heartbeat"):
    """The gateway lives, and has sent all that it saw before this moment."""


class DeviceStatus(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="device_status"):
    """A gateway says that one of its devices can or cannot be reached."""

    online: bool


class GatewayStatus(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="gateway_status"):
    """The gateway went online or offline, or its mains power went or came back."""

    online: bool | None = None
    mains: bool | None = None
    #: Tells a late last will of an old session from a fresh one (Sparkplug's bdSeq).
    session: int | None = None
    #: So many of its messages are gone for ever, as the gaps in its count show.
    lost_messages: int | None = None


class Stillness(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="stillness"):
    """A device judged by itself that nobody moved or reported for too long, or takes it back."""

    active: bool


class TestPressed(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="test_pressed"):
    """Somebody proves a device by its test button."""

    __test__ = False  # The name begins like a test's; it is not one.


class SelfTest(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="self_test"):
    """A device has tested itself, and says how that went."""

    passed: bool


Value = (
    Motion
    | Contact
    | Occupancy
    | HelpButton
    | Fall
    | Smoke
    | Heat
    | Gas
    | CarbonMonoxide
    | WaterLeak
    | Temperature
    | Humidity
    | Illuminance
    | Power
    | Energy
    | WaterFlow
    | VitalSigns
    | Presence
    | Voice
    | Medication
    | Battery
    | Tamper
    | LinkQuality
    | Heartbeat
    | DeviceStatus
    | GatewayStatus
    | Stillness
    | TestPressed
    | SelfTest
)

#: A reading of one of these is never made to wait for company: it is flushed at once.
EMERGENCY_KINDS: Final = frozenset({"help_button", "fall", "smoke", "heat", "gas", "carbon_monoxide", "voice"})


def kind_of(value: Value) -> str:
    """Name the kind of a value as its tag does on the wire."""
    tag = value.__struct_config__.tag
    return str(tag)
