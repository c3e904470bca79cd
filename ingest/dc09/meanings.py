"""What a vendor's event codes mean to us: read from data files, so that a new panel needs no code."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from contracts import Value
from contracts.values import (
    Battery,
    ButtonAction,
    CarbonMonoxide,
    DeviceStatus,
    Fall,
    Gas,
    GatewayStatus,
    Heat,
    HelpButton,
    Motion,
    SelfTest,
    Smoke,
    Stillness,
    Tamper,
    TestPressed,
    WaterLeak,
)
from ingest.dc09.events import Event, Scheme

DEFAULT: Final = "default"


class BadProfile(Exception):
    """A profile file cannot be used; the message says which, and what was expected."""


class Meaning(StrEnum):
    """What a code can mean to us."""

    HELP = "help"
    CANCELLED = "cancelled"
    FALL = "fall"
    STILLNESS = "stillness"
    SMOKE = "smoke"
    HEAT = "heat"
    GAS = "gas"
    CARBON_MONOXIDE = "carbon_monoxide"
    WATER_LEAK = "water_leak"
    MOTION = "motion"
    TAMPER = "tamper"
    BATTERY_LOW = "battery_low"
    MAINS_LOST = "mains_lost"
    TROUBLE = "trouble"
    SELF_TEST_FAILED = "self_test_failed"
    TEST = "test"
    NOTHING = "nothing"


#: A meaning's value, when it begins (True) and when it is over; None: nothing to tell.
_VALUES: Final[Mapping[Meaning, Callable[[bool], Value | None]]] = {
    Meaning.HELP: lambda on: HelpButton(action=ButtonAction.PRESSED if on else ButtonAction.RELEASED),
    # Only a person closes a cry: the resident's own word that it is over is kept, and ends nothing.
    Meaning.CANCELLED: lambda on: HelpButton(action=ButtonAction.RELEASED) if on else None,
    Meaning.FALL: lambda on: Fall(active=on),
    Meaning.STILLNESS: lambda on: Stillness(active=on),
    Meaning.SMOKE: lambda on: Smoke(active=on),
    Meaning.HEAT: lambda on: Heat(active=on),
    Meaning.GAS: lambda on: Gas(active=on),
    Meaning.CARBON_MONOXIDE: lambda on: CarbonMonoxide(active=on),
    Meaning.WATER_LEAK: lambda on: WaterLeak(active=on),
    Meaning.MOTION: lambda on: Motion(active=on),
    Meaning.TAMPER: lambda on: Tamper(active=on),
    Meaning.BATTERY_LOW: lambda on: Battery(low=on),
    Meaning.MAINS_LOST: lambda on: GatewayStatus(mains=not on),
    Meaning.TROUBLE: lambda on: DeviceStatus(online=not on),
    Meaning.SELF_TEST_FAILED: lambda on: SelfTest(passed=not on),
    Meaning.TEST: lambda on: TestPressed() if on else None,
    Meaning.NOTHING: lambda on: None,
}
#: Of these the panel speaks for itself, whatever zone or user stands beside them.
_OF_THE_PANEL: Final = frozenset({Meaning.MAINS_LOST})


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """The codes of one vendor: each with its meaning, and of SIA whether it begins or ends it."""

    name: str
    contact_id: Mapping[str, Meaning] = field(default_factory=dict)
    begins: Mapping[str, Meaning] = field(default_factory=dict)
    ends: Mapping[str, Meaning] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """What an event means; without a value it means nothing to us."""

    meaning: Meaning
    value: Value | None
    of_the_panel: bool


def understand(event: Event, profile: Profile) -> Understood | None:
    """Tell what an event means by a profile; None: its code is not known."""
    if event.scheme is Scheme.CONTACT_ID:
        return _understood(profile.contact_id.get(event.code), begins=not event.over)
    return _understood(profile.begins.get(event.code), begins=True) or _understood(
        profile.ends.get(event.code), begins=False
    )


def _understood(meaning: Meaning | None, *, begins: bool) -> Understood | None:
    if meaning is None:
        return None
    return Understood(meaning=meaning, value=_VALUES[meaning](begins), of_the_panel=meaning in _OF_THE_PANEL)


def read_profiles(texts: Mapping[str, str]) -> dict[str, Profile]:
    """Read profiles from the texts of their files; each but `default` adds to that one, and outranks it."""
    own = {name: _read(name, text) for name, text in texts.items()}
    base = own.get(DEFAULT, Profile(name=DEFAULT))
    return {name: profile if name == DEFAULT else _over(base, profile) for name, profile in own.items()}


def _over(base: Profile, own: Profile) -> Profile:
    # A code that the vendor ends must not begin by the default, and the other way round.
    begins = {**{code: each for code, each in base.begins.items() if code not in own.ends}, **own.begins}
    return Profile(
        name=own.name,
        contact_id={**base.contact_id, **own.contact_id},
        begins=begins,
        ends={**{code: each for code, each in base.ends.items() if code not in own.begins}, **own.ends},
    )


def _read(name: str, text: str) -> Profile:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadProfile(f"{name}: expected TOML: {error}") from error
    if strange := tables.keys() - {"contact_id", "sia_begins", "sia_ends"}:
        raise BadProfile(f"{name}: expected contact_id, sia_begins, sia_ends; got {', '.join(sorted(strange))}")
    return Profile(
        name=name,
        contact_id=_codes(name, tables.get("contact_id", {})),
        begins=_codes(name, tables.get("sia_begins", {})),
        ends=_codes(name, tables.get("sia_ends", {})),
    )


def _codes(name: str, table: object) -> dict[str, Meaning]:
    if not isinstance(table, dict):
        raise BadProfile(f"{name}: expected a table of codes")
    codes: dict[str, Meaning] = {}
    for meaning, named in table.items():
        if meaning not in set(Meaning) or not isinstance(named, list):
            raise BadProfile(f"{name}: expected a meaning ({', '.join(Meaning)}) with a list of codes; got {meaning}")
        codes |= {f"{code}".upper(): Meaning(meaning) for code in named}
    return codes
