"""Sparkplug B 3.0: nodes and devices are born with their words, speak in aliases, and die by session."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from contracts import RefusalReason, Value
from contracts.values import DeviceStatus, GatewayStatus
from ingest.admit import LONGEST_SENSOR_ID
from ingest.declarations import Declaration
from ingest.decode import sparkplug_births as births
from ingest.decode.fields import meanings
from ingest.decode.plain import registered
from ingest.decode.sparkplug_births import DIALECT, Birth, Node
from ingest.decode.sparkplug_payloads import Metric, Payload, read, typed
from ingest.learned import Known
from ingest.message import Address, Command, Decoded, Draft, GatewayMessage, Malformed, unreadable

_NAMESPACE: Final = "spBv1.0"
#: A metric stands in so many folders at most.
_DEEPEST: Final = 12
_GATEWAY: Final = "gateway"
#: Metrics by which a node is steered and by which it counts itself: none of a sensor.
_STEERING: Final = ("Node Control/", "Device Control/", "Node Info/", "Device Info/", "bdSeq")

Found = Draft | Malformed


@dataclass(frozen=True, kw_only=True, slots=True)
class _Talk:
    """One message with what is known of who sends it."""

    message: GatewayMessage
    node: Node
    payload: Payload
    known: Known
    sensors: Mapping[str, str]
    #: Empty: the node itself.
    device: str = ""


def decode(message: GatewayMessage, address: Address, known: Known) -> Decoded:
    """Read births, data and deaths; what is said to nodes, and of hosts, passes on the same tree."""
    match address.path:
        case (space, "STATE", *_) if space == _NAMESPACE:
            return Decoded()
        case (space, _, "NCMD" | "DCMD", *_) if space == _NAMESPACE:
            return Decoded()
        case (space, group, "NBIRTH" | "NDATA" | "NDEATH" as what, node) if space == _NAMESPACE:
            return _heard(what, message, Node(group=group, name=node), "", known)
        case (space, group, "DBIRTH" | "DDATA" | "DDEATH" as what, node, device) if space == _NAMESPACE:
            return _heard(what, message, Node(group=group, name=node), device, known)
        case _:
            detail = "expected spBv1.0/<group>/<NBIRTH, NDATA, NDEATH, DBIRTH, DDATA, DDEATH>/<node>[/<device>]"
            return unreadable(RefusalReason.BAD_TOPIC, detail)


def _heard(what: str, message: GatewayMessage, node: Node, device: str, known: Known) -> Decoded:
    payload = read(message.payload)
    if isinstance(payload, Malformed):
        return Decoded(faults=(payload,))
    sensors = registered(known.home)
    talk = _Talk(message=message, node=node, device=device, payload=payload, known=known, sensors=sensors)
    match what:
        case "NDEATH":
            return _node_dies(talk)
        case "NBIRTH":
            return _node_is_born(talk)
        case "DBIRTH":
            return _counted(talk, _device_is_born(talk))
        case "DDEATH":
            return _counted(talk, _device_dies(talk))
        case _:
            return _counted(talk, _data(talk))


def _node_dies(talk: _Talk) -> Decoded:
    """Tell that a node died, unless a newer session lives: then this is the late will of an older one."""
    session, living = births.session_in(talk.payload), births.node_of(talk.node, talk.known.declared)
    if living and session is not None and living.session is not None and living.session != session:
        return Decoded()
    # A will is written when the node connects, so its time is not the time of its death: arrival is.
    death = Draft(sensor_id=_GATEWAY, value=GatewayStatus(online=False, session=session))
    return Decoded(drafts=(death,), declared=tuple(births.forgotten(talk.node, talk.known.declared)))


def _node_is_born(talk: _Talk) -> Decoded:
    session = births.session_in(talk.payload)
    birth = Draft(sensor_id=_GATEWAY, value=GatewayStatus(online=True, session=session), observed_at=talk.payload.at)
    found = list(_told(talk, births.born(talk.payload, session)))
    # Its devices are born anew after it, and until then their aliases mean nothing.
    others = births.forgotten(talk.node, talk.known.declared, devices_only=True)
    news = (
        *others,
        births.node_declared(talk.node, talk.payload, session),
        births.counted(talk.node, talk.payload.seq),
    )
    return _sorted((birth, *found), declared=news)


def _device_is_born(talk: _Talk) -> Decoded:
    there = Draft(sensor_id=_sensor(talk, ""), value=DeviceStatus(online=True), observed_at=talk.payload.at)
    found = list(_told(talk, births.born(talk.payload, None)))
    if not found and talk.device in talk.sensors:
        detail = "a registered sensor, and none of the metrics of its birth is known"
        found.append(Malformed(reason=RefusalReason.NOTHING_WE_KNOW, detail=detail))
    return _sorted((there, *found), declared=(births.device_declared(talk.node, talk.device, talk.payload),))


def _device_dies(talk: _Talk) -> Decoded:
    gone = Draft(sensor_id=_sensor(talk, ""), value=DeviceStatus(online=False), observed_at=talk.payload.at)
    return _sorted((gone,), declared=(births.device_forgotten(talk.node, talk.device),))


def _data(talk: _Talk) -> Decoded:
    node = births.node_of(talk.node, talk.known.declared)
    device = births.device_of(talk.node, talk.device, talk.known.declared) if talk.device else node
    decoded = _sorted(_told(talk, births.both(device, node)))
    # Named metrics mean something without their birth, but what comes next may be an alias.
    return decoded if node and device else _asked(talk, decoded)


def _counted(talk: _Talk, decoded: Decoded) -> Decoded:
    """Compare the message's number with the last one; after a gap the node must say its words again."""
    before, seq = births.count_of(talk.node, talk.known.declared), talk.payload.seq
    if seq is None:
        return decoded
    decoded = _with(decoded, declared=(births.counted(talk.node, seq),))
    if any(fault.reason == RefusalReason.UNDECLARED for fault in decoded.faults):
        decoded = _asked(talk, decoded)
    if before is None or talk.message.duplicate or seq in (before, (before + 1) % 256):
        return decoded
    fault = Malformed(reason=RefusalReason.SEQUENCE_GAP, detail=f"expected seq {(before + 1) % 256}, got {seq}")
    return _asked(talk, _with(decoded, faults=(fault,)))


