"""Who serves which partition: all are served, shared fairly, and nothing moves without need."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.topics import PARTITIONS
from ingest.leases import Decision, Lease, decide

EVERY = range(PARTITIONS)
NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f", "g"])
LIVING = st.dictionaries(NAMES, st.just(True), min_size=1)
HELD = st.dictionaries(st.sampled_from(list(EVERY)), NAMES)


def decided(held: dict[int, str], living: dict[str, bool], me: str) -> Decision:
    leases = [Lease(partition=partition, holder=holder) for partition, holder in held.items()]
    return decide(leases, living, me=me, partitions=EVERY)


def turned(held: dict[int, str], living: dict[str, bool], order: list[str]) -> dict[int, str]:
    """Let each living bridge look once, in this order, as the database makes them."""
    held = dict(held)
    for me in order:
        decision = decided(held, living, me)
        for partition in decision.release:
            del held[partition]
        held |= dict.fromkeys(decision.take, me)
    return held


def sizes(held: dict[int, str], living: dict[str, bool]) -> list[int]:
    return [list(held.values()).count(name) for name in living]


def test_a_bridge_alone_serves_everything() -> None:
    assert decided({}, {"a": True}, "a") == Decision(take=frozenset(EVERY))


def test_a_second_bridge_gets_half_and_the_first_keeps_half() -> None:
    alone = dict.fromkeys(EVERY, "a")
    both = {"a": True, "b": True}
    assert not decided(alone, both, "b").take
    assert len(decided(alone, both, "a").release) == PARTITIONS // 2
    assert sizes(turned(alone, both, ["a", "b"]), both) == [PARTITIONS // 2] * 2


def test_what_a_dead_bridge_held_is_taken_at_the_next_look() -> None:
    held = {0: "a", 1: "b", 2: "a", 3: "b"}
    assert decided(held, {"b": True}, "b") == Decision(keep=frozenset({1, 3}), take=frozenset({0, 2}))


def test_a_bridge_that_cannot_hear_gives_up_while_another_can_and_keeps_all_while_none_can() -> None:
    held = {0: "a", 1: "b", 2: "a", 3: "b"}
    assert decided(held, {"a": False, "b": True}, "a").release == frozenset({0, 2})
    assert decided(held, {"a": False, "b": False}, "a") == Decision(keep=frozenset({0, 2}))


@given(HELD, LIVING, st.data())
def test_no_partition_stays_unserved_while_a_bridge_lives(
    held: dict[int, str], living: dict[str, bool], data: st.DataObject
) -> None:
    for _ in range(2):
        held = turned(held, living, data.draw(st.permutations(sorted(living))))
    assert set(held) == set(EVERY) and set(held.values()) <= set(living)


@given(HELD, LIVING, st.data())
def test_shares_differ_by_one_at_most(held: dict[int, str], living: dict[str, bool], data: st.DataObject) -> None:
    for _ in range(2):
        held = turned(held, living, data.draw(st.permutations(sorted(living))))
    assert max(sizes(held, living)) - min(sizes(held, living)) <= 1


@given(HELD, LIVING, st.data())
def test_once_it_is_fair_nothing_moves(held: dict[int, str], living: dict[str, bool], data: st.DataObject) -> None:
    for _ in range(2):
        held = turned(held, living, data.draw(st.permutations(sorted(living))))
    for me in living:
        decision = decided(held, living, me)
        assert not decision.take and not decision.release


@given(HELD, st.dictionaries(NAMES, st.booleans(), min_size=1), st.data())
def test_nobody_takes_what_a_living_bridge_has_not_given_up(
    held: dict[int, str], living: dict[str, bool], data: st.DataObject
) -> None:
    me = data.draw(st.sampled_from(sorted(living)))
    decision = decided(held, living, me)
    assert not {held.get(partition) for partition in decision.take} & (set(living) - {me})
    assert decision.keep | decision.release == {partition for partition, holder in held.items() if holder == me}


@given(HELD, LIVING)
def test_a_bridge_gives_up_no_more_than_it_has_too_much(held: dict[int, str], living: dict[str, bool]) -> None:
    for me in living:
        mine = list(held.values()).count(me)
        assert len(decided(held, living, me).release) <= max(0, mine - PARTITIONS // len(living))
