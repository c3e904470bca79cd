"""Ids are derived: what is told twice has one name, what differs has two."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts import finding_id, partition_of, reading_id, shard_of
from contracts.ids import SHARDS, alert_id

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
WORDS = st.text(min_size=1, max_size=20)


@given(WORDS, WORDS)
def test_a_finding_told_twice_has_one_name(home: str, kind: str) -> None:
    assert finding_id(home, kind, NOON) == finding_id(home, kind, NOON)


@given(WORDS, WORDS, st.integers(min_value=1, max_value=10**9))
def test_another_moment_is_another_finding(home: str, kind: str, milliseconds: int) -> None:
    assert finding_id(home, kind, NOON) != finding_id(home, kind, NOON + timedelta(milliseconds=milliseconds))


def test_the_parts_of_an_id_cannot_run_into_each_other() -> None:
    assert reading_id("ab", "c", kind="k", mark="m") != reading_id("a", "bc", kind="k", mark="m")


def test_a_reading_a_finding_and_an_alert_never_share_a_name() -> None:
    assert len({alert_id("h", "k", "m"), reading_id("h", "k", kind="m", mark="")}) == 2


@given(WORDS)
def test_a_home_always_meets_the_same_shard_and_partition(home: str) -> None:
    assert 0 <= shard_of(home) < SHARDS
    assert partition_of(home, partitions=4) == shard_of(home) % 4


def test_the_shard_of_a_home_is_what_its_gateway_was_told() -> None:
    # Written into gateways at enrolment: a change would orphan every home.
    assert [shard_of(home) for home in ("h-0001", "h-0002", "h-0003")] == [9, 3, 5]
