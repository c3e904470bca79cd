"""What is seen of a load: whether a backlog grows, where it stands, and when it is gone."""

from bench.load.samples import Moment, drained_after, finished, grows, labelled, offered, peaks, value_of

METRICS = """\
# HELP dolbom_ingest_readings_total Readings.
dolbom_ingest_readings_total{kind="motion"} 10.0
dolbom_ingest_readings_total{kind="heartbeat"} 32.0
dolbom_ingest_readings_total_seen 5.0
dolbom_ingest_waiting_seconds 0.25
dolbom_history_rows_total{source="readings"} 7.0
dolbom_history_rows_total{source="alerts"} 9.0
"""


def a_level(*, done: float, offered_a_second: int = 1_000, seconds: int = 10) -> list[Moment]:
    """Let so much of what is offered be done at once."""
    return [
        a_moment(second, offered_a_second * second, int(done * offered_a_second * second)) for second in range(seconds)
    ]


def a_moment(at: float, said: int, stored: int) -> Moment:
    return Moment(at=at, said=said, taken=said, heard=said, published=said, judged=said, stored=stored)


def test_a_level_that_keeps_up_does_not_grow() -> None:
    moments = a_level(done=1.0)
    assert not grows(moments)
    assert offered(moments) == finished(moments) == 1_000


def test_a_level_of_which_a_fifth_is_left_over_grows() -> None:
    moments = a_level(done=0.8)
    assert grows(moments)
    assert finished(moments) == 800


def test_what_is_only_on_its_way_is_no_backlog() -> None:
    late = [a_moment(second, 1_000 * second, max(0, 1_000 * second - 900)) for second in range(10)]
    assert not grows(late)


def test_nothing_seen_grows_nothing() -> None:
    assert not grows([])
    assert not grows(a_level(done=0.5, seconds=1))
    assert offered([]) == 0.0


def test_each_place_is_told_apart() -> None:
    moment = Moment(at=0, said=100, taken=100, heard=60, published=50, judged=20, stored=45)
    assert vars(moment.waiting) == {"broker": 40, "bridge": 10, "detectors": 30, "history": 5}
    assert moment.waiting.first == "broker"
    assert moment.behind == 80
    assert vars(peaks([moment, a_moment(1, 100, 10)])) == {"broker": 40, "bridge": 10, "detectors": 30, "history": 90}


def test_a_backlog_is_gone_when_both_ends_have_all() -> None:
    assert drained_after([a_moment(5, 10, 3), a_moment(6, 10, 8), a_moment(8, 10, 10)]) == 3
    assert drained_after([a_moment(5, 10, 10)]) == 0
    assert drained_after([a_moment(5, 10, 3), a_moment(6, 10, 8)]) is None


def test_a_metric_is_added_up_over_its_labels_and_read_by_one() -> None:
    assert value_of(METRICS, "dolbom_ingest_readings_total") == 42
    assert value_of(METRICS, "dolbom_ingest_waiting_seconds") == 0.25
    assert labelled(METRICS, "dolbom_history_rows_total", 'source="readings"') == 7
    assert labelled(METRICS, "dolbom_history_rows_total", 'source="findings"') == 0
