"""A chunk is a state machine over the stream: it can be written, read back and fed again from anywhere."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import Finding, Phase, Reading, ReadingBatch, Value
from contracts.values import Battery, GatewayStatus, HelpButton, Motion, Smoke
from detectors.checkpoints import (
    CHUNKS,
    chunk_of,
    decode_chunk,
    encode_chunk,
    fresh,
    key_of_chunk,
    next_chunk,
    pause_between_chunks,
    restore,
    resume_offset,
)
from detectors.chunk import Chunk, apply
from detectors.partition import Partition
from tests.detectors.values import NOON, a_batch, a_heartbeat, a_home, a_reading, a_sensor

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def run(chunk: Chunk, batches: Sequence[ReadingBatch]) -> list[Finding]:
    start = chunk.offset + 1
    return [finding for offset, batch in enumerate(batches, start) for finding in apply(chunk, batch, offset)]


def listening(seconds: int, *, every: int = 5) -> list[ReadingBatch]:
    return [a_batch(at=NOON + SECOND * second) for second in range(0, seconds + 1, every)]


def test_a_silent_gateway_is_told_when_its_limit_of_listened_time_is_reached() -> None:
    first = a_batch(a_heartbeat(), homes=[a_home()])
    assert not run(Chunk(), [first, *listening(175)])
    (finding,) = run(Chunk(), [first, *listening(180)])
    assert (finding.kind, finding.phase, finding.since) == ("gateway_silent", Phase.BEGAN, NOON)
    assert finding.evidence.values == {"silent_seconds": 180.0}
    assert finding.evidence.sentence.ko == "게이트웨이 무응답 3분 · 한계 3분"


def test_our_own_deafness_is_not_the_gateways_silence() -> None:
    deaf = [a_batch(at=NOON + timedelta(hours=turn)) for turn in range(6)]
    assert not run(Chunk(), [a_batch(a_heartbeat(), homes=[a_home()]), *deaf])


def test_a_clock_that_goes_back_makes_no_time() -> None:
    chunk = Chunk()
    run(chunk, [a_batch(at=NOON), a_batch(at=NOON - MINUTE), a_batch(at=NOON + SECOND)])
    assert chunk.listened == SECOND


def test_a_gateway_that_speaks_again_is_told_at_once_and_one_that_does_not_again_and_again() -> None:
    chunk = Chunk()
    silent = run(chunk, [a_batch(a_heartbeat(), homes=[a_home()]), *listening(300)])
    assert [finding.phase for finding in silent] == [Phase.BEGAN, Phase.HOLDS, Phase.HOLDS]
    (ended,) = run(chunk, [a_batch(a_heartbeat(NOON + 301 * SECOND), at=NOON + 301 * SECOND)])
    assert ended.phase == Phase.ENDED
    assert {finding.finding_id for finding in silent} == {ended.finding_id}


def test_a_last_will_does_not_make_a_gateway_heard_and_is_named_as_evidence() -> None:
    will = a_reading(GatewayStatus(online=False, session=1), sensor="gateway", at=NOON + MINUTE)
    chunk = Chunk()
    story = [a_batch(a_heartbeat(), homes=[a_home()]), a_batch(will, at=NOON + SECOND), *listening(180)]
    (finding,) = run(chunk, story)
    assert "연결 끊김" in finding.evidence.sentence.ko


def test_a_home_that_never_spoke_is_not_protected() -> None:
    (finding,) = run(Chunk(), [a_batch(homes=[a_home()]), *listening(180)])
    assert (finding.kind, finding.since) == ("gateway_silent", NOON)


def test_a_home_out_of_service_may_be_silent() -> None:
    assert not run(Chunk(), [a_batch(homes=[a_home(watched=False)]), *listening(180)])


def test_a_cry_of_a_home_that_is_not_known_yet_is_told_and_nothing_else_of_it() -> None:
    findings = run(Chunk(), [a_batch(a_reading(HelpButton()), a_reading(Battery(low=True)))])
    assert [finding.kind for finding in findings] == ["help_button"]


def test_a_last_will_of_an_unknown_home_is_remembered_and_not_judged() -> None:
    assert not run(Chunk(), [a_batch(a_reading(GatewayStatus(online=False)))])


def test_an_alarm_that_begins_and_ends_within_one_batch_is_told() -> None:
    pulse = [a_reading(Smoke(active=True)), a_reading(Smoke(active=False), at=NOON + SECOND)]
    findings = run(Chunk(), [a_batch(*pulse, homes=[a_home()])])
    assert [finding.phase for finding in findings] == [Phase.BEGAN, Phase.ENDED]


def test_a_record_that_was_seen_changes_nothing() -> None:
    chunk = Chunk()
    press = a_batch(a_reading(HelpButton()), homes=[a_home()])
    assert apply(chunk, press, 0)
    assert not apply(chunk, press, 0)


def test_an_older_version_of_a_home_does_not_replace_a_newer_one() -> None:
    chunk = Chunk()
    run(chunk, [a_batch(homes=[a_home(version=3)]), a_batch(homes=[a_home(version=2, watched=False)])])
    assert chunk.homes[a_home().home_id].version == 3


def test_a_sensor_that_is_registered_later_is_silent_from_then_on_only() -> None:
    chunk = Chunk()
    new = a_home(sensors=[a_sensor("new", silent_after=MINUTE * 10)], version=2)
    beats = [a_batch(a_heartbeat(NOON + MINUTE * turn), at=NOON + MINUTE * turn) for turn in range(1, 70)]
    run(chunk, [a_batch(a_heartbeat(), homes=[a_home()]), *beats[:59]])
    assert not run(chunk, [a_batch(homes=[new], at=NOON + MINUTE * 59), *beats[59:68]])


def test_a_chunk_reads_back_as_it_was_written() -> None:
    chunk = Chunk()
    run(chunk, story(seed=5))
    assert decode_chunk(encode_chunk(chunk)) == chunk


def test_a_chunk_of_another_program_is_built_again_from_the_input() -> None:
    assert decode_chunk(b"noise") is None
    assert decode_chunk(encode_chunk(Chunk()).replace(b"\xa7version\x04", b"\xa7version\x05")) is None


def test_reading_goes_on_where_the_chunk_that_saw_least_ends() -> None:
    assert resume_offset([7, 4, 9], log_start=0) == 5
    assert resume_offset([7, -1, 9], log_start=3) == 3


def test_the_chunks_of_a_partition_take_turns() -> None:
    assert [next_chunk(0), next_chunk(CHUNKS - 1)] == [1, 0]
    assert pause_between_chunks(16.0) == 1.0


def test_the_homes_of_one_shard_do_not_share_one_chunk() -> None:
    assert len({chunk_of(f"h-{turn:04d}") for turn in range(400)}) == CHUNKS


def test_a_reading_goes_to_the_chunk_that_its_home_is_in() -> None:
    partition = Partition(fresh(), 0)
    homes = [a_home(f"h-{turn:04d}") for turn in range(60)]
    partition.apply(a_batch(*(a_reading(Motion(active=True), home=home.home_id) for home in homes), homes=homes), 0)
    for index, chunk in enumerate(partition.chunks):
        assert {chunk_of(home_id) for home_id in chunk.states} == {index}
        assert all(state.watermark for state in chunk.states.values())


def test_a_record_that_nobody_can_read_is_passed_over() -> None:
    partition = Partition(fresh(), 4)
    partition.skip(4)
    assert partition.next_offset == 5
    assert {chunk.offset for chunk in partition.chunks} == {4}


def story(*, seed: int, length: int = 40) -> list[ReadingBatch]:
    """A street of eight homes in which something happens, the same for the same seed."""
    batches = []
    for turn in range(length):
        at = NOON + timedelta(seconds=7 * turn)
        readings: list[Reading] = []
        for place in range(8):
            pick = (seed * 31 + turn * 17 + place * 7) % 23
            values: dict[int, Value] = {
                0: HelpButton(),
                1: Smoke(active=True),
                2: Smoke(active=False),
                3: Battery(low=True),
                4: Motion(active=True),
            }
            if pick in values:
                readings.append(a_reading(values[pick], at=at, home=f"h-{place:04d}", sensor=f"s-{pick}"))
            if pick == 5 and place != 3:
                readings.append(a_heartbeat(at, home=f"h-{place:04d}"))
        homes = [a_home(f"h-{place:04d}") for place in range(8)] if turn == 1 else []
        batches.append(a_batch(*readings, homes=homes, at=at))
    return batches


def told(partition: Partition, batches: Sequence[ReadingBatch], start: int) -> list[Finding]:
    return [finding for offset in range(start, len(batches)) for finding in partition.apply(batches[offset], offset)]


@given(
    seed=st.integers(0, 1000),
    written_at=st.lists(st.integers(-1, 39), min_size=CHUNKS, max_size=CHUNKS),
    died_at=st.integers(0, 39),
)
@settings(max_examples=60, deadline=None)
def test_a_replay_from_any_checkpoints_tells_the_same_findings(seed: int, written_at: list[int], died_at: int) -> None:
    batches = story(seed=seed)
    reference = told(Partition(fresh(), 0), batches, 0)
    labels = [min(label, died_at) for label in written_at]
    heard: list[Finding] = []
    written: dict[bytes, bytes] = {}
    first = Partition(fresh(), 0)
    for offset in range(died_at + 1):
        heard += first.apply(batches[offset], offset)
        for index, label in enumerate(labels):
            if label == offset:
                written[key_of_chunk(index)] = encode_chunk(first.chunks[index])
    chunks = restore(written)
    next_offset = resume_offset([chunk.offset for chunk in chunks], log_start=0)
    assert next_offset == min(labels) + 1
    second = Partition(chunks, next_offset)
    heard += told(second, batches, next_offset)
    assert second.next_offset == len(batches)
    assert len(heard) >= len(reference)
    assert {(finding.finding_id, finding.phase, finding.told_at) for finding in heard} == {
        (finding.finding_id, finding.phase, finding.told_at) for finding in reference
    }


def test_a_partition_was_heard_when_its_newest_batch_was_made() -> None:
    partition = Partition(fresh(), 0)
    assert partition.heard_at is None
    partition.apply(a_batch(at=NOON), 0)
    assert partition.heard_at == NOON


@given(written=st.sets(st.integers(0, CHUNKS - 1), min_size=1))
def test_a_death_after_the_input_began_anew_leaves_nothing_of_the_older_input(written: set[int]) -> None:
    records = {key_of_chunk(index): encode_chunk(Chunk(offset=5_000)) for index in range(CHUNKS)}
    for index, chunk in enumerate(fresh(lineage=1)):
        if index in written:
            records[key_of_chunk(index)] = encode_chunk(chunk)
    chunks = restore(records)
    assert {(chunk.offset, chunk.lineage) for chunk in chunks} == {(-1, 1)}
    homes = [f"h-{place:04d}" for place in range(34)]
    cries = a_batch(*(a_reading(HelpButton(), home=home) for home in homes))
    assert {finding.home_id for finding in Partition(chunks, 0).apply(cries, 0)} == set(homes)


def test_a_partition_counts_the_homes_that_it_was_told_to_watch() -> None:
    partition = Partition(fresh(), 0)
    partition.apply(a_batch(homes=[a_home("h-0001"), a_home("h-0002"), a_home("h-0003", watched=False)]), 0)
    partition.apply(a_batch(a_heartbeat(home="h-0009")), 1)
    assert partition.homes == 2


def test_a_partition_goes_on_where_the_input_begins_when_its_place_is_gone() -> None:
    partition = Partition(fresh(), 7)
    assert (partition.pass_over(7), partition.next_offset) == (0, 7)
    assert (partition.pass_over(10), partition.next_offset) == (3, 10)
