"""The plan of a campaign: the same for the same seed, every kind in it, and honest about what overlaps."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.faults.plan import TOGETHER, Kind, Town, plan, targets_of

SEEDS = st.integers(min_value=0, max_value=2**32)
SERVICES = ("ingest", "detectors", "alerts", "history", "console")
HOSTS = {
    "kafka-1": frozenset({"kafka"}),
    "kafka-2": frozenset({"kafka"}),
    "kafka-3": frozenset({"kafka"}),
    "mqtt": frozenset({"mqtt"}),
    "db-1": frozenset({"database"}),
    "db-2": frozenset({"database"}),
    "work-1": frozenset(SERVICES),
    "work-2": frozenset(SERVICES),
    "home": frozenset[str](),
}
TOWN = Town(
    parts={
        **{f"kafka-{n}": "kafka" for n in (1, 2, 3)},
        "mosquitto": "mqtt",
        **{f"postgres-{n}": "database" for n in (1, 2)},
        **{f"{service}-{n}": service for service in SERVICES for n in (1, 2)},
    },
    hosts=HOSTS,
    topics=("readings", "readings.refused", "findings", "alerts", "detector-checkpoints", "gateway-messages"),
    services=SERVICES,
    talking=(("kafka-1", "work-1"), ("db-1", "work-1"), ("home", "mqtt")),
)


@given(seed=SEEDS, faults=st.integers(min_value=len(Kind), max_value=250))
@settings(max_examples=25, deadline=None)
def test_the_same_seed_makes_the_same_plan_with_every_kind_in_it(seed: int, faults: int) -> None:
    planned = plan(TOWN, seed=seed, faults=faults)
    assert planned == plan(TOWN, seed=seed, faults=faults)
    assert {fault.kind for fault in planned} == set(Kind)
    assert [fault.number for fault in planned] == list(range(1, faults + 1))


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_two_hundred_faults_hit_every_process_both_ways_and_every_topic(seed: int) -> None:
    planned = plan(TOWN, seed=seed, faults=200)
    for kind in (Kind.KILL, Kind.PAUSE):
        assert {fault.target for fault in planned if fault.kind is kind} == set(TOWN.parts)
    assert {fault.target for fault in planned if fault.kind is Kind.POISON} == set(TOWN.topics)
    assert {fault.way for fault in planned if fault.kind is Kind.CLOCK} == {"+600", "-600"}
    cut = {fault.target for fault in planned if fault.kind is Kind.CUT}
    assert {"kafka-1|work-1", "db-1|work-1", "home|mqtt"} <= cut


@given(seed=SEEDS, faults=st.integers(min_value=1, max_value=120))
@settings(max_examples=25, deadline=None)
def test_faults_of_one_round_meet_in_no_layer(seed: int, faults: int) -> None:
    rounds: dict[int, list[frozenset[str]]] = {}
    planned = plan(TOWN, seed=seed, faults=faults)
    assert len(planned) == faults
    for fault in planned:
        rounds.setdefault(fault.round, []).append(fault.layers)
    assert list(rounds) == list(range(len(rounds)))
    for layers in rounds.values():
        assert len(layers) <= TOGETHER
        assert sum(map(len, layers)) == len(frozenset[str]().union(*layers))


def test_another_seed_makes_another_plan() -> None:
    assert plan(TOWN, seed=1, faults=40) != plan(TOWN, seed=2, faults=40)


def test_what_cannot_be_done_here_is_not_planned() -> None:
    town = replace(TOWN, impossible={Kind.CUT: "not root", Kind.SLOW: "not root"})
    assert not {fault.kind for fault in plan(town, seed=1, faults=60)} & {Kind.CUT, Kind.SLOW}


def test_pairs_that_speak_to_each_other_come_first() -> None:
    assert set(targets_of(TOWN, Kind.CUT, 3)[:3]) == {"kafka-1|work-1", "db-1|work-1", "home|mqtt"}
