"""Tasmota: what its sensors, switches and Zigbee bridge say, by topics whose order is the owner's choice."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from contracts import RefusalReason
from ingest.decode.devices import Fields, Part, Registered, Speech, called, plain, read, registrations, status
from ingest.decode.text import json_of
from ingest.decode.times import instant
from ingest.learned import Known
from ingest.message import Address, Decoded, GatewayMessage, Malformed, unreadable

DIALECT: Final = "tasmota"
#: %prefix% of the FullTopic, which stands before or behind %topic%.
_PREFIXES: Final = frozenset({"tele", "stat"})
_COMMANDS: Final = "cmnd"
#: The messages that are objects of sensors.
_OBJECTS: Final = frozenset({"SENSOR", "STATE", "RESULT", "STATUS8", "STATUS10", "STATUS11"})
#: STATUS replies wrap what SENSOR and STATE say.
_WRAPPERS: Final = ("StatusSNS", "StatusSTS")
_ZIGBEE: Final = "ZbReceived"
#: Objects nest so deep at most.
_DEEPEST: Final = 3


def decode(message: GatewayMessage, address: Address, known: Known) -> Decoded:
    """Read a telemetry or status message; commands and what the firmware says of itself are passed over."""
    device, what = _parted(address.path, registrations(known.home))
    if not device or what == _COMMANDS:
        return Decoded()
    if what == "LWT":
        return status(device, message.payload, known, online="online", offline="offline")
    if what in _OBJECTS:
        return _object(message, device, known, proves=what == "SENSOR")
    if what.startswith("SWITCH"):
        # SwitchTopic: the state, plain or as an object.
        said = plain(message.payload)
        state = said.get("STATE", said.get("TRIG")) if isinstance(said, dict) else said
        name = f"Switch{what.removeprefix('SWITCH').removesuffix('T')}"
        return _spoken({name: state}, device, known)
    return Decoded()


def _parted(path: tuple[str, ...], registered: Registered) -> tuple[str, str]:
    """Cut a topic into the device and what is said of it."""
    *rest, what = path
    prefix = next((place for place in (0, len(rest) - 1) if rest and rest[place] in (*_PREFIXES, _COMMANDS)), None)
    if prefix is None:
        return ("/".join(rest), what) if what in (*_OBJECTS, "LWT") else ("", "")
    if rest[prefix] == _COMMANDS:
        return "/".join(rest), _COMMANDS
    names = rest[:prefix] + rest[prefix + 1 :]
    # `%prefix%/home/%topic%/`: a part that is the same for all devices may stand before the device's own name.
    tails = ["/".join(names[place:]) for place in range(len(names))]
    return called(tails, registered, "/".join(names)), what


def _object(message: GatewayMessage, device: str, known: Known, *, proves: bool) -> Decoded:
    if not message.payload.strip():
        return Decoded()
    said = json_of(message.payload)
    if isinstance(said, Malformed):
        return Decoded(faults=(said,))
    if not isinstance(said, dict):
        return unreadable(RefusalReason.WRONG_SHAPE, "expected an object of sensors")
    for wrapper in _WRAPPERS:
        inner = said.get(wrapper)
        said = inner if isinstance(inner, dict) else said
    return _spoken(said, device, known, proves=proves)


def _spoken(said: Mapping[str, object], device: str, known: Known, *, proves: bool = False) -> Decoded:
    registered = registrations(known.home)
    table = known.profiles.table(DIALECT, device)
    components = dict(_components({name: value for name, value in said.items() if name != _ZIGBEE}))
    several = _several(components)
    parts = [
        Part(names=_names(device, name, alone), name=device if alone else f"{device}/{name}", fields=fields)
        for name, fields in components.items()
        for alone in [not name or name not in several]
    ]
    parts += _zigbee(said, device)
    # Tasmota's own time is local and without its offset: then it is no time, and arrival counts.
    seen = instant(said["Time"]) if isinstance(said.get("Time"), str) else None
    speech = Speech(parts=tuple(parts), table=table, registered=registered, beside=said, seen=seen, proves=proves)
    return read(speech)


def _names(device: str, component: str, alone: bool) -> tuple[str, ...]:
    own = (f"{device}/{component}",) if component else ()
    return (*own, device) if alone else own


def _components(said: Mapping[str, object]) -> Iterator[tuple[str, Fields]]:
    """Give each sensor of a device its fields, by their paths; what belongs to the device itself has no name."""
    own: Fields = {}
    for name, value in said.items():
        match value:
            case dict() if name in ("ENERGY", "Wifi"):
                own |= dict(_flat(name, value))
            case dict():
                yield name, dict(_flat(name, value))
            case _ if name[-1:].isdigit():
                yield name, {name: value}
            case _:
                own[name] = value
    yield "", own


def _flat(path: str, said: Mapping[str, object], depth: int = 1) -> Iterator[tuple[str, object]]:
    for name, value in said.items():
        if not isinstance(value, dict):
            yield f"{path}.{name}", value
        elif depth < _DEEPEST:
            yield from _flat(f"{path}.{name}", value, depth + 1)


def _several(components: Mapping[str, Fields]) -> frozenset[str]:
    """Name the sensors that measure what another one of the device measures too: each needs a name of its own."""
    measures = {
        name: {path.rpartition(".")[2].rstrip("0123456789") for path in fields} for name, fields in components.items()
    }
    by_how_many = Counter(measure for name, own in measures.items() if name for measure in own)
    return frozenset(
        name for name, own in measures.items() if name and any(by_how_many[measure] > 1 for measure in own)
    )


def _zigbee(said: Mapping[str, object], bridge: str) -> Iterator[Part]:
    received = said.get(_ZIGBEE)
    # With SetOption118 the wrapper is left out, with SetOption119 the address as well.
    bodies = received if isinstance(received, dict) else said if "Device" not in said else {bridge: said}
    for address, body in bodies.items():
        if isinstance(body, dict) and ("Device" in body or received is bodies):
            yield _zigbee_device(bridge, address, body)


def _zigbee_device(bridge: str, address: str, body: Mapping[str, object]) -> Part:
    known_as = [str(name) for name in (body.get("Name"), body.get("Device"), address, bridge) if name]
    endpoint = body.get("Endpoint")
    names = [f"{name}/{endpoint}" for name in known_as] + known_as + [f"{bridge}/{name}" for name in known_as]
    return Part(names=tuple(names), name=known_as[0], fields=dict(_flat(_ZIGBEE, body)))
