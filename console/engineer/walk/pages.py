"""A walk test as an engineer reads it: a tile for each sensor, and the result as a certificate."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from alerts.model import Alert
from console.people import masked
from console.rows import room_of, sentence_of
from console.spans import ZONE, clock_time, countdown
from console.words import Words
from contracts import HomeId
from homes.model import District
from homes.walk_test import Proof, SensorProof, WalkTest, is_genuine

#: Contact ID: the point was tested and is well, or it was not.
TESTED_OK: Final = "611"
NOT_TESTED: Final = "612"
_ALARMS: Final = frozenset({"smoke", "heat", "gas", "carbon_monoxide", "water_leak", "fall"})
_TOLD_HOW: Final = frozenset({"contact", "help_button", "motion", "presence", "occupancy"})
#: The verifying code is read aloud and typed: groups of four.
_GROUP: Final = 4
_CODE_LETTERS: Final = 32


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One sensor of a walk test."""

    sensor_id: str
    name: str
    room: str
    proof: Proof
    passed: bool
    state: str
    todo: str
    heard: str
    signals: int
    value: str
    bars: int | None
    link: str
    weak: bool
    battery: str
    low: bool
    #: Contact ID's code for it, and the word.
    contact_id: str
    contact_word: str


@dataclass(frozen=True, kw_only=True)
class WalkView:
    """A walk test, running or over."""

    test_id: str
    home_id: HomeId
    district: str
    engineer: str
    begun: str
    ended: str
    left: str
    left_seconds: int
    proven: int
    tiles: tuple[Tile, ...]
    #: Those that did not pass, by name.
    lacking: tuple[str, ...]
    passed: bool
    genuine: bool
    code: str
    #: The engineer's name is masked: a copy for reading, and no certificate to hand over.
    masked: bool = False


@dataclass(frozen=True, kw_only=True)
class TestAlarm:
    """An alert that was opened during the test, and stays in the house."""

    __test__ = False  # The name begins like a test's; it is not one.

    at: str
    text: str


def view_of(
    test: WalkTest, sensors: Iterable[SensorProof], district: District, words: Words, now: datetime
) -> WalkView:
    """Write a walk test with what was heard of its sensors so far."""
    tiles = tuple(_tile(sensor, words, over=test.ended_at is not None) for sensor in sensors)
    left = max(test.until_at - now, test.until_at - test.until_at)
    return WalkView(
        test_id=test.test_id,
        home_id=test.home_id,
        district=f"{district.city} {district.gu} {district.dong}",
        engineer=test.engineer,
        begun=_moment(test.begun_at),
        ended=_moment(test.ended_at) if test.ended_at else "",
        left=countdown(left),
        left_seconds=int(left.total_seconds()),
        proven=sum(tile.passed for tile in tiles),
        tiles=tiles,
        lacking=tuple(
            f"{tile.name} · {tile.room} ({tile.sensor_id}): {tile.state}" for tile in tiles if not tile.passed
        ),
        passed=test.passed,
        genuine=is_genuine(test),
        code=code_of(test.digest),
    )


def masked_copy(view: WalkView) -> WalkView:
    """Give a result for whoever reads masked; what verifies it is of the whole one."""
    return replace(view, engineer=masked(view.engineer), masked=True)


def code_of(digest: str) -> str:
    """Write the code by which a result is verified, as a person reads it."""
    letters = digest[:_CODE_LETTERS]
    return " ".join(letters[place : place + _GROUP] for place in range(0, len(letters), _GROUP))


def alarms_under(alerts: Iterable[Alert], test: WalkTest, words: Words, now: datetime) -> list[TestAlarm]:
    """Tell which alerts of the home were opened under this test: the whole way works, and nobody was called."""
    return [
        TestAlarm(at=clock_time(alert.opened_at, now=now, zone=ZONE), text=sentence_of(alert, words))
        for alert in alerts
        if alert.test and alert.opened_at >= test.begun_at
    ]


def name_of_kind(kind: str, words: Words) -> str:
    """Name a kind of sensor; a kind of tomorrow is named by its code."""
    return words.texts.get(f"sensor.{kind}", kind)


def _tile(sensor: SensorProof, words: Words, *, over: bool) -> Tile:
    code = TESTED_OK if sensor.proof is Proof.PROVEN else NOT_TESTED
    return Tile(
        sensor_id=sensor.sensor_id,
        name=name_of_kind(sensor.kind, words),
        room=room_of(sensor.room, words),
        proof=sensor.proof,
        passed=sensor.passed,
        state=words(_state(sensor, over=over)),
        todo=words(f"todo.{_todo(sensor.kind)}"),
        heard=f"{sensor.heard_at.astimezone(ZONE):%H:%M:%S}" if sensor.heard_at else "",
        signals=sensor.signals,
        value=sensor.value,
        bars=sensor.bars,
        link=f"{sensor.link:g}" if sensor.link is not None else "",
        weak=sensor.weak,
        battery=f"{sensor.battery_percent:g} %" if sensor.battery_percent is not None else "",
        low=sensor.battery_low,
        contact_id=code,
        contact_word=words(f"contact_id.{code}"),
    )


def _state(sensor: SensorProof, *, over: bool) -> str:
    if sensor.proof is Proof.PROVEN and sensor.weak:
        return "walk.weak"
    if sensor.proof is Proof.NOT_HEARD and not over:
        return "walk.waiting"
    return f"walk.{sensor.proof}"


def _todo(kind: str) -> str:
    if kind in _ALARMS:
        return "alarm"
    return kind if kind in _TOLD_HOW else "other"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
