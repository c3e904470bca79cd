"""At a moment every detector says what it thinks, how far it is from a concern, and why it is silent."""

from datetime import timedelta

from contracts import Hold, HoldKind, Reading, WatchedHome
from contracts.values import Battery, HelpButton
from detectors.checkpoints import encode_chunk
from detectors.chunk import Chunk
from detectors.looking import Why
from detectors.replay.explaining import nearest, page
from detectors.replay.flow import batches_of, run
from detectors.replay.pages import Language
from detectors.replay.thoughts import Moment, Mood, Thought, think
from tests.detectors.values import NOON, a_home, a_reading, a_sensor, heartbeats

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def lived(*readings: Reading, home: WatchedHome, until: timedelta) -> tuple[Moment, Chunk]:
    chunk = Chunk()
    some = sorted(readings, key=lambda each: each.received_at)
    list(run(chunk, batches_of(some, [home], until=NOON + until)))
    return think(chunk, home, NOON + until), chunk


def of(moment: Moment, detector: str) -> Thought:
    return next(each for each in moment.thoughts if each.detector == detector)


def home_with(*holds: Hold) -> WatchedHome:
    return a_home(sensors=[a_sensor(silent_after=timedelta(days=2))], holds=holds)


def test_a_still_home_tells_how_far_it_is_from_a_word_and_when_it_would_come() -> None:
    moment, _ = lived(a_reading(), *heartbeats(NOON, NOON + HOUR), home=home_with(), until=HOUR)
    thought = of(moment, "inactivity")
    assert (thought.mood, thought.why) == (Mood.SILENT, Why.BELOW_LIMIT)
    assert thought.looks[0].value == HOUR.total_seconds()
    assert thought.next_told is not None
    assert thought.next_told.evidence.limit is not None


def test_a_silent_gateway_is_a_concern_and_its_home_is_not_observed() -> None:
    moment, _ = lived(a_reading(), *heartbeats(NOON, NOON + HOUR), home=home_with(), until=2 * HOUR)
    assert of(moment, "gateway_silent").mood is Mood.CONCERNED
    assert of(moment, "gateway_silent").looks[0].left is not None
    assert of(moment, "stuck_sensor").why is Why.NOT_OBSERVED


def test_a_concern_stands_beside_its_value_its_limit_and_how_far_it_is_past_it() -> None:
    moment, _ = lived(a_reading(), *heartbeats(NOON, NOON + HOUR), home=home_with(), until=2 * HOUR)
    table = page(moment, "Asia/Seoul", Language.EN)
    rows = list(zip(*(column.cells for column in table.columns), strict=True))
    concerned = next(row for row in rows if row[0] == "gateway_silent")
    assert concerned[2:5] == ("1 h", "3 min", "57 min")


def test_a_hold_keeps_a_concern_back_and_says_so() -> None:
    hold = Hold(kind=HoldKind.MAINTENANCE, from_at=NOON, until_at=NOON + 9 * HOUR)
    low = a_reading(Battery(percent=7, low=True), at=NOON + MINUTE)
    moment, _ = lived(a_reading(), low, *heartbeats(NOON, NOON + HOUR), home=home_with(hold), until=HOUR)
    assert of(moment, "battery_low").mood is Mood.HELD_BACK
    assert moment.holds == ("maintenance",)


def test_what_has_no_sensor_says_so() -> None:
    moment, _ = lived(a_reading(), home=home_with(), until=MINUTE)
    assert of(moment, "smoke").why is Why.NO_SENSOR


def test_a_home_that_never_spoke_and_one_out_of_service_say_so() -> None:
    assert of(think(Chunk(), home_with(), NOON), "inactivity").why is Why.NEVER_HEARD
    assert of(think(Chunk(), a_home(watched=False), NOON), "inactivity").why is Why.OUT_OF_SERVICE


def test_asking_changes_nothing_of_what_is_remembered() -> None:
    readings = [a_reading(), a_reading(HelpButton(), at=NOON + MINUTE, sensor="button")]
    _, chunk = lived(*readings, *heartbeats(NOON, NOON + HOUR), home=home_with(), until=HOUR)
    before = encode_chunk(chunk)
    assert think(chunk, home_with(), NOON + HOUR) == think(chunk, home_with(), NOON + HOUR)
    assert encode_chunk(chunk) == before


def test_the_page_has_a_row_for_every_detector_in_both_languages() -> None:
    cry = a_reading(HelpButton(), at=NOON + MINUTE, sensor="button")
    moment, _ = lived(a_reading(), cry, a_reading(Battery(percent=40.0)), home=home_with(), until=2 * MINUTE)
    for language in Language:
        assert page(moment, "Asia/Seoul", language).row_count >= len(moment.thoughts)
    assert of(moment, "help_button").concerns
    assert nearest(of(moment, "battery_low").looks)[0].left == 25.0
