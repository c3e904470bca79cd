"""What a SenML record means to us: numbers by their unit, flags by the sensor's registration or by their name."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from contracts import RefusalReason, Value
from contracts import values as kinds
from contracts.values import ButtonAction
from ingest.decode.senml_records import Record
from ingest.message import Malformed

_JOULES_PER_KILOWATT_HOUR: Final = 3_600_000.0

#: RFC 8428 §12.1 and, scaled, RFC 8798.
_UNITS: Final[Mapping[str, Callable[[float], Value]]] = {
    "Cel": lambda n: kinds.Temperature(celsius=n),
    "K": lambda n: kinds.Temperature(celsius=n - 273.15),
    "%RH": lambda n: kinds.Humidity(percent=n),
    "lx": lambda n: kinds.Illuminance(lux=n),
    "W": lambda n: kinds.Power(watts=n),
    "kW": lambda n: kinds.Power(watts=n * 1000),
    "J": lambda n: kinds.Energy(kilowatt_hours=n / _JOULES_PER_KILOWATT_HOUR),
    "Wh": lambda n: kinds.Energy(kilowatt_hours=n / 1000),
    "kWh": lambda n: kinds.Energy(kilowatt_hours=n),
    "%EL": lambda n: kinds.Battery(percent=n),
    "beat/min": lambda n: kinds.VitalSigns(heart_per_minute=n),
    "beats": lambda n: kinds.VitalSigns(heart_per_minute=n),
    "l": lambda n: kinds.WaterFlow(litres_total=n),
    "m3": lambda n: kinds.WaterFlow(litres_total=n * 1000),
    "l/s": lambda n: kinds.WaterFlow(litres_per_minute=n * 60),
    "m3/s": lambda n: kinds.WaterFlow(litres_per_minute=n * 60_000),
}
#: Units that say how it is counted and not what: the name must say it.
_NAMED: Final[Mapping[tuple[str, str], Callable[[float], Value]]] = {
    **{("1/min", word): lambda n: kinds.VitalSigns(heart_per_minute=n) for word in ("heart", "heartrate", "pulse")},
    **{("1/min", word): lambda n: kinds.VitalSigns(breath_per_minute=n) for word in ("breath", "respiration", "resp")},
    **{("%", word): lambda n: kinds.Humidity(percent=n) for word in ("humidity", "hum", "rh")},
    **{("/", word): lambda n: kinds.Humidity(percent=n * 100) for word in ("humidity", "hum", "rh")},
    ("%", "battery"): lambda n: kinds.Battery(percent=n),
    ("/", "battery"): lambda n: kinds.Battery(percent=n * 100),
}
#: A sum is the value integrated over seconds.
_SUMS: Final[Mapping[str, Callable[[float], Value]]] = {
    "W": lambda n: kinds.Energy(kilowatt_hours=n / _JOULES_PER_KILOWATT_HOUR),
    "l/s": lambda n: kinds.WaterFlow(litres_total=n),
    "m3/s": lambda n: kinds.WaterFlow(litres_total=n * 1000),
}
FLAGS: Final[Mapping[str, Callable[[bool], Value]]] = {
    "motion": lambda on: kinds.Motion(active=on),
    "presence": lambda on: kinds.Presence(present=on),
    "occupancy": lambda on: kinds.Occupancy(occupied=on),
    "contact": lambda on: kinds.Contact(open=on),
    "closed": lambda on: kinds.Contact(open=not on),
    "help_button": lambda on: kinds.HelpButton(action=ButtonAction.PRESSED if on else ButtonAction.RELEASED),
    "fall": lambda on: kinds.Fall(active=on),
    "smoke": lambda on: kinds.Smoke(active=on),
    "heat": lambda on: kinds.Heat(active=on),
    "gas": lambda on: kinds.Gas(active=on),
    "carbon_monoxide": lambda on: kinds.CarbonMonoxide(active=on),
    "water_leak": lambda on: kinds.WaterLeak(active=on),
    "tamper": lambda on: kinds.Tamper(active=on),
    "battery_low": lambda on: kinds.Battery(low=on),
    "medication": lambda on: kinds.Medication(taken=on),
    "device_status": lambda on: kinds.DeviceStatus(online=on),
    "mains": lambda on: kinds.GatewayStatus(mains=on),
}
#: SenML names no kinds; these are the words of ours and of other dialects for them.
_WORDS: Final[Mapping[str, str]] = {
    # Heating is called heat as well, so only a registered heat detector means fire by it.
    **{word: word for word in FLAGS if word != "heat"},
    "heat_alarm": "heat",
    **dict.fromkeys(("movement", "pir"), "motion"),
    **dict.fromkeys(("occupied", "bed", "chair"), "occupancy"),
    **dict.fromkeys(("open", "opened", "door", "window"), "contact"),
    # As with Zigbee2MQTT and as with a switch: a contact that is true is closed.
    "contact": "closed",
    **dict.fromkeys(("help", "sos", "panic", "emergency"), "help_button"),
    **dict.fromkeys(("fallen",), "fall"),
    **dict.fromkeys(("co",), "carbon_monoxide"),
    **dict.fromkeys(("leak", "flood"), "water_leak"),
    **dict.fromkeys(("online", "available", "reachable"), "device_status"),
}
#: Last parts of names that say what is measured and not which sensor it is.
MEASURES: Final = _WORDS.keys() | {
    *("temp", "temperature", "humidity", "hum", "rh", "light", "lux", "illuminance", "power", "energy", "battery"),
    *(
        "heart",
        "heartrate",
        "pulse",
        "breath",
        "respiration",
        "resp",
        "voltage",
        "current",
        "button",
        "action",
        "label",
    ),
}


def value_of(record: Record, kind: str) -> Value | Malformed | None:
    """Read a record's value; `kind` is what its sensor is registered as, None means that we have no kind for it."""
    match record.value:
        case bool() as on:
            word = word_of(record.name, kind)
            return FLAGS[word](on) if word else None
        case str() as text:
            return _spoken(text, record.name, kind)
        case None:
            return _summed(record)
        case number:
            return _measured(record, number)