def _asked(talk: _Talk, decoded: Decoded) -> Decoded:
    """Ask the node to be born again, but not so soon after it was asked."""
    now, declared = talk.message.received_at, talk.known.declared
    if decoded.commands or not births.may_ask(talk.node, declared, now):
        return decoded
    topic = f"{DIALECT}/{_NAMESPACE}/{talk.node.group}/NCMD/{talk.node.name}"
    command = Command(topic=topic, payload=births.rebirth(now))
    return _with(decoded, declared=(births.asked(talk.node, now),), commands=(command,))


def _with(
    decoded: Decoded,
    *,
    faults: tuple[Malformed, ...] = (),
    declared: tuple[Declaration, ...] = (),
    commands: tuple[Command, ...] = (),
) -> Decoded:
    return Decoded(
        drafts=decoded.drafts,
        faults=(*decoded.faults, *faults),
        declared=(*decoded.declared, *declared),
        commands=(*decoded.commands, *commands),
    )


def _sorted(found: Iterable[Found], declared: tuple[Declaration, ...] = ()) -> Decoded:
    each = list(found)
    return Decoded(
        drafts=tuple(one for one in each if isinstance(one, Draft)),
        faults=tuple(one for one in each if isinstance(one, Malformed)),
        declared=declared,
    )


def _told(talk: _Talk, birth: Birth) -> Iterator[Found]:
    for metric in talk.payload.metrics:
        word = birth.word_of(metric)
        if word is None:
            detail = "no birth gave this alias a name; the node is asked for its birth"
            yield Malformed(reason=RefusalReason.UNDECLARED, detail=detail)
        elif not word.name.startswith(_STEERING):
            yield from _read(talk, metric, word.name, typed(metric.value, metric.datatype or word.datatype), word.unit)


def _read(talk: _Talk, metric: Metric, name: str, value: bool | int | float | str | None, unit: str) -> Iterator[Found]:
    if value is None:
        return
    sensor_id, device = _sensor(talk, name), talk.device or talk.node.name
    found = meanings(
        {name: value},
        talk.known.profiles,
        dialect=DIALECT,
        device=device,
        kind=talk.sensors.get(sensor_id, ""),
        unit=unit,
        own=sensor_id in (name, f"{device}/{name}"),
    )
    for meant, because in found:
        yield meant if isinstance(meant, Malformed) else _draft(sensor_id, meant, metric, because)


def _draft(sensor_id: str, value: Value, metric: Metric, because: str) -> Draft:
    return Draft(
        sensor_id=sensor_id,
        value=value,
        observed_at=metric.at,
        time_unreadable=metric.time_unreadable,
        historical=metric.historical,
        because=because,
    )


def _sensor(talk: _Talk, metric: str) -> str:
    """Name the sensor: the registered one that fits best, else the device, else the folder of a node's own metric."""
    device, sensors = talk.device or talk.node.name, talk.sensors
    folders = metric.split("/")
    # No sensor is called by a longer name, and each folder of it would be written out again.
    longest = len(folders) if 0 < len(metric) <= LONGEST_SENSOR_ID and len(folders) <= _DEEPEST else 0
    paths = ["/".join(folders[:length]) for length in range(longest, 0, -1)]
    names = (*(f"{device}/{path}" for path in paths), *paths, device)
    folder = device if talk.device or len(folders) < 2 else "/".join(folders[:-1])
    return next((name for name in names if name in sensors), folder)
