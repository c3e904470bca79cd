"""A chunk: one sixteenth of the homes of a partition, as a state machine with its own clock and place in the input."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from sys import intern
from typing import Final

import msgspec

from contracts import Finding, HomeId, Reading, ReadingBatch, WatchedHome
from contracts.values import (
    CarbonMonoxide,
    Fall,
    Gas,
    GatewayStatus,
    Heat,
    HelpButton,
    Smoke,
    Tamper,
    Voice,
    WaterLeak,
)
from detectors.gate import ALWAYS, Gate, Gates, patience_of
from detectors.remember import remember
from detectors.sharing import shared
from detectors.state import HomeState, speaks
from detectors.watch import BY_CLOCK, LIFE_SAFETY, WAKERS, watch, watch_clock, watch_gated

#: Between two batches the partition's clock moves at most so far: a longer gap is our deafness, not the homes' silence.
LONGEST_GAP: Final = timedelta(seconds=30)
#: The clock's detectors look so often.
LOOK_EVERY: Final = timedelta(seconds=5)
#: These are judged at once, one by one: what begins and ends within one batch was still a cry.
_SUDDEN: Final = frozenset({HelpButton, Voice, Fall, Smoke, Heat, Gas, CarbonMonoxide, WaterLeak, Tamper})


class Chunk(msgspec.Struct, kw_only=True):
    """The state of some homes after the input up to `offset`. Mutable, like HomeState: one worker owns it."""

    #: The last record that it has seen; -1: none.
    offset: int = -1
    #: How often its input was made anew before: an offset says nothing about the input of another lineage.
    lineage: int = 0
    #: The newest time of a batch: the partition's clock.
    batched_at: datetime | None = None
    #: How long we listened in all.
    listened: timedelta = timedelta(0)
    homes: dict[HomeId, WatchedHome] = {}
    states: dict[HomeId, HomeState] = {}


def apply(chunk: Chunk, batch: ReadingBatch, offset: int, gates: Gates | None = None) -> tuple[Finding, ...]:
    """Take a batch's part for this chunk; a record that it has seen changes nothing."""
    if offset <= chunk.offset:
        return ()
    chunk.offset = offset
    # Who does not hear the gateways says nothing of their silence: the clock stands, and nobody looks at it.
    looks = batch.listened and _turn(chunk, batch.batched_at)
    if not looks and not batch.homes and not batch.readings:
        return ()
    return tuple(_findings(chunk, batch, Gates() if gates is None else gates, looks=looks))


def _findings(chunk: Chunk, batch: ReadingBatch, gates: Gates, *, looks: bool) -> list[Finding]:
    findings: list[Finding] = []
    for home in batch.homes:
        _enrol(chunk, home, batch.batched_at)
        gates.forget(home.home_id)
    for home_id, woken in _hear(chunk, batch.readings, gates, findings).items():
        findings += _watch_spoken(chunk, gates[home_id], home_id, woken)
    if looks:
        _look(chunk, gates, findings)
    return findings


def _hear(chunk: Chunk, readings: Iterable[Reading], gates: Gates, findings: list[Finding]) -> dict[HomeId, int]:
    """Remember what was said; tell which homes must be judged, and who is woken there."""
    spoke: dict[HomeId, int] = {}
    listened = chunk.listened
    for reading in readings:
        home_id = reading.home_id
        gate = gates.get(home_id) or _gate(chunk, home_id, gates)
        state, kind = gate.state, type(reading.value)
        remember(state, reading)
        if kind is not GatewayStatus or speaks(reading):
            state.listened_at = listened
        woken = WAKERS.woken_by(reading)
        if kind in _SUDDEN:
            findings += _watch_spoken(chunk, gate, home_id, spoke.get(home_id, 0) | woken)
            spoke[home_id] = 0
        # Most words wake nobody, and come before anybody is due.
        elif woken or state.watermark is None or state.watermark >= gate.quiet_until:
            spoke[home_id] = spoke.get(home_id, 0) | woken
    return spoke


def _gate(chunk: Chunk, home_id: HomeId, gates: Gates) -> Gate:
    state, home = chunk.states.get(home_id), chunk.homes.get(home_id)
    home_id = HomeId(intern(home_id))
    if state is None:
        state = chunk.states[home_id] = HomeState(listened_at=chunk.listened)
    patience = patience_of(BY_CLOCK, home) if home else timedelta(0)
    gate = gates[home_id] = Gate(state=state, home=home, patience=patience)
    return gate


def _look(chunk: Chunk, gates: Gates, findings: list[Finding]) -> None:
    """Ask the clock's detectors about the homes whose gateways may have been silent for too long."""
    if chunk.listened < gates.patient_until:
        chosen: Iterable[HomeId] = list(gates.silent)
    else:
        chosen = chunk.homes
        gates.silent.clear()
        gates.patient_until = timedelta.max
    for home_id in chosen:
        gate = gates.get(home_id) or _gate(chunk, home_id, gates)
        state = gate.state
        if state.told_by_clock or chunk.listened - state.listened_at >= gate.patience:
            gates.silent[home_id] = None
            gate.quiet_until = ALWAYS
            findings += _listen(chunk, state, chunk.homes[home_id])
        else:
            gates.silent.pop(home_id, None)
            gates.patient_until = min(gates.patient_until, state.listened_at + gate.patience)


def _turn(chunk: Chunk, at: datetime) -> bool:
    """Turn the clock; tell whether its detectors must look."""
    if chunk.batched_at is None:
        chunk.batched_at = at
        return False
    before = chunk.listened // LOOK_EVERY
    if at > chunk.batched_at:
        chunk.listened += min(at - chunk.batched_at, LONGEST_GAP)
        chunk.batched_at = at
    return chunk.listened // LOOK_EVERY > before


def _enrol(chunk: Chunk, home: WatchedHome, at: datetime) -> None:
    known = chunk.homes.get(home.home_id)
    if known is not None and home.version < known.version:
        return
    home = chunk.homes[home.home_id] = shared(home)
    state = chunk.states.setdefault(home.home_id, HomeState(listened_at=chunk.listened))
    if state.enrolled_at is None:
        state.enrolled_at = at
        state.listened_at = chunk.listened
    for sensor in home.sensors:
        state.sensor_enrolled.setdefault(sensor.sensor_id, state.watermark or at)


def _watch_spoken(chunk: Chunk, gate: Gate, home_id: HomeId, woken: int) -> tuple[Finding, ...]:
    state, home = gate.state, gate.home
    if state.watermark is None:
        return ()
    if home is None:
        # Its registration has not come in yet: what threatens a life is told all the same.
        return watch(state, WatchedHome(home_id=home_id, version=0), state.watermark, LIFE_SAFETY)[1]
    findings = watch_gated(gate, home, state.watermark, woken)
    return findings + _listen(chunk, state, home) if state.told_by_clock else findings


def _listen(chunk: Chunk, state: HomeState, home: WatchedHome) -> tuple[Finding, ...]:
    state.unheard_for = chunk.listened - state.listened_at
    if chunk.batched_at is None or (not state.told_by_clock and not state.unheard_for):
        return ()
    return watch_clock(state, home, chunk.batched_at)[1]
