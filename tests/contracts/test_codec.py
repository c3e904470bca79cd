"""The one codec: it reads what is promised and refuses the rest in one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Finding, ReadingBatch, Severity, WatchedHome, decode, encode
from contracts.codec import Undecodable
from contracts.ids import HomeId


@given(st.binary(max_size=200))
def test_noise_is_undecodable_and_nothing_else(noise: bytes) -> None:
    with pytest.raises(Undecodable):
        decode(noise, Finding)


def test_a_message_of_another_kind_is_undecodable() -> None:
    with pytest.raises(Undecodable):
        decode(encode(WatchedHome(home_id=HomeId("h-0001"), version=1)), ReadingBatch)


@given(st.text(min_size=1), st.integers(min_value=0, max_value=2**53))
def test_a_message_comes_back_as_it_went(home: str, version: int) -> None:
    sent = WatchedHome(home_id=HomeId(home), version=version)
    assert decode(encode(sent), WatchedHome) == sent


def test_an_emergency_ranks_before_everything_else() -> None:
    assert sorted(Severity, key=lambda severity: severity.rank)[0] is Severity.EMERGENCY
