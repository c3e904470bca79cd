"""What holds for every decoder, and messages that look like a device's without being one."""

import json
import math
from collections.abc import Callable
from datetime import timedelta

from hypothesis import strategies as st

from contracts import WatchedHome, kind_of
from ingest.admit import POSSIBLE
from ingest.message import GatewayMessage
from tests.ingest.messages import NOON, SHIPPED, a_message, taken
from tests.ingest.street import a_watched_home

KINDS = ("motion", "contact", "help_button", "smoke", "temperature", "power", "occupancy", "battery", "mood")

numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.integers(-50, 120)
words = st.sampled_from(("ON", "OFF", "on", "true", "online", "SINGLE", "single", "open", "close", "", "nan", "F", "C"))
leaves = st.none() | st.booleans() | numbers | words | st.text(max_size=6)
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


def names_of(dialect: str) -> st.SearchStrategy[str]:
    """The names that the profile of a dialect has for its fields, and others."""
    known = sorted({part.replace("#", "1") for path in SHIPPED.table(dialect).fields for part in path.split(".")})
    return st.sampled_from(known) | st.text(max_size=6)


def objects_of(dialect: str) -> st.SearchStrategy[dict[str, object]]:
    """Objects of such fields, two deep."""
    names = names_of(dialect)
    inner = st.dictionaries(names, leaves | st.lists(leaves, max_size=4), max_size=4)
    return st.dictionaries(names, leaves | inner | st.dictionaries(names, inner, max_size=2), max_size=4)


def homes(*names: str) -> st.SearchStrategy[WatchedHome]:
    """Homes in which some of these are registered, as anything."""
    registered = st.dictionaries(st.sampled_from(names), st.sampled_from(KINDS), max_size=len(names))
    make: Callable[[dict[str, str]], WatchedHome] = lambda sensors: a_watched_home("h-0001", **sensors)  # noqa: E731
    return registered.map(make)


def written(said: object) -> bytes:
    return said if isinstance(said, bytes) else json.dumps(said).encode()


def only_values_or_reasons(path: str, payload: bytes, home: WatchedHome, *, retained: bool = False) -> None:
    """Whatever comes, it becomes possible values or reasons, and a second arrival becomes the same."""
    message = a_message(payload, path, retained=retained)
    intake = taken(message, home)
    for reading in intake.readings:
        for field, (least, most) in POSSIBLE.items():
            number = getattr(reading.value, field, None)
            assert number is None or (math.isfinite(number) and least <= number <= most)
        assert timedelta(minutes=-2) <= NOON - reading.observed_at <= timedelta(hours=24)
        assert not retained or kind_of(reading.value) in ("device_status", "gateway_status")
    assert all(refusal.detail for refusal in intake.refusals)
    sent_again = GatewayMessage(
        topic=message.topic, payload=payload, received_at=NOON, retained=retained, duplicate=True
    )
    again = taken(sent_again, home)
    assert [each.reading_id for each in again.readings] == [each.reading_id for each in intake.readings]
