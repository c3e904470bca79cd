"""Payloads a little, or quite, beside what gateways send: bytes turned, pieces doubled, values and names exchanged."""

import json
from collections.abc import Sequence
from random import Random
from typing import Final

from bench.fuzzing.seeds import Seed
from ingest.profiles import Profiles

_NUMBERS: Final = (
    b"0",
    b"-1",
    b"1e308",
    b"1e999",
    b"-0.0",
    b"18446744073709551616",
    b"9" * 400,
    b"1.7e9",
    b"NaN",
    b"255",
)
_ODD: Final[tuple[object, ...]] = (
    *(None, True, False, 0, -1, 1, 2**63, 2**64, 1e308, 0.1, "", "ON", "OFF", "true", "0", "nan", "\x00", "가" * 40),
    *(
        [],
        {},
        [[]],
        [None] * 40,
        {"": {}},
        "x" * 300,
        "2026-11-22T03:00:00Z",
        "9999-12-31T23:59:59+14:00",
        1763780400000,
    ),
)
_BYTES: Final = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"[" * 2_000,
    b"{" * 50,
    b"\x80",
    b"\x9f" * 20,
    b'"',
    b"\xed\xa0\x80",
    b"\x1b",
)
_PARTS: Final = (
    "",
    "set",
    "get",
    "bridge",
    "state",
    "SENSOR",
    "tele",
    "status",
    "events",
    "rpc",
    "가",
    "a" * 200,
    "0",
    "online",
)


class Mutator:
    """A stream of payloads that the same seed makes again."""

    def __init__(self, seeds: Sequence[Seed], profiles: Profiles, seed: int) -> None:
        self._seeds = seeds
        self._random = Random(seed)
        fields = {name for dialect in profiles.dialects.values() for name in dialect.table.fields}
        self._names = sorted({part.replace("#", "1") for name in fields for part in (name, name.rpartition(".")[2])})

    def next(self) -> Seed:
        """Make the next topic and payload."""
        topic, payload = self._random.choice(self._seeds)
        if self._random.random() < 0.2:
            topic = self._topic(topic)
        if self._random.random() < 0.6:
            payload = self._structured(payload)
        else:
            for _ in range(self._random.randint(1, 4)):
                payload = self._bytes(payload)
        return topic, payload[:65_536]

    def _topic(self, topic: str) -> str:
        parts = topic.split("/")
        place = self._random.randrange(len(parts))
        match self._random.randrange(3):
            case 0:
                parts[place] = self._random.choice(_PARTS)
            case 1:
                parts.insert(place, self._random.choice(_PARTS))
            case _:
                del parts[place]
        return "/".join(parts) or "x"

    def _bytes(self, payload: bytes) -> bytes:
        at = self._random.randint(0, len(payload))
        end = min(len(payload), at + self._random.randint(0, 8))
        match self._random.randrange(6):
            case 0:
                return payload[:at] + self._random.randbytes(1) + payload[at + 1 :]
            case 1:
                return payload[:at] + payload[end:]
            case 2:
                return payload[:at] + self._random.choice(_NUMBERS) + payload[end:]
            case 3:
                return payload[:at] + self._random.choice(_BYTES) + payload[at:]
            case 4:
                return payload[:at] + self._random.choice(self._seeds)[1][at:]
            case _:
                return payload[:end] + payload[at:]

    def _structured(self, payload: bytes) -> bytes:
        try:
            said = json.loads(payload)
        except (ValueError, RecursionError):
            return self._bytes(payload)
        for _ in range(self._random.randint(1, 3)):
            said = self._changed(said)
        return json.dumps(said).encode()

    def _changed(self, said: object) -> object:
        """Change one place of a value: exchange it, rename it, double it, or look deeper."""
        if isinstance(said, dict) and said and self._random.random() < 0.8:
            name = self._random.choice(list(said))
            match self._random.randrange(4):
                case 0:
                    return {**said, self._random.choice(self._names): said[name]}
                case 1:
                    return {key: value for key, value in said.items() if key != name}
                case _:
                    return {**said, name: self._changed(said[name])}
        if isinstance(said, list) and said and self._random.random() < 0.8:
            place = self._random.randrange(len(said))
            return [*said[:place], self._changed(said[place]), *said[place + self._random.randrange(2) :]]
        return self._random.choice(_ODD)
