"""What the page reckons is what the worker knows: both read the same days, by the same rules."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from console.homes.learned import doors_of, habits_of, think
from contracts import Reading
from contracts.rows import row_of
from detectors.chunk import Chunk
from detectors.observed import slot_of
from detectors.replay.flow import batches_of, run
from detectors.whereabouts import expected_inside
from history.glance.words import Mark, Word, kind_of_number
from homes.model import watched_home
from tests.console.homes.living import a_life, a_lived_in_home, beats

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
HOME = watched_home(a_lived_in_home())


def marks_of(readings: Iterable[Reading]) -> list[Mark]:
    """Put readings into five minutes as the database does."""
    doors, slots = set(doors_of(HOME)), dict[int, tuple[bool, bool]]()
    for reading in readings:
        row = row_of(reading)
        moved, door = slots.get(slot_of(row.ts), (False, False))
        slots[slot_of(row.ts)] = (moved or row.sign == 2, door or (row.sign == 2 and row.sensor in doors))
    return [Mark(slot=slot, moved=moved, door=door) for slot, (moved, door) in sorted(slots.items())]


def newest(readings: Iterable[Reading]) -> list[Word]:
    rows = {(row.sensor, row.kind): row for row in map(row_of, readings)}
    return [
        Word(sensor_id=row.sensor, kind=kind_of_number(row.kind), at=row.ts, value=row.value) for row in rows.values()
    ]


def test_the_page_learns_what_the_worker_learned_and_thinks_what_it_thinks() -> None:
    lived = [
        *a_life(HOME.home_id, NOON - timedelta(minutes=50), days=9),
        *beats(HOME.home_id, NOON - timedelta(days=9), NOON),
    ]
    readings = sorted(
        {one.reading_id: one for one in lived}.values(), key=lambda one: (one.observed_at, one.reading_id)
    )
    chunk = Chunk()
    list(run(chunk, batches_of(readings, [HOME], until=NOON)))
    state = chunk.states[HOME.home_id]
    marks = marks_of(readings)
    habits = habits_of(marks, HOME, NOON)
    assert habits
    assert state.habits
    # The worker began to learn at its first word, the page at that day's midnight: the days and the limits agree.
    assert abs(habits.days - state.habits.days) < 1
    signs = [one for one in readings if row_of(one).sign == 2 and one.observed_at > NOON - timedelta(days=2)]
    recent = [mark for mark in marks if mark.slot > marks[-1].slot - 900]
    thought = think(HOME, state.habits, recent, signs, newest(readings), NOON)
    inside = expected_inside(state, HOME, NOON)
    assert abs(thought.at_home - inside.probability) < 1e-6
    assert thought.own_limits
    assert state.active
    assert thought.still_since == state.active.at
    assert len(thought.limits) == len(thought.usual) == 96
    assert timedelta(minutes=45) < thought.still_for <= timedelta(minutes=60)
    ours = think(HOME, habits, recent, signs, newest(readings), NOON)
    apart = [abs(one - other) / other for one, other in zip(ours.limits, thought.limits, strict=True)]
    assert max(apart) < 0.35


def test_a_home_that_was_never_heard_has_no_habits_and_an_even_guess() -> None:
    assert habits_of([], HOME, NOON) is None
    thought = think(HOME, None, [], [], [], NOON)
    assert (thought.still_since, thought.own_limits, thought.limits) == (None, False, ())
