"""A city on paper: its arithmetic, and that nothing of it falls when there are more homes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.load.model import Assumptions, Figures, Needs, limits, needs

#: One reading a second of each home, and round figures everywhere.
ROUND = Figures(
    readings_a_day=86_400,
    microseconds={"ingest": 100, "detectors": 50, "history": 20, "MQTT broker": 10, "Kafka": 40, "PostgreSQL": 40},
    megabytes={"ingest": 100, "detectors": 100},
    kilobytes_a_home={"ingest": 1, "detectors": 10},
    record_bytes=100,
    message_bytes=50,
    checkpoint_bytes=6_000,
    row_bytes=200,
    compressed_bytes=20,
    wal_bytes=300,
    home_bytes=10_000,
)
CALM = Assumptions(peak=1.0, busy=0.5, connections=1e9)

figures = st.builds(
    replace,
    st.just(ROUND),
    readings_a_day=st.floats(10, 100_000),
    record_bytes=st.floats(1, 1_000),
    checkpoint_bytes=st.floats(0, 50_000),
    microseconds=st.fixed_dictionaries({name: st.floats(0.1, 1_000) for name in ROUND.microseconds}),
)


def test_the_first_limit_is_what_is_full_first() -> None:
    first, second, *_ = limits(ROUND, CALM)
    assert (first.what, first.homes) == ("history: one process", 25_000)
    assert (second.what, second.homes) == ("MQTT broker: one process", 50_000)


def test_a_broker_of_few_connections_is_full_before_its_processor_is() -> None:
    assert limits(ROUND, replace(CALM, connections=1_000))[0].homes == 1_000


def test_ten_thousand_homes_need_what_a_pencil_says() -> None:
    asked = needs(10_000, ROUND, CALM)
    assert asked.installations == 1
    assert asked.per_second == 10_000
    # A whole core for the bridge, half busy each: two, and one that may die.
    assert asked.workers["ingest"] == 3
    assert asked.workers["detectors"] == 2
    assert asked.partitions == 4
    # 10,000 x (100 + 50) bytes and 10,000 x 6,000 bytes in a minute, three copies.
    assert asked.kafka_in == pytest.approx(3 * (1.5e6 + 1e6))
    assert asked.kafka_out == pytest.approx(4 * (1.5e6 + 1e6))
    assert asked.database_raw_bytes == pytest.approx(10_000 * 86_400 * 90 * 200 + 1e8)
    assert asked.database_compressed_bytes == pytest.approx(10_000 * 86_400 * (2 * 200 + 88 * 20) + 1e8)
    assert asked.memory["detectors"] == pytest.approx(0.2 + 0.1)
    assert asked.memory["ingest"] == pytest.approx(0.3 + 0.03)


def test_more_homes_than_one_installation_bears_are_several() -> None:
    assert needs(60_000, ROUND, CALM).installations == 3
    assert needs(25_000, ROUND, CALM).installations == 1


def test_no_homes_need_nothing() -> None:
    assert needs(0, ROUND, CALM) == Needs()


def test_without_compression_the_database_is_never_smaller() -> None:
    asked = needs(1_000_000, ROUND, CALM)
    assert asked.database_compressed_bytes < asked.database_raw_bytes


@pytest.mark.laws
@given(figures, st.floats(1, 1e7), st.floats(1, 3))
def test_more_homes_never_need_less(measured: Figures, homes: float, more: float) -> None:
    few, many = needs(homes, measured, Assumptions()), needs(homes * more, measured, Assumptions())
    bound = _all(many)
    assert not {name: value for name, value in _all(few).items() if value > bound[name] * (1 + 1e-9)}


@pytest.mark.laws
@given(figures, st.floats(1, 1e6), st.floats(1, 3))
def test_a_dearer_reading_never_lets_more_homes_in(measured: Figures, _homes: float, dearer: float) -> None:
    costly = replace(measured, microseconds={name: cost * dearer for name, cost in measured.microseconds.items()})
    assert limits(costly, Assumptions())[0].homes <= limits(measured, Assumptions())[0].homes * (1 + 1e-9)


def _all(asked: Needs) -> dict[str, float]:
    plain = {name: value for name, value in vars(asked).items() if isinstance(value, int | float)}
    workers = {f"workers of {name}": float(many) for name, many in asked.workers.items()}
    return {**plain, **workers, **{f"memory of {name}": gigabytes for name, gigabytes in asked.memory.items()}}
