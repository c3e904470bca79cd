"""What waits for a partition goes in its order: homes, the present, the late, and the backlog at its pace."""

from hypothesis import given
from hypothesis import strategies as st

from contracts import Reading
from ingest.lanes import MOST_READINGS, Lane, Pace
from ingest.ticket import Ticket
from tests.ingest.messages import NOON, a_message, only, taken
from tests.ingest.street import a_watched_home

(LIVE, LATE) = (
    only(taken(a_message(f'{{"seq":1,"at":"{at}","readings":[{{"sensor":"s","value":{{"kind":"help_button"}}}}]}}')))
    for at in ("2026-11-22T03:00:00Z", "2026-11-22T01:00:00Z")
)


def a_lane(per_second: float = 1_000.0) -> Lane:
    return Lane(partition=0, pace=Pace(per_second=per_second))


def put(lane: Lane, *readings: Reading, backlog: bool = False) -> Ticket:
    ticket = Ticket(left=len(readings))
    lane.add(readings, ticket, backlog=backlog)
    return ticket


def test_what_is_now_goes_before_what_is_late_and_that_before_the_backlog() -> None:
    lane = a_lane()
    tickets = [put(lane, LATE, backlog=True), put(lane, LATE), put(lane, LIVE)]
    assert [ticket for _, ticket in lane.cut(ticks=1.0).waited] == tickets[::-1]


def test_a_full_record_of_the_present_leaves_the_past_where_it_is() -> None:
    lane = a_lane()
    put(lane, LATE, backlog=True)
    put(lane, *[LIVE] * MOST_READINGS)
    assert len(lane.cut(ticks=1.0).waited) == MOST_READINGS
    assert len(lane.backlog) == 1 and not lane.overdue


def test_a_home_is_told_before_its_readings_however_large_the_street() -> None:
    lane = a_lane()
    put(lane, LIVE)
    lane.homes.extend((a_watched_home(f"h-{number}"), 200_000) for number in range(3))
    assert [(len(cut.homes), len(cut.waited)) for cut in (lane.cut(1.0), lane.cut(1.0))] == [(2, 0), (1, 1)]


@given(st.floats(1, 10_000), st.lists(st.floats(0, 1), min_size=1, max_size=200))
def test_no_backlog_is_faster_than_its_pace(per_second: float, steps: list[float]) -> None:
    lane = a_lane(per_second)
    put(lane, *[LATE] * 20_000, backlog=True)
    lane.pace.allowed(0.0)
    ticks = gone = 0.0
    for step in steps:
        ticks += step
        gone += len(lane.cut(ticks).waited)
    assert gone <= per_second * ticks + 1


@given(st.lists(st.booleans(), max_size=30))
def test_only_what_comes_again_is_forgotten(again: list[bool]) -> None:
    lane = a_lane()
    for place, void in enumerate(again):
        ticket = put(lane, LATE if place % 3 else LIVE, backlog=place % 2 == 0)
        ticket.void = void
    lane.forget()
    kept = [ticket for place in (lane.live, lane.behind, lane.backlog) for _, ticket in place]
    assert len(kept) == again.count(False) and not any(ticket.void for ticket in kept)


def test_a_lane_with_a_backlog_only_waits_for_nothing_but_its_pace() -> None:
    lane = a_lane(per_second=1.0)
    lane.pace.allowed(0.0)
    put(lane, LATE, backlog=True)
    assert not lane.waits() and not lane.due(0.5) and lane.due(1.1)
    assert lane.cut(1.1).waited[0][0].received_at == NOON