def _measured(record: Record, number: float) -> Value | Malformed | None:
    if record.unit in _UNITS:
        return _UNITS[record.unit](number)
    found = (_NAMED.get((record.unit, part)) for part in _parts(record.name))
    make = next((each for each in found if each), None)
    return make(number) if make else _summed(record)


def _summed(record: Record) -> Value | None:
    make = _SUMS.get(record.unit)
    return make(record.sum) if make and record.sum is not None else None


def word_of(name: str, kind: str) -> str | None:
    """Find what a flag means: an explicit `closed` or `contact` in the name turns it round, else registration wins."""
    named = next((_WORDS[part] for part in _parts(name) if part in _WORDS), None)
    if kind in FLAGS and not (kind == "contact" and named == "closed"):
        return kind
    return named


def _spoken(text: str, name: str, kind: str) -> Value | Malformed | None:
    """Read a word: how a help button was used, or how a door stands."""
    said = text.lower()
    if kind == "help_button" and said:
        return FLAGS["help_button"](not said.endswith("release") and said != "released")
    if {"button", "action"} & set(_parts(name)) and _WORDS.get(said) == "help_button":
        return FLAGS["help_button"](True)
    if kind != "contact":
        return None
    if said not in ("open", "closed"):
        return Malformed(reason=RefusalReason.WRONG_SHAPE, detail="expected open or closed of a contact")
    return FLAGS["contact"](said == "open")


@lru_cache(maxsize=1_024)
def _parts(name: str) -> tuple[str, ...]:
    """Cut a name into its words, the last first, `battery_low` before `low` and `battery`."""
    words: list[str] = []
    for part in reversed(re.split(r"[:/.\-]", name.lower())):
        words += [part, *reversed(part.split("_"))]
    return tuple(words)
