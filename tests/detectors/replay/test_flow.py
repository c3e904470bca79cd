"""A replay is the live run told again: the same findings with the same ids, however it is cut."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts import Finding, Phase, ReadingBatch
from contracts.values import Battery, HelpButton, LinkQuality, Motion
from detectors.checkpoints import decode_chunk, encode_chunk, fresh
from detectors.chunk import Chunk, apply
from detectors.partition import Partition
from detectors.replay.flow import batches_of, guessed, in_order, run
from tests.detectors.replay.days import DAWN, HOUR, MINUTE, a_day, homes_of, live
from tests.detectors.values import NOON, a_heartbeat, a_home, a_reading


def turns(findings: Iterable[Finding]) -> set[tuple[str, str, Phase]]:
    return {(each.kind, each.finding_id, each.phase) for each in findings if each.phase is not Phase.HOLDS}


@cache
def replayed() -> set[tuple[str, str, Phase]]:
    return turns(run(Chunk(), batches_of(a_day(), homes_of())))


def lived(batches: Iterable[ReadingBatch]) -> set[tuple[str, str, Phase]]:
    partition = Partition(fresh(), 0)
    return turns(chain.from_iterable(partition.apply(batch, offset) for offset, batch in enumerate(batches)))


def test_a_replay_finds_what_was_found_live_with_the_same_ids() -> None:
    found = lived(live(a_day(), homes_of()))
    assert replayed() == found
    assert {kind for kind, _, _ in found} >= {"help_button", "smoke", "inactivity", "gateway_silent", "battery_low"}


@pytest.mark.parametrize("seed", range(2, 5))
def test_any_cut_of_the_batches_gives_the_same_findings(seed: int) -> None:
    assert lived(live(a_day(), homes_of(), seed=seed)) == replayed()


@given(st.integers(1, 1_000), st.integers(0, 10_000))
@settings(max_examples=4, deadline=None)
def test_a_replay_goes_on_from_the_middle_after_a_snapshot(share: int, until: int) -> None:
    batches = list(batches_of(a_day(), homes_of()))
    middle = len(batches) * share // 1_000
    chunk = Chunk()
    before = list(run(chunk, batches[:middle]))
    again = decode_chunk(encode_chunk(chunk))
    assert again is not None
    # It reads some records again, as after a crash: what it has seen changes nothing.
    replayed_from = max(0, middle - until)
    after = [f for offset in range(replayed_from, len(batches)) for f in apply(again, batches[offset], offset)]
    assert turns([*before, *after]) == replayed()


@given(st.integers(0, 10), st.integers(1, 600))
@settings(max_examples=4, deadline=None)
def test_readings_that_come_again_later_change_nothing_that_was_found(which: int, seconds: int) -> None:
    day = a_day()
    again = [
        replace(each, received_at=each.received_at + timedelta(seconds=seconds), late=seconds > 300)
        for each in day[which::11]
        # The flow must not go on for longer, or a home would be missed at its end.
        if each.sensor_id != "gateway" and each.received_at < day[-1].received_at - timedelta(seconds=seconds)
    ]
    doubled = sorted([*day, *again], key=lambda each: each.received_at)
    assert turns(run(Chunk(), batches_of(doubled, homes_of()))) == replayed()


def test_a_reading_that_stands_twice_in_a_file_is_read_once() -> None:
    first, second = a_reading(at=NOON), a_reading(at=NOON + MINUTE)
    assert in_order([second, first, second]) == [first, second]


def test_the_clock_of_a_replay_goes_on_while_nobody_speaks() -> None:
    readings = [a_heartbeat(NOON), a_heartbeat(NOON + HOUR)]
    found = list(run(Chunk(), batches_of(readings, [a_home()])))
    told = [each.phase for each in found if each.kind == "gateway_silent"]
    assert (told[0], told[-1]) == (Phase.BEGAN, Phase.ENDED)


def test_what_we_did_not_hear_is_not_told_of_the_homes() -> None:
    readings = [a_heartbeat(NOON), a_heartbeat(NOON + HOUR)]
    deaf = [(NOON, NOON + HOUR)]
    assert not list(run(Chunk(), batches_of(readings, [a_home()], deaf=deaf)))


def test_a_replay_can_go_on_after_the_last_word() -> None:
    until = NOON + timedelta(minutes=4)
    found = list(run(Chunk(), batches_of([a_heartbeat(NOON)], [a_home()], until=until)))
    assert [each.kind for each in found][:1] == ["gateway_silent"]
    assert not list(batches_of([], [a_home()], until=DAWN))


def test_a_home_of_which_only_readings_are_known_has_the_sensors_that_speak() -> None:
    readings = [a_reading(LinkQuality(score=9)), a_reading(Motion(active=True)), a_reading(Battery(percent=9))]
    (home,) = guessed([*readings, a_reading(HelpButton(), sensor="button"), a_heartbeat()])
    assert {sensor.sensor_id: sensor.kind for sensor in home.sensors} == {
        "motion-living": "motion",
        "button": "help_button",
    }
