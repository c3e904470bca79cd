"""What the properties that Zigbee2MQTT exposes mean to us."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from contracts import RefusalReason, Value
from contracts import values as kinds
from contracts.values import ButtonAction
from ingest.decode.numbers import number_of
from ingest.message import Malformed

Said = Mapping[str, object]

_SWITCHES: Final[Mapping[str, Callable[[bool], Value]]] = {
    "occupancy": lambda on: kinds.Motion(active=on),
    "presence": lambda on: kinds.Presence(present=on),
    # True is a closed contact: the magnet is near.
    "contact": lambda on: kinds.Contact(open=not on),
    "smoke": lambda on: kinds.Smoke(active=on),
    "gas": lambda on: kinds.Gas(active=on),
    "water_leak": lambda on: kinds.WaterLeak(active=on),
    "tamper": lambda on: kinds.Tamper(active=on),
}
_NUMBERS: Final[Mapping[str, Callable[[float], Value]]] = {
    "temperature": lambda n: kinds.Temperature(celsius=n),
    "humidity": lambda n: kinds.Humidity(percent=n),
    "linkquality": lambda n: kinds.LinkQuality(score=n),
    "power": lambda n: kinds.Power(watts=n),
    "power_phase_b": lambda n: kinds.Power(watts=n, channel=1),
    "power_phase_c": lambda n: kinds.Power(watts=n, channel=2),
    "energy": lambda n: kinds.Energy(kilowatt_hours=n),
}
#: Devices with several outlets write power_l1, energy_l2, ...
_OUTLETS: Final[Mapping[str, Callable[[float], Value]]] = {
    f"{name}_l{outlet}": make
    for outlet in range(1, 9)
    for name, make in (
        ("power", lambda n, channel=outlet: kinds.Power(watts=n, channel=channel)),
        ("energy", lambda n, channel=outlet: kinds.Energy(kilowatt_hours=n, channel=channel)),
    )
}
_MEASURED: Final = {**_NUMBERS, **_OUTLETS}
#: Words in an action by which any button, registered or not, cries for help.
_CRIES: Final = ("emergency", "panic", "sos")
#: Properties that are handled one by one, or that we know and have no kind for.
_OTHERS: Final = frozenset(
    {
        *("action", "click", "sos", "test", "carbon_monoxide", "co", "illuminance", "illuminance_lux"),
        *("battery", "battery_low", "last_seen", "update", "update_available", "voltage", "current"),
        *("device_temperature", "vibration", "state", "brightness", "smoke_density", "power_outage_count"),
    }
)
#: Every property that a message of a registered sensor may consist of.
KNOWN: Final = _SWITCHES.keys() | _MEASURED.keys() | _OTHERS

_FLAGS: Final[Mapping[object, bool]] = {True: True, False: False, "ON": True, "OFF": False}


def values_of(said: Said, kind: str) -> Iterator[Value | Malformed]:
    """Read all properties that mean something to us; `kind` is what the sensor is registered as."""
    yield from _switches(said)
    yield from _measured(said)
    yield from _light(said)
    yield from _battery(said)
    yield from _carbon_monoxide(said)
    yield from _button(said, kind)
    yield from _proof(said)


def _switches(said: Said) -> Iterator[Value | Malformed]:
    for name in _SWITCHES.keys() & said.keys():
        yield from _when(said, name, _SWITCHES[name])


def _when(said: Said, name: str, make: Callable[[bool], Value]) -> Iterator[Value | Malformed]:
    """Read one flag. Null means that the device has not said it yet."""
    match _flag(said.get(name)):
        case None:
            return
        case Malformed() as fault:
            yield fault
        case on:
            yield make(on)


def _flag(value: object) -> bool | Malformed | None:
    if value is None:
        return None
    on = _FLAGS.get(value) if isinstance(value, bool | int | str) else None
    if on is None:
        return Malformed(
            reason=RefusalReason.WRONG_SHAPE, detail="expected true or false for a property that is a flag"
        )
    return on


def _measured(said: Said) -> Iterator[Value | Malformed]:
    for name in _MEASURED.keys() & said.keys():
        yield from _number(said, name, _MEASURED[name])


def _number(said: Said, name: str, make: Callable[[float], Value]) -> Iterator[Value | Malformed]:
    value = said.get(name)
    if value is None:
        return
    number = number_of(value)
    if number is None:
        yield Malformed(reason=RefusalReason.WRONG_SHAPE, detail="expected a number for a property that is measured")
        return
    yield make(number)


def _light(said: Said) -> Iterator[Value | Malformed]:
    # Where both are there, `illuminance` is the raw value of the chip.
    name = "illuminance" if said.get("illuminance_lux") is None else "illuminance_lux"
    yield from _number(said, name, lambda n: kinds.Illuminance(lux=n))


def _battery(said: Said) -> Iterator[Value | Malformed]:
    percent, low = said.get("battery"), _flag(said.get("battery_low"))
    if isinstance(low, Malformed):
        yield low
        low = None
    if percent is not None:
        yield from _number(said, "battery", lambda n: kinds.Battery(percent=n, low=low))
    elif low is not None:
        yield kinds.Battery(low=low)


def _carbon_monoxide(said: Said) -> Iterator[Value | Malformed]:
    ppm = number_of(said.get("co"))
    yield from _when(said, "carbon_monoxide", lambda on: kinds.CarbonMonoxide(active=on, ppm=ppm))


def _button(said: Said, kind: str) -> Iterator[Value | Malformed]:
    yield from _when(said, "sos", lambda on: kinds.HelpButton(action=_action_of(on)))
    action = said.get("action") or said.get("click")
    # An empty action follows each press: it is the property's rest, not a release.
    if action is None or action == "":
        return
    if not isinstance(action, str):
        yield Malformed(reason=RefusalReason.WRONG_SHAPE, detail="expected the name of an action")
        return
    if kind == "help_button" or any(word in action.lower() for word in _CRIES):
        yield kinds.HelpButton(action=_action_of(not action.lower().endswith("release")))


def _action_of(pressed: bool) -> ButtonAction:
    return ButtonAction.PRESSED if pressed else ButtonAction.RELEASED


def _proof(said: Said) -> Iterator[Value | Malformed]:
    if said.get("test") is True:
        yield kinds.TestPressed()
