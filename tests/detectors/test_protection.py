"""Who is not protected: offline, never heard, blind, untested; and what gateways say of themselves."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from contracts import (
    NEVER_HEARD,
    Finding,
    Hazard,
    Hold,
    HoldKind,
    Phase,
    Reading,
    ReadingBatch,
    Severity,
    Supply,
    WatchPlan,
)
from contracts.values import DeviceStatus, GatewayStatus, HelpButton, TestPressed
from detectors.checkpoints import fresh
from detectors.chunk import Chunk, apply
from detectors.partition import Partition
from detectors.state import HomeState, cut_off
from tests.detectors.test_chunk import listening, run
from tests.detectors.values import NOON, a_batch, a_heartbeat, a_home, a_reading, a_sensor, a_state, heartbeats, live

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def kinds(findings: Sequence[Finding], phase: Phase = Phase.BEGAN) -> set[str]:
    return {finding.kind for finding in findings if finding.phase == phase}


def birth(session: int | None, *, at: timedelta = timedelta(0)) -> Reading:
    return a_reading(GatewayStatus(online=True, session=session), sensor="gateway", at=NOON + at)


def will(session: int | None, *, at: timedelta) -> Reading:
    return a_reading(GatewayStatus(online=False, session=session), sensor="gateway", at=NOON + at)


def test_a_home_whose_gateway_is_silent_for_fifteen_minutes_is_not_protected_and_then_is_again() -> None:
    chunk = Chunk()
    first = a_batch(a_heartbeat(), homes=[a_home()])
    assert "not_protected" not in kinds(run(chunk, [first, *listening(895)]))
    (began,) = [one for one in run(chunk, [a_batch(at=NOON + 900 * SECOND)]) if one.kind == "not_protected"]
    assert (began.hazard, began.severity, began.since) == (Hazard.PROTECTION, Severity.NOTICE, NOON)
    assert "보호되지 않음" in began.evidence.sentence.ko and began.evidence.limit == 900
    back = run(chunk, [a_batch(a_heartbeat(NOON + 901 * SECOND), at=NOON + 901 * SECOND)])
    assert kinds(back, Phase.ENDED) == {"gateway_silent", "not_protected"}


def test_people_are_called_when_a_home_is_not_protected_for_hours() -> None:
    findings = run(Chunk(), [a_batch(a_heartbeat(), homes=[a_home()]), *listening(4 * 3600, every=20)])
    severities = [one.severity for one in findings if one.kind == "not_protected"]
    assert severities[0] == Severity.NOTICE and severities[-1] == Severity.CAUTION


def test_a_home_that_was_never_heard_is_not_protected() -> None:
    findings = run(Chunk(), [a_batch(homes=[a_home()]), *listening(900)])
    (found,) = [one for one in findings if one.kind == "not_protected"]
    assert "한 번도" in found.evidence.sentence.ko and found.since == NOON
    assert all(NEVER_HEARD in one.evidence.values for one in findings)
    heard = run(Chunk(), [a_batch(a_heartbeat(), homes=[a_home()]), *listening(900)])
    assert heard and not any(NEVER_HEARD in one.evidence.values for one in heard)


def test_our_own_deafness_leaves_no_home_unprotected() -> None:
    deaf = [a_batch(at=NOON + HOUR * turn) for turn in range(6)]
    assert not run(Chunk(), [a_batch(a_heartbeat(), homes=[a_home()]), *deaf])


def test_loss_of_protection_rests_while_somebody_works_there_and_is_told_when_they_have_gone() -> None:
    hold = Hold(kind=HoldKind.MAINTENANCE, from_at=NOON, until_at=NOON + 20 * MINUTE)
    story = [a_batch(a_heartbeat(), homes=[a_home(holds=[hold])]), *listening(30 * 60, every=10)]
    (found,) = [one for one in run(Chunk(), story) if one.kind == "not_protected" and one.phase == Phase.BEGAN]
    assert found.told_at == NOON + 20 * MINUTE


def test_who_does_not_hear_the_gateways_turns_no_clock_but_what_he_brings_is_heard() -> None:
    chunk = Chunk()
    run(chunk, [a_batch(a_heartbeat(), homes=[a_home()])])
    unheard = [ReadingBatch(batched_at=NOON + SECOND * second, listened=False) for second in range(0, 3600, 20)]
    assert not run(chunk, unheard) and not chunk.listened
    silent = run(chunk, listening(200))
    assert kinds(silent) == {"gateway_silent"}
    panel = ReadingBatch(batched_at=NOON, listened=False, readings=(a_reading(HelpButton(), at=NOON + 200 * SECOND),))
    told = apply(chunk, panel, chunk.offset + 1)
    assert kinds(told) == {"help_button"} and kinds(told, Phase.ENDED) == {"gateway_silent"}


def test_a_partition_hands_down_who_did_not_listen() -> None:
    partition = Partition(fresh(), 0)
    partition.apply(ReadingBatch(batched_at=NOON, listened=False), 0)
    assert partition.heard_at is None


def test_a_home_whose_every_eye_is_silent_is_blind_and_one_open_eye_is_enough() -> None:
    eyes = [a_sensor("a", silent_after=HOUR), a_sensor("b", "contact", silent_after=2 * HOUR)]
    blind = live(HomeState(), a_home(sensors=eyes), [a_reading(sensor="a"), *heartbeats(NOON, NOON + 3 * HOUR)])
    assert not [one for one in blind if one.kind == "blind_home"]  # the contact never spoke and was never enrolled
    spoke = [a_reading(sensor="a"), a_reading(sensor="b"), *heartbeats(NOON, NOON + 3 * HOUR)]
    findings = live(HomeState(), a_home(sensors=eyes), spoke)
    first = next(one for one in findings if one.kind == "blind_home")
    assert first.told_at == NOON + 2 * HOUR and first.hazard == Hazard.PROTECTION
    assert "2개가 모두" in first.evidence.sentence.ko
    assert not kinds(live(HomeState(), a_home(sensors=[*eyes, a_sensor("c")]), spoke)) & {"blind_home"}
    back = live(a_state(*spoke), a_home(sensors=eyes), [a_reading(sensor="b", at=NOON + 3 * HOUR + MINUTE)])
    assert "blind_home" not in kinds(back)


def test_a_home_is_not_blind_because_its_gateway_was_away() -> None:
    home = a_home(sensors=[a_sensor(silent_after=HOUR)])
    assert not live(a_state(a_reading()), home, heartbeats(NOON + 20 * HOUR, NOON + 20 * HOUR + 10 * MINUTE))


def test_a_home_whose_eyes_are_out_of_reach_is_blind_after_a_quarter_of_an_hour_and_sees_again_at_once() -> None:
    home = a_home(sensors=[a_sensor()])
    state = a_state(a_reading(DeviceStatus(online=False)))
    assert "blind_home" not in kinds(live(state, home, heartbeats(NOON, NOON + 14 * MINUTE)))
    assert "blind_home" in kinds(live(state, home, heartbeats(NOON + 15 * MINUTE, NOON + 16 * MINUTE)))
    assert "blind_home" in kinds(live(state, home, [a_reading(at=NOON + 17 * MINUTE)]), Phase.ENDED)


@pytest.mark.parametrize(
    ("supply", "own", "hours"),
    [
        (Supply.MAINS, None, 0.5),
        (Supply.BATTERY, None, 4.0),
        (Supply.MAINS, 2 * HOUR, 2.0),
        (Supply.BATTERY, HOUR, 1.0),
        (Supply.UNKNOWN, None, None),
    ],
)
def test_how_long_a_sensor_may_be_silent_follows_from_its_supply_unless_it_has_its_own_limit(
    supply: Supply, own: timedelta | None, hours: float | None
) -> None:
    sensor = structs.replace(a_sensor(kind="temperature", silent_after=own), supply=supply)
    findings = live(a_state(a_reading()), a_home(sensors=[sensor]), heartbeats(NOON, NOON + 6 * HOUR))
    told = [one.told_at - NOON for one in findings if one.kind == "sensor_silent" and one.phase == Phase.BEGAN]
    assert told == ([] if hours is None else [HOUR * hours])


def test_a_will_kills_its_own_session_only() -> None:
    assert cut_off(a_state(birth(4), will(4, at=MINUTE)))
    assert not cut_off(a_state(birth(4), will(3, at=MINUTE)))
    assert not cut_off(a_state(birth(4), will(4, at=MINUTE), birth(4, at=2 * MINUTE)))
    assert cut_off(a_state(birth(None), will(None, at=MINUTE)))


def test_a_gateway_that_was_replaced_by_one_with_a_lower_number_is_heard_once_it_speaks() -> None:
    old, new = [birth(1_700_000_000), will(1_700_000_000, at=MINUTE)], birth(1, at=2 * MINUTE)
    assert cut_off(a_state(*old))
    late_will = will(1_700_000_000, at=3 * MINUTE)
    assert not cut_off(a_state(*old, new, late_will))
    assert cut_off(a_state(*old, new, late_will, will(1, at=4 * MINUTE)))


@given(st.lists(st.integers(0, 255), min_size=1, max_size=9), st.permutations(range(40)))
def test_sparkplugs_count_may_wrap_and_words_may_come_in_any_order(steps: list[int], order: list[int]) -> None:
    sessions = [(steps[0] + turn) % 256 for turn in range(len(steps))]
    story = [birth(session, at=turn * MINUTE) for turn, session in enumerate(sessions)]
    story += [will(session, at=turn * MINUTE + 90 * SECOND) for turn, session in enumerate(sessions[:-1])]
    shuffled = [story[place] for place in order if place < len(story)]
    assert a_state(*shuffled) == a_state(*story) and not cut_off(a_state(*shuffled))
    last = will(sessions[-1], at=HOUR)
    assert cut_off(a_state(last, *shuffled)) and cut_off(a_state(*story, last))


def test_lost_messages_are_told_added_up_and_over_after_a_day() -> None:
    first = a_reading(GatewayStatus(lost_messages=3), sensor="gateway")
    second = a_reading(GatewayStatus(lost_messages=4), sensor="gateway", at=NOON + HOUR)
    state = HomeState()
    findings = live(state, a_home(), [a_heartbeat(), first, first, a_heartbeat(NOON + HOUR), second])
    findings += live(state, a_home(), [a_heartbeat(NOON + HOUR + MINUTE)])
    told = [one for one in findings if one.kind == "messages_lost"]
    assert told[0].since == NOON and told[-1].evidence.values == {"lost_messages": 7.0}
    assert "7건 유실" in told[-1].evidence.sentence.ko and told[-1].severity == Severity.DEVICE
    assert kinds(live(state, a_home(), [a_heartbeat(NOON + 25 * HOUR)]), Phase.ENDED) == {"messages_lost"}


def of_a_clock(offset: float = 0.0, *, at: timedelta, doubted: bool = False) -> Reading:
    """Say a time, a tenth of a second before it arrives."""
    reading = a_reading(a_heartbeat().value, at=NOON + at, sensor="gateway")
    return structs.replace(
        reading,
        observed_at=reading.received_at if doubted else reading.observed_at - SECOND / 10,
        clock_offset_seconds=offset,
        clock_doubted=doubted,
    )


@pytest.mark.parametrize(("offset", "wrong"), [(40.0, False), (40.1, True), (-40.1, True), (10_800.0, True)])
def test_a_clock_is_wrong_beyond_forty_seconds_and_right_again_well_within(offset: float, wrong: bool) -> None:
    state = HomeState()
    findings = live(state, a_home(), [of_a_clock(offset, at=MINUTE)])
    assert kinds(findings) == ({"clock_wrong"} if wrong else set())
    if wrong:
        assert ("느림" if offset > 0 else "빠름") in findings[0].evidence.sentence.ko
        assert not live(state, a_home(), [of_a_clock(offset / abs(offset) * 30, at=80 * SECOND)])
        (over,) = live(state, a_home(), [of_a_clock(at=90 * SECOND)])
        assert over.phase == Phase.ENDED


def test_a_time_that_nobody_can_believe_for_a_quarter_of_an_hour_is_a_wrong_clock() -> None:
    state = a_state(of_a_clock(at=timedelta(0)))
    doubts = [of_a_clock(at=MINUTE * turn, doubted=True) for turn in range(1, 17)]
    assert not live(state, a_home(), doubts[:14])
    (found,) = live(state, a_home(), doubts[14:15])
    assert found.kind == "clock_wrong" and "믿을 수 없음" in found.evidence.sentence.ko


def test_stored_old_news_between_live_words_is_no_wrong_clock() -> None:
    story = [of_a_clock(at=MINUTE * turn / 2, doubted=bool(turn % 2)) for turn in range(90)]
    assert not live(HomeState(), a_home(), story)


def test_a_home_that_was_tested_once_must_be_tested_daily_and_a_test_ends_it() -> None:
    state = a_state(a_reading(TestPressed(), sensor="gateway"))
    assert not live(state, a_home(), heartbeats(NOON, NOON + 26 * HOUR - MINUTE))
    (began,) = live(state, a_home(), [a_heartbeat(NOON + 26 * HOUR)])
    assert (began.kind, began.hazard, began.severity) == ("test_missing", Hazard.PROTECTION, Severity.DEVICE)
    (ended,) = live(state, a_home(), [a_reading(TestPressed(), at=NOON + 26 * HOUR + MINUTE)])
    assert ended.phase == Phase.ENDED


def test_a_test_that_an_outage_holds_back_is_not_missing() -> None:
    state = a_state(a_reading(TestPressed(), sensor="gateway"), *heartbeats(NOON, NOON + 20 * HOUR))
    assert not live(state, a_home(), heartbeats(NOON + 30 * HOUR, NOON + 31 * HOUR))


def test_a_home_that_was_never_tested_is_left_alone_unless_its_plan_asks_for_a_first_test() -> None:
    days = [a_batch(a_heartbeat(NOON + 4 * MINUTE * turn), at=NOON + 4 * MINUTE * turn) for turn in range(16 * 26)]
    for first, told in ((0, set()), (24 * 3600, {"test_missing"})):
        home = a_home(plan=WatchPlan(first_test_seconds=first))
        assert kinds(run(Chunk(), [a_batch(homes=[home]), *days])) == told


def test_no_test_is_asked_of_a_home_whose_plan_says_none() -> None:
    home = a_home(plan=WatchPlan(test_missing_seconds=0))
    assert not live(a_state(a_reading(TestPressed())), home, heartbeats(NOON, NOON + 30 * HOUR, every=4 * MINUTE))
