"""Note what a sensor measured: one function for each kind of value, cheap enough to be asked of every reading."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from sys import intern
from typing import Final

from contracts import Reading
from contracts.values import (
    CheckAnswer,
    Contact,
    Medication,
    Power,
    SelfTest,
    Temperature,
    VitalSigns,
    Voice,
    WaterFlow,
)
from detectors.measured import (
    EPOCH,
    HOUR_SECONDS,
    HOURS,
    LEFT_OUT_HOURS,
    MINUTE_SECONDS,
    MINUTES,
    RECENT,
    STEP_SECONDS,
    STEPS,
    WORDS,
    Gauge,
    Measured,
    Meter,
    Sample,
    Words,
    cold_level,
    hot_level,
    recent_number,
    usual_of,
    watt_level,
    within,
)
from detectors.nothing import opened
from detectors.rows import with_number
from detectors.tracks import marked

#: No sensor of ours measures the air of a room beyond this: it is broken.
COLDEST_AIR: Final = -40.0
HOTTEST_AIR: Final = 125.0
#: A flow is kept in tenths of a litre a minute, and so is a count.
LITRE: Final = 10

Note = Callable[[Measured, Reading, datetime], None]


def _sample(reading: Reading, at: datetime, value: float) -> Sample:
    return Sample(at, reading.reading_id, reading.sensor_id, value, reading.received_at, reading.late)


def _gauged(gauges: dict[str, Gauge], key: str, sample: Sample) -> Gauge:
    gauge = gauges.get(key)
    if gauge is None:
        gauge = gauges[intern(key)] = Gauge(newest=sample)
    elif sample > gauge.newest:
        gauge.newest = sample
    if not sample.late and (gauge.live is None or sample > gauge.live):
        gauge.live = sample
    return gauge


def _note_air(measured: Measured, reading: Reading, at: datetime) -> None:
    match reading.value:
        case Temperature(celsius=celsius) if COLDEST_AIR <= celsius < HOTTEST_AIR:
            measured.air = opened(measured.air)
            gauge = _gauged(measured.air, reading.sensor_id, _sample(reading, at, celsius))
        case _:
            return
    seconds = int(at.timestamp())
    low, high = hot_level(celsius), cold_level(celsius)
    gauge.steps = marked(gauge.steps, seconds // STEP_SECONDS, low, high, STEPS)
    word = recent_number((at - EPOCH) // timedelta(milliseconds=1), round(celsius * 100))
    gauge.recent = with_number(gauge.recent, word, RECENT)


def _note_power(measured: Measured, reading: Reading, at: datetime) -> None:
    match reading.value:
        case Power(watts=watts, channel=channel):
            key = f"{reading.sensor_id}/{channel}" if channel else reading.sensor_id
        case _:
            return
    measured.power = opened(measured.power)
    gauge = _gauged(measured.power, key, _sample(reading, at, watts))
    seconds, level = int(at.timestamp()), watt_level(watts)
    gauge.steps = marked(gauge.steps, seconds // STEP_SECONDS, level, level, STEPS)
    gauge.hours = marked(gauge.hours, seconds // HOUR_SECONDS, level, level, HOURS)


def _note_water(measured: Measured, reading: Reading, at: datetime) -> None:
    match reading.value:
        case WaterFlow(litres_per_minute=flow, litres_total=total):
            meter = measured.water.get(reading.sensor_id)
        case _:
            return
    if meter is None:
        measured.water = opened(measured.water)
        meter = measured.water[intern(reading.sensor_id)] = Meter(heard_at=at)
    meter.heard_at = max(meter.heard_at, at)
    if total is not None:
        _count(meter, at, round(total * 10))
    if flow is None:
        return
    sample, level = _sample(reading, at, flow), within(ceil(flow * LITRE))
    held = {} if meter.gauge is None else {"": meter.gauge}
    meter.gauge = _gauged(held, "", sample)
    meter.gauge.steps = marked(meter.gauge.steps, int(at.timestamp()) // STEP_SECONDS, level, level, STEPS)
    if flow <= 0:
        return
    meter.used_at = at if meter.used_at is None else max(meter.used_at, at)
    if not reading.late:
        meter.used_live = at if meter.used_live is None else max(meter.used_live, at)


def _count(meter: Meter, at: datetime, count: int) -> None:
    if meter.counted_at is None:
        meter.counted_at, meter.count = at, count
    elif (at, count) > (meter.counted_at, meter.count):
        if count != meter.count:
            meter.other_at = meter.counted_at
        meter.counted_at, meter.count = at, count
    elif count != meter.count and (meter.other_at is None or at > meter.other_at):
        meter.other_at = at


def _note_vital_signs(measured: Measured, reading: Reading, at: datetime) -> None:
    match reading.value:
        case VitalSigns(heart_per_minute=heart, breath_per_minute=breath):
            measured.heart, measured.breath = opened(measured.heart), opened(measured.breath)
            told = ((measured.heart, heart), (measured.breath, breath))
        case _:
            return
    for gauges, rate in told:
        if not rate or rate < 0:  # nobody is there to be measured
            continue
        gauge = _gauged(gauges, reading.sensor_id, _sample(reading, at, rate))
        seconds, level = int(at.timestamp()), within(round(rate))
        gauge.steps = marked(gauge.steps, seconds // MINUTE_SECONDS, level, level, MINUTES)
        hour, before = seconds // HOUR_SECONDS, gauge.hours.step if gauge.hours else None
        gauge.hours = marked(gauge.hours, hour, level, level, HOURS)
        # What is usual follows from the hours that are over: most words change nothing of it.
        if gauge.hours.step != before or gauge.hours.step - hour >= LEFT_OUT_HOURS:
            gauge.usual = usual_of(gauge.hours)


def _note_door(measured: Measured, reading: Reading, at: datetime) -> None:
    match reading.value:
        case Contact(open=on):
            words = measured.doors.get(reading.sensor_id)
        case _:
            return
    if words is None:
        measured.doors = opened(measured.doors)
        words = measured.doors[intern(reading.sensor_id)] = Words()
    _say(words, reading, at, on=on)


def _note_check(measured: Measured, reading: Reading, at: datetime) -> None:
    match reading.value:
        case Voice(answer=answer):
            measured.checks = measured.checks or Words()
            _say(measured.checks, reading, at, on=answer is CheckAnswer.NONE)
            if answer is not CheckAnswer.NONE and not reading.late:
                word, known = _sample(reading, at, 1.0), measured.answers.get(answer)
                measured.answers = opened(measured.answers)
                measured.answers[answer.value] = word if known is None else max(known, word)
        case _:
            return


def _note_dose(measured: Measured, reading: Reading, at: datetime) -> None:
    match reading.value:
        case Medication(taken=taken):
            words = measured.doses.get(reading.sensor_id)
        case _:
            return
    if words is None:
        measured.doses = opened(measured.doses)
        words = measured.doses[intern(reading.sensor_id)] = Words()
    _say(words, reading, at, on=not taken)


def _note_test(measured: Measured, reading: Reading, at: datetime) -> None:
    match reading.value:
        case SelfTest(passed=passed):
            words = measured.tests.get(reading.sensor_id)
        case _:
            return
    if words is None:
        measured.tests = opened(measured.tests)
        words = measured.tests[intern(reading.sensor_id)] = Words()
    _say(words, reading, at, on=not passed)


def _say(words: Words, reading: Reading, at: datetime, *, on: bool) -> None:
    word = ((at - EPOCH) // timedelta(milliseconds=1)) * 2 + on
    if reading.late:
        if not on:
            words.late_off = max(words.late_off, word)
        return
    words.live = with_number(words.live, word, WORDS)
    if on:
        sample = _sample(reading, at, 1.0)
        words.on = sample if words.on is None else max(words.on, sample)


NOTES: Final[dict[type, Note]] = {
    Temperature: _note_air,
    Power: _note_power,
    WaterFlow: _note_water,
    VitalSigns: _note_vital_signs,
    Contact: _note_door,
    Voice: _note_check,
    Medication: _note_dose,
    SelfTest: _note_test,
}
