"""Discovery: a config is kept as a declaration, and each topic that it names remembers which configs listen to it."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Final

import msgspec

from contracts import RefusalReason
from ingest.declarations import Declaration, Declared
from ingest.decode.homeassistant_entities import COMPONENTS, MOST_ENTITIES, SENSING, Entity, Fields, entity, expanded
from ingest.decode.text import json_of
from ingest.message import MOST_READINGS, Decoded, Malformed

DIALECT: Final = "homeassistant"
#: So many configs may speak on one topic; a coordinator's state is what all its devices share.
_MOST_LISTENING: Final = 200
#: A device of so many components says so much of them.
_MOST_PARTS: Final = 40 * MOST_ENTITIES
#: Each state asks for the configs that explain it.
_REMEMBERED: Final = 128
_SHARED: Final = ("state_topic", "availability_topic", "availability_template", "availability_mode",
                  "payload_available", "payload_not_available", "device")  # fmt: skip

_entities: Final = msgspec.json.Decoder(tuple[Entity, ...])
_names: Final = msgspec.json.Decoder(tuple[str, ...])
_encoder: Final = msgspec.json.Encoder()


def config_of(path: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """Tell what a config's topic says: the component, and the node and object that name it; None: it is no config."""
    known = COMPONENTS | {"device"}
    match path:
        case (*_, component, node, name, "config") if component in known and node and name:
            return component, (node, name)
        case (*_, component, name, "config") if component in known and name:
            return component, (name,)
        case _:
            return None


def configured(path: tuple[str, ...], payload: bytes, declared: Declared) -> Decoded:
    """Declare what a config says; an empty one takes it back. It is so whether or not the broker kept it."""
    found = config_of(path)
    if found is None:
        return Decoded()
    entities: tuple[Entity, ...] | Malformed = ()
    if payload.strip():
        entities = _read(payload, *found)
    if isinstance(entities, Malformed):
        return Decoded(faults=(entities,))
    name = f"config {'/'.join(path[:-1])}"
    news = (_declaration(name, _encoder.encode(entities) if entities else b""), *_heard(name, entities, declared))
    return Decoded(declared=news, faults=tuple(_troubles(entities)))


def _read(payload: bytes, component: str, names: tuple[str, ...]) -> tuple[Entity, ...] | Malformed:
    said = json_of(payload, most_parts=_MOST_PARTS)
    if isinstance(said, Malformed):
        return said
    if not isinstance(said, dict):
        return Malformed(reason=RefusalReason.WRONG_SHAPE, detail="expected an object as the config of a discovery")
    full = expanded(said)
    if component != "device":
        own = names if len(names) == 1 else ("/".join(names), names[1])
        return (entity(component, full, own, names[:-1]),)
    parts = full.get("components")
    if not isinstance(parts, dict) or len(parts) > MOST_ENTITIES:
        detail = f"expected the components of a device, at most {MOST_ENTITIES}"
        return Malformed(reason=RefusalReason.WRONG_SHAPE, detail=detail)
    found = (_component(full, f"{key}", part, names, said.get("~")) for key, part in parts.items())
    return tuple(each for each in found if each)


def _component(shared: Fields, key: str, part: object, names: tuple[str, ...], base: object) -> Entity | None:
    if not isinstance(part, dict):
        return None
    own = expanded({**({"~": base} if base is not None else {}), **part})
    platform = own.get("platform")
    # Nothing but its platform: that is how a device takes one of its components back.
    if not isinstance(platform, str) or platform not in COMPONENTS or own.keys() <= {"platform", "availability"}:
        return None
    inherited = {each: shared[each] for each in _SHARED if each in shared}
    available = own["availability"] or shared["availability"]
    return entity(platform, {**inherited, **own, "availability": available}, (f"{names[-1]}/{key}", key), names[-1:])


def _troubles(entities: Iterable[Entity]) -> Iterable[Malformed]:
    """Name each form of a template that is beyond us: what it should have told will not be heard."""
    ours = [each for each in entities if each.component in SENSING]
    templates = [each.template for each in ours] + [one.template for each in ours for one in each.availability]
    for trouble in dict.fromkeys(each.trouble for each in templates if each.trouble):
        yield unread(trouble)


def unread(trouble: str) -> Malformed:
    """Refuse a template by what it holds beyond the forms that are read."""
    detail = f"expected value, or a path in value_json with float, int, round; got {trouble}"
    return Malformed(reason=RefusalReason.TEMPLATE_NOT_READ, detail=detail)


def _heard(name: str, entities: Iterable[Entity], declared: Declared) -> Iterable[Declaration]:
    """Keep the topics' lists of configs true to what this config says now, and said before."""
    before = {topic for each in _kept(name, declared) for topic in each.topics()}
    now = {topic for each in entities for topic in each.topics()}
    for topic in sorted(before | now):
        others = [each for each in listening(topic, declared) if each != name]
        there = [*others, name] if topic in now and len(others) < _MOST_LISTENING else others
        yield _declaration(f"topic {topic}", _encoder.encode(sorted(there)) if there else b"")


def _kept(name: str, declared: Declared) -> tuple[Entity, ...]:
    kept = declared.get((DIALECT, name))
    return () if kept is None else _understood(kept.meaning)


@lru_cache(maxsize=_REMEMBERED)
def _understood(meaning: bytes) -> tuple[Entity, ...]:
    try:
        return _entities.decode(meaning)
    except msgspec.MsgspecError:  # stored by another release
        return ()


def listening(topic: str, declared: Declared) -> tuple[str, ...]:
    """Name the configs that listen to a topic."""
    kept = declared.get((DIALECT, f"topic {topic}"))
    if kept is None:
        return ()
    try:
        return _names.decode(kept.meaning)
    except msgspec.MsgspecError:
        return ()


def entities_of(topic: str, declared: Declared) -> list[Entity]:
    """Find every entity that may speak on a topic, as many as one message may be read for."""
    found = (each for name in listening(topic, declared) for each in _kept(name, declared))
    return list(islice((each for each in found if topic in each.topics()), MOST_READINGS))


def _declaration(name: str, meaning: bytes) -> Declaration:
    return Declaration(dialect=DIALECT, name=name, meaning=meaning)
