"""What the load says: what homes say on a usual morning, faster than clocks run, and so that nothing is found in it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import msgspec

from bench.load.wire import topic_bytes
from bench.samples import street_of
from bench.stream.lived import BEGAN, played, seen_of
from contracts import HomeId, SensorId, Value, WatchPlan
from contracts.values import HelpButton, LinkQuality, Motion
from homes.model import Policy, PolicyStep, ResponderKind
from homes.street import Street
from simulator.dialects import Dialect, topic_of

#: So much of a day is said, and then again from its beginning.
_PLAYED: Final = timedelta(hours=4)
_DAY_SECONDS: Final = 86_400
_BUTTON: Final = SensorId("help-bedroom")
#: One push for each press: how escalation goes on is measured by `python -m bench alerts`.
_POLICY: Final = Policy(
    policy_id="load",
    name="가족",
    steps=(PolicyStep(after_seconds=0, kinds=(ResponderKind.FAMILY,)),),
    repeat_every_seconds=3_600,
)


def city(homes: int, *, webhook: str) -> Street:
    """Invent a city; its gateways may be silent, for a hundred thousand of them speak at the pace of the load."""
    plan = WatchPlan(gateway_silent_seconds=_DAY_SECONDS)
    street = street_of(homes, webhook=webhook)
    return replace(
        street,
        policies=(_POLICY,),
        homes=tuple(replace(home, plan=plan, policy=_POLICY) for home in street.homes),
    )


def names(homes: int) -> list[str]:
    """Name all homes."""
    return [f"h-{number + 1:04d}" for number in range(homes)]


def readings_a_day() -> float:
    """Tell how many readings a home sends in a day at its own pace, its gateway's heartbeats counted."""
    homes = played()
    day = timedelta(seconds=_DAY_SECONDS)
    return sum(len(seen_of(home, number, BEGAN, BEGAN + day)) for number, home in enumerate(homes)) / len(homes)


def words() -> list[list[bytes]]:
    """Write down what some homes say, each reading as it stands in a message."""
    return [list(_words(number)) for number in range(len(played()))]


def press() -> bytes:
    """Write down a press."""
    return _word(_BUTTON, HelpButton())


def heads(names: Sequence[str]) -> list[tuple[bytes, bytes]]:
    """Write down for each home its topic and how its messages begin, up to their number."""
    return [
        (
            topic_bytes(topic_of(HomeId(home), Dialect.NATIVE, "readings")),
            f'{{"home":"{home}","session":1,"seq":'.encode(),
        )
        for home in names
    ]


def payload(head: bytes, seq: int, word: bytes) -> bytes:
    """Put a message together."""
    return b'%b%d,"readings":[%b]}' % (head, seq, word)


def _words(number: int) -> Iterator[bytes]:
    held: dict[SensorId, Value] = {}
    for _, sensor, value in seen_of(played()[number], number, BEGAN, BEGAN + _PLAYED):
        # A door that opens hundreds of times as often would be a broken one, and air that warms so fast a fire.
        lively = isinstance(value, Motion | LinkQuality)
        yield _word(sensor, value if lively else held.setdefault(sensor, value))


def _word(sensor: SensorId, value: Value) -> bytes:
    return msgspec.json.encode({"sensor": sensor, "value": value})
