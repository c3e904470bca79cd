"""What a plain value means by the name of its field, its unit, and what its sensor is registered as."""

import re
from collections.abc import Callable, Mapping
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
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: A temperature of one of these is not the room's.
_NOT_THE_ROOM: Final = frozenset({"cpu", "chip", "device", "board", "core", "internal", "target", "setpoint"})
#: Words in an action by which any button, registered or not, cries for help.
_CRIES: Final = frozenset({"emergency", "panic", "sos"})
_RADIO: Final = frozenset({"rssi", "linkquality", "lqi", "link_quality", "signal_strength"})


def registered(home: WatchedHome | None) -> Mapping[str, str]:
    """Say what each registered sensor is."""
    return {sensor.sensor_id: sensor.kind for sensor in home.sensors} if home else {}


def plain(name: str, value: object, kind: str = "", unit: str = "") -> Value | Malformed | None:
    """Read one field; `kind` is what its sensor is registered as. None means that we have no kind for it."""
    match value:
        case bool() as on:
            return _flag(name, on, kind)
        case str() as text:
            return _text(name, text, kind, unit)
        case int() | float():
            number = number_of(value)
            return None if number is None else _number(name, number, kind, unit)
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


def flagged(name: str, on: bool, kind: str) -> Value | None:
    """Read a flag that is on when something is open, moving or wrong, whatever its field is called."""
    word = word_of(_spaced(name), kind)
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


def _flag(name: str, on: bool, kind: str) -> Value | Malformed | None:
    return value_of(_record(name, "", on), kind)


def _text(name: str, text: str, kind: str, unit: str) -> Value | Malformed | None:
    if unsaid(text):
        return None
    if kind == "help_button":
        on = switched(text)
        return value_of(_record(name, "", text if on is None else on), kind)
    # A word for how a door stands says it, whether or not true would mean closed in this field.
    if kind == "contact" and text.strip().lower() in ("open", "opened", "closed"):
        return kinds.Contact(open=text.strip().lower() != "closed")
    if (on := switched(text)) is not None:
        return _flag(name, on, kind)
    number = number_in(text)
    if number is not None:
        return _number(name, number, kind, unit)
    if kind in FLAGS:
        return Malformed(reason=RefusalReason.WRONG_SHAPE, detail=f"expected on or off of a {kind}")
    return value_of(_record(name, unit, text), kind)


def _number(name: str, number: float, kind: str, unit: str) -> Value | Malformed | None:
    if not unit and number in (0, 1) and not _usual(name) and (flag := _flag(name, bool(number), kind)):
        return flag
    if _RADIO & set(words_of(name)):
        return kinds.LinkQuality(score=number)
    return measured(name, number, unit) or _as_registered(kind, number, unit)


def _as_registered(kind: str, number: float, unit: str) -> Value | None:
    """Read a number of no name as what its sensor is registered to measure."""
    make = _MEASURES.get(kind)
    return make(number) if make and not unit else None


def _usual(name: str) -> str | None:
    return next((_USUAL[word] for word in words_of(name) if word in _USUAL), None)


def words_of(name: str) -> list[str]:
    """Cut a name into the words that may say what it measures, the last first."""
    parts = re.split(r"[/.:\-]+", _spaced(name))
    return [word for part in reversed(parts) for word in (part, *reversed(part.split("_")))]


def _record(name: str, unit: str, value: float | bool | str) -> Record:
    return Record(name=_spaced(name), unit=unit, value=value, sum=None, seconds=None)


def _spaced(name: str) -> str:
    """Write `batteryLevel` and `Battery Level` as every other name is written."""
    return _HUMP.sub("_", name).lower().replace(" ", "_")


_MEASURES: Final[Mapping[str, Callable[[float], Value]]] = {
    "temperature": lambda n: kinds.Temperature(celsius=n),
    "humidity": lambda n: kinds.Humidity(percent=n),
    "illuminance": lambda n: kinds.Illuminance(lux=n),
    "power": lambda n: kinds.Power(watts=n),
    "energy": lambda n: kinds.Energy(kilowatt_hours=n),
    "battery": lambda n: kinds.Battery(percent=n),
}
