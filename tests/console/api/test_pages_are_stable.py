"""Laws of paging: whatever is added between two pages, what was there is told once each, and a forged place is told."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from console.api import cursors
from console.api.cursors import BadCursor, read_moment, read_number, read_texts, write
from console.api.exporting.fhir import BadDate, span_of

MOMENTS = some.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001
THINGS = some.tuples(MOMENTS, some.text("0123456789abcdef", min_size=24, max_size=24))
Thing = tuple[datetime, str]


def page(things: set[Thing], cursor: str, most: int) -> tuple[list[Thing], str]:
    """Page as the statements do: newest first, after the last one told."""
    rest = sorted(things, reverse=True)
    if cursor:
        at, name = read_texts("alerts", cursor, parts=2)
        rest = [thing for thing in rest if thing < (read_moment(at), name)]
    told = rest[:most]
    return told, write("alerts", *told[-1]) if len(told) == most else ""


@settings(max_examples=60, deadline=None)
@given(some.sets(THINGS, max_size=20), some.lists(THINGS, max_size=10), some.integers(1, 7))
def test_what_was_there_is_told_once_whatever_is_added(there: set[Thing], added: list[Thing], most: int) -> None:
    things, told, cursor = set(there), list[Thing](), ""
    while True:
        few, cursor = page(things, cursor, most)
        told += few
        if not cursor:
            break
        things |= {added.pop()} if added else set()
    assert len(told) == len(set(told)) and there <= set(told)
    assert told == sorted(told, reverse=True)


@settings(max_examples=100, deadline=None)
@given(MOMENTS, some.text("0123456789abcdef", min_size=1, max_size=48))
def test_a_place_comes_back_as_it_was_written(at: datetime, name: str) -> None:
    read = read_texts("vitals", write("vitals", at, name, "heart_per_minute"), parts=3)
    assert (read_moment(read[0]), *read[1:]) == (at, name, "heart_per_minute")


@settings(max_examples=100, deadline=None)
@given(some.text(max_size=60))
def test_a_forged_place_is_told_and_nothing_else_is_raised(text: str) -> None:
    for read in (lambda: read_texts("alerts", text, parts=2), lambda: read_moment(text), lambda: read_number(text)):
        try:
            read()
        except BadCursor:
            continue
    with pytest.raises(BadCursor):
        cursors.read_texts("homes", write("alerts", "x"), parts=1)


@settings(max_examples=100, deadline=None)
@given(some.lists(some.tuples(some.sampled_from(["ge", "gt", "le", "lt"]), MOMENTS), max_size=4))
def test_a_span_of_dates_is_what_all_of_them_allow(said: list[tuple[str, datetime]]) -> None:
    begin, end = span_of([f"{how}{at.isoformat()}" for how, at in said])
    for how, at in said:
        inside = begin <= at < end
        assert not inside or how in ("ge", "le")
    with pytest.raises(BadDate):
        span_of(["ge2026-02-30"])
