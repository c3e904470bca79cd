"""What Home Assistant's discovery says of an entity, as much of it as we need, kept as a declaration."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from ingest.decode.homeassistant_templates import Template, parse

#: The kinds of entity that discovery knows; those beside the sensing ones may talk, and tell us nothing.
SENSING: Final = frozenset({"binary_sensor", "sensor", "event", "device_automation"})
COMPONENTS: Final = SENSING | {
    *("alarm_control_panel", "button", "camera", "climate", "cover", "device_tracker", "fan", "humidifier", "image"),
    *("lawn_mower", "light", "lock", "notify", "number", "scene", "select", "siren", "switch", "tag", "text"),
    *("update", "vacuum", "valve", "water_heater"),
}
#: One config declares so many entities at most.
MOST_ENTITIES: Final = 200
_LONGEST: Final = 256
#: The short forms of the keys that we read. Other keys mean nothing to us, by whichever name.
_ABBREVIATIONS: Final[Mapping[str, str]] = {
    "avty": "availability",
    "avty_mode": "availability_mode",
    "avty_t": "availability_topic",
    "avty_tpl": "availability_template",
    "cmp": "components",
    "cmps": "components",
    "cns": "connections",
    "def_ent_id": "default_entity_id",
    "dev": "device",
    "dev_cla": "device_class",
    "ent_cat": "entity_category",
    "ids": "identifiers",
    "obj_id": "object_id",
    "off_dly": "off_delay",
    "p": "platform",
    "pl": "payload",
    "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "stat_t": "state_topic",
    "stype": "subtype",
    "t": "topic",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}

Fields = Mapping[str, object]


class Availability(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One topic on which a device says whether it can be reached."""

    topic: str
    template: Template = Template()
    online: str = "online"
    offline: str = "offline"


class Entity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a device says."""

    component: str
    #: What it may be registered as; without a registration the first one stands.
    names: tuple[str, ...]
    #: What its whole device may be registered as.
    device_names: tuple[str, ...] = ()
    #: Where it speaks; empty: nowhere that concerns us.
    topic: str = ""
    template: Template = Template()
    device_class: str = ""
    unit: str = ""
    on: str = "ON"
    off: str = "OFF"
    #: A trigger's payload; empty: any.
    payload: str = ""
    #: What a trigger is called: `button_short_press button_1`.
    trigger: str = ""
    #: It tells of the device itself and not of the room.
    diagnostic: bool = False
    availability: tuple[Availability, ...] = ()
    mode: str = "latest"
    #: Topics on which it says what is not for us.
    others: tuple[str, ...] = ()

    def sensor(self, sensors: Mapping[str, str]) -> tuple[str, str, bool]:
        """Name its sensor, what that is registered as, and whether it is registered itself and not by its device."""
        for name in (*self.names, *self.device_names):
            if name in sensors:
                return name, sensors[name], name in self.names
        return self.names[0], "", False

    def topics(self) -> set[str]:
        """Name every topic that it may speak on."""
        return {self.topic, *self.others, *(each.topic for each in self.availability)} - {""}


def expanded(fields: Fields) -> Fields:
    """Write out the short keys and the base topic."""
    base = fields.get("~")
    full = _written_out(fields, base)
    listed = full.get("availability")
    several = listed if isinstance(listed, list) else [listed]
    return {**full, "availability": [_written_out(each, base) for each in several if isinstance(each, dict)]}


def _written_out(fields: Fields, base: object) -> Fields:
    full = {_ABBREVIATIONS.get(key, key): value for key, value in fields.items() if isinstance(key, str) and key != "~"}
    if not isinstance(base, str) or len(base) > _LONGEST:
        return full
    return {key: _based(value, base) if _is_topic(key) else value for key, value in full.items()}


def _is_topic(key: str) -> bool:
    return key.endswith(("topic", "_t"))


def _based(value: object, base: str) -> object:
    if not isinstance(value, str):
        return value
    if value.startswith("~"):
        return base + value[1:]
    return value[:-1] + base if value.endswith("~") else value


def entity(component: str, fields: Fields, object_names: tuple[str, ...], device_names: tuple[str, ...] = ()) -> Entity:
    """Keep of an expanded config what we need; what is missing or odd is as if it were not said."""
    names = (_text(fields, "unique_id"), *object_names, _of_entity_id(fields))
    topic = _text(fields, "topic" if component == "device_automation" else "state_topic")
    availability = tuple(_availabilities(fields))
    others = {_text(fields, key) for key in fields if _is_topic(key) and not _is_command(key)} - {""}
    others -= {topic, *(each.topic for each in availability)}
    return Entity(
        component=component,
        names=tuple(dict.fromkeys(each for each in names if each)),
        device_names=(*device_names, *_device_names(fields)),
        topic=topic,
        template=parse(fields.get("value_template")),
        device_class=_text(fields, "device_class"),
        unit=_text(fields, "unit_of_measurement"),
        on=_text(fields, "payload_on") or "ON",
        off=_text(fields, "payload_off") or "OFF",
        payload=_text(fields, "payload"),
        trigger=f"{_text(fields, 'type')} {_text(fields, 'subtype')}".strip(),
        diagnostic=_text(fields, "entity_category") == "diagnostic",
        availability=availability,
        mode=_text(fields, "availability_mode") or "latest",
        others=tuple(sorted(others)[:16]),
    )


def _is_command(key: str) -> bool:
    return key.endswith(("command_topic", "cmd_t"))


def _availabilities(fields: Fields) -> Iterator[Availability]:
    single = {
        "topic": fields.get("availability_topic"),
        "value_template": fields.get("availability_template"),
        **{key: fields[key] for key in ("payload_available", "payload_not_available") if key in fields},
    }
    several = fields.get("availability")
    for each in [single, *(several if isinstance(several, list) else [])][:16]:
        if isinstance(each, dict) and (topic := _text(each, "topic")):
            yield Availability(
                topic=topic,
                template=parse(each.get("value_template")),
                online=_text(each, "payload_available") or "online",
                offline=_text(each, "payload_not_available") or "offline",
            )


def _of_entity_id(fields: Fields) -> str:
    return (_text(fields, "default_entity_id") or _text(fields, "object_id")).rpartition(".")[2]


def _device_names(fields: Fields) -> list[str]:
    device = fields.get("device")
    if not isinstance(device, dict):
        return []
    full = expanded(device)
    said = full.get("identifiers")
    several = [*(said if isinstance(said, list) else [said])[:4], full.get("name")]
    return [each for each in several if isinstance(each, str) and 0 < len(each) <= _LONGEST]


def _text(fields: Fields, key: str) -> str:
    """Read a text of a bounded length; a flag is written as templates write it."""
    value = fields.get(key)
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else ""
    return str(value)[:_LONGEST] if isinstance(value, bool | float | int) else ""
