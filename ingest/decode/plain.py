"""What a plain value means by the name of its field, its unit, and what its sensor is registered as."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from contracts import RefusalReason, Value, WatchedHome
from contracts import values as kinds
from contracts.values import ButtonAction
from ingest.decode.senml_kinds import FLAGS, value_of, word_of
from ingest.decode.senml_records import Record
from ingest.message import Malformed
from ingest.numbers import number_of

Scaled = tuple[str, float, float]

#: How people write units, as the unit of SenML, a factor and what is added after it.
_UNITS: Final[Mapping[str, Scaled]] = {
    **dict.fromkeys(("°C", "℃", "C", "degC", "celsius"), ("Cel", 1, 0)),
    **dict.fromkeys(("°F", "℉", "F", "degF", "fahrenheit"), ("Cel", 5 / 9, -160 / 9)),
    **dict.fromkeys(("lx", "lux", "klx"), ("lx", 1, 0)),
    "mW": ("W", 1e-3, 0),
    "MW": ("W", 1e6, 0),
    "GW": ("W", 1e9, 0),
    "mWh": ("Wh", 1e-3, 0),
    "MWh": ("kWh", 1e3, 0),
    "GWh": ("kWh", 1e6, 0),
    "kJ": ("J", 1e3, 0),
    "MJ": ("J", 1e6, 0),
    "GJ": ("J", 1e9, 0),
    "bpm": ("beat/min", 1, 0),
    **dict.fromkeys(("L", "l"), ("l", 1, 0)),
    "mL": ("l", 1e-3, 0),
    **dict.fromkeys(("m³", "m3"), ("m3", 1, 0)),
    "gal": ("l", 3.785411784, 0),
    **dict.fromkeys(("ft³", "ft3"), ("l", 28.316846592, 0)),
    **dict.fromkeys(("L/s", "l/s"), ("l/s", 1, 0)),
    **dict.fromkeys(("L/min", "l/min"), ("l/s", 1 / 60, 0)),
    **dict.fromkeys(("L/h", "l/h"), ("l/s", 1 / 3600, 0)),
    **dict.fromkeys(("m³/h", "m3/h"), ("l/s", 1 / 3.6, 0)),
    "gal/min": ("l/s", 3.785411784 / 60, 0),
}
#: Units that say how it is counted and not what: by what the name says.
_UNNAMED: Final = frozenset({"", "%", "1/min", "/"})
#: What a number without a unit is measured in, by the word in its name.
_USUAL: Final[Mapping[str, str]] = {
    **dict.fromkeys(("temperature", "temp", "celsius"), "Cel"),
    **dict.fromkeys(("humidity", "hum", "rh"), "%RH"),
    **dict.fromkeys(("illuminance", "lux"), "lx"),
    **dict.fromkeys(("power", "watts"), "W"),
    **dict.fromkeys(("energy", "kwh"), "kWh"),
    **dict.fromkeys(("battery", "battery_level", "battery_percent"), "%EL"),
    **dict.fromkeys(("heart_rate", "heartrate", "pulse"), "beat/min"),
}
_ON: Final = frozenset({"on", "true", "yes", "detected", "active", "alarm", "wet", "occupied", "open", "opened"})
_OFF: Final = frozenset({"off", "false", "no", "clear", "inactive", "normal", "dry", "empty", "closed"})
_NOTHING: Final = frozenset({"", "unknown", "unavailable", "none", "null", "nan"})
#: What a longer name or action says beyond it, it does not say.
_LONGEST: Final = 256
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: A temperature of one of these is not the room's.
_NOT_THE_ROOM: Final = frozenset({"cpu", "chip", "device", "board", "core", "internal", "target", "setpoint"})
#: Words in an action by which any button, registered or not, cries for help.
_CRIES: Final = frozenset({"emergency", "panic", "sos"})
#: Flags of one of these are about the device's own affairs, whatever else they are called.
OF_THE_DEVICE: Final = frozenset({"update", "firmware", "enabled", "enable", "charging", "config", "disabled"})
#: Words that say neither what is measured nor which sensor it is.
#: A status or being active may be the device's own, so those are not among them.
_ANY: Final = frozenset({"state", "value", "alarm", "alert", "detected", "triggered"}) | {
    *("input", "inputs", "output", "outputs", "di", "sensor", "measure", "reading", "data")
}
_OF_KIND: Final[Mapping[str, frozenset[str]]] = {
    "help_button": frozenset({"button", "action", "press", "pressed", "click", "event", "key", "call", "help"}),
}
#: Which of these a sensor of somebody being there is, only its registration says.
_SOMEBODY: Final = frozenset({"motion", "presence", "occupancy"})
_RADIO: Final = frozenset({"rssi", "linkquality", "lqi", "link_quality", "signal_strength"})


def registered(home: WatchedHome | None) -> Mapping[str, str]:
    """Say what each registered sensor is."""
    return {sensor.sensor_id: sensor.kind for sensor in home.sensors} if home else {}


def plain(name: str, value: object, kind: str = "", unit: str = "", *, own: bool = False) -> Value | Malformed | None:
    """Read one field; None means that we have no kind for it.

    `kind` is what its sensor is registered as, and `own` says that the sensor is this very field: then it means that
    whatever it is called. Of a device with other fields beside it only those that could be meant do: an update that is
    due must not become smoke.
    """
    name = name[:_LONGEST]
    match value:
        case bool() as on:
            return _flag(name, on, kind, own)
        case str() as text:
            return _text(name, text, kind, unit, own)
        case int() | float():
            number = number_of(value)
            return None if number is None else _number(name, number, kind, unit, own)
        case _:
            return None


def measured(name: str, number: float, unit: str) -> Value | None:
    """Read a number in the unit that people write; what the unit leaves open the name says."""
    if _NOT_THE_ROOM & set(words_of(name)):
        return None
    senml, factor, added = _UNITS.get(unit, (unit, 1.0, 0.0))
    if senml in _UNNAMED:
        senml = _usual(name) or senml
    found = value_of(_record(name, senml, number * (1000 if unit == "klx" else factor) + added), "")
    return None if isinstance(found, Malformed) else found


def flagged(name: str, on: bool, kind: str, *, own: bool) -> Value | None:
    """Read a flag that is on when something is open, moving or wrong, whatever its field is called."""
    word = _word(name, kind, own)
    return FLAGS["contact" if word == "closed" else word](on) if word else None


def switched(text: str) -> bool | None:
    """Read how people write on and off; None when it is neither."""
    said = text.strip().lower()
    return True if said in _ON else False if said in _OFF else None


def pressed(action: str, kind: str, *also: str) -> Value | None:
    """Read how a button was used: a cry if it is registered as one, or if its action, or what it is called, says so."""
    words = {word for text in (action, *also) for word in words_of(text)}
    if kind != "help_button" and not words & _CRIES:
        return None
    let_go = bool({"release", "released", "off", "false"} & set(words_of(action)))
    return kinds.HelpButton(action=ButtonAction.RELEASED if let_go else ButtonAction.PRESSED)


def unsaid(text: str) -> bool:
    """Tell whether a word stands for there being no value now."""
    return text.strip().lower() in _NOTHING


def number_in(text: str) -> float | None:
    """Read a number that was written as a word."""
    try:
        return float(text)
    except ValueError:
        return None


def _flag(name: str, on: bool, kind: str, own: bool) -> Value | None:
    word = _word(name, kind, own)
    return FLAGS[word](on) if word else None


@lru_cache(maxsize=1_024)
def _word(name: str, kind: str, own: bool) -> str | None:
    """Find what a flag is about: what its name says, unless the registration knows it better."""
    aside = bool(OF_THE_DEVICE & set(words_of(name)))
    named = None if aside else word_of(_spaced(name), "")
    if kind not in FLAGS or (kind == "contact" and named == "closed"):
        return named
    if own or {named, kind} <= _SOMEBODY:
        return kind
    return kind if named is None and _meant(name, kind, own) else named


def _meant(name: str, kind: str, own: bool) -> bool:
    """Tell whether a field can be what its device is registered as: it is the only one, or its name says no other."""
    words = {word for word in words_of(name) if not word.isdigit()}
    return own or words <= _ANY | {kind, ""} | _OF_KIND.get(kind, frozenset())


def _text(name: str, text: str, kind: str, unit: str, own: bool) -> Value | Malformed | None:
    if unsaid(text):
        return None
    word = _word(name, kind, own)
    # A word for how a door stands says it, whether or not true would mean closed in this field.
    if word in ("contact", "closed") and text.strip().lower() in ("open", "opened", "closed"):
        return kinds.Contact(open=text.strip().lower() != "closed")
    if (on := switched(text)) is not None:
        return _flag(name, on, kind, own)
    number = number_in(text)
    if number is not None and kind != "help_button":
        return _number(name, number, kind, unit, own)
    if word == "help_button" or kind == "help_button":
        return pressed(text, "help_button") if _meant(name, "help_button", own) or word == "help_button" else None
    if word is not None and kind in FLAGS:
        return Malformed(reason=RefusalReason.WRONG_SHAPE, detail=f"expected on or off of a {kind}")
    return pressed(text, "") if _OF_KIND["help_button"] & set(words_of(name)) else None


def _number(name: str, number: float, kind: str, unit: str, own: bool) -> Value | None:
    if not unit and number in (0, 1) and not _usual(name) and (flag := _flag(name, bool(number), kind, own)):
        return flag
    if _RADIO & set(words_of(name)):
        return kinds.LinkQuality(score=number)
    found = measured(name, number, unit)
    if found is None and not unit and kind in _MEASURES and _meant(name, kind, own):
        return _MEASURES[kind](number)
    return found


def _usual(name: str) -> str | None:
    return next((_USUAL[word] for word in words_of(name) if word in _USUAL), None)


def words_of(name: str) -> tuple[str, ...]:
    """Cut a name into the words that may say what it measures, the last first."""
    return _words_of(name[:_LONGEST])


@lru_cache(maxsize=1_024)
def _words_of(name: str) -> tuple[str, ...]:
    parts = re.split(r"[/.:\-]+", _spaced(name))
    return tuple(word for part in reversed(parts) for word in (part, *reversed(part.split("_"))))


def _record(name: str, unit: str, value: float | bool | str) -> Record:
    return Record(name=_spaced(name), unit=unit, value=value, sum=None, seconds=None)


def _spaced(name: str) -> str:
    """Write `batteryLevel` and `Battery Level` as every other name is written."""
    return _HUMP.sub("_", name[:_LONGEST]).lower().replace(" ", "_")


_MEASURES: Final[Mapping[str, Callable[[float], Value]]] = {
    "temperature": lambda n: kinds.Temperature(celsius=n),
    "humidity": lambda n: kinds.Humidity(percent=n),
    "illuminance": lambda n: kinds.Illuminance(lux=n),
    "power": lambda n: kinds.Power(watts=n),
    "energy": lambda n: kinds.Energy(kilowatt_hours=n),
    "battery": lambda n: kinds.Battery(percent=n),
}
