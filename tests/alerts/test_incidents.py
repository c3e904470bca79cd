"""What many homes lose at once for one cause is one incident; the laws hold whatever the order and the cause."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.incidents.explain import FEWEST, explain
from alerts.incidents.model import LOSSES, Cause, Incident, Loss, Place, is_loss, sizes_of
from alerts.incidents.survey import FEW, LINGER, Survey, survey
from contracts import NEVER_HEARD, Hazard, HomeId, Severity
from tests.alerts.building import MINUTE, NOON, a_finding, an_alert

SECOND = timedelta(seconds=1)


def a_place(number: int, *, district: str = "d-1", carrier: str = "") -> Place:
    return Place(home_id=HomeId(f"h-{number:04d}"), district=district, carrier=carrier)


def a_loss(place: Place, *, after: timedelta = timedelta(0)) -> Loss:
    return Loss(place=place, since=NOON + after)


def a_town(homes: int = 200) -> list[Place]:
    """Ten dongs and three carriers, each in every dong."""
    return [a_place(number, district=f"d-{number % 10}", carrier=f"c-{number % 3}") for number in range(homes)]


TOWN = a_town()
SIZES = sizes_of(TOWN)


def causes(found: Survey) -> list[tuple[Cause, str, int]]:
    return [(incident.cause, incident.key, len(incident.homes)) for incident in found.opened]


def after(known: Sequence[Incident], found: Survey) -> list[Incident]:
    """Apply a survey to what was known."""
    gone = {one.incident_id for one in (*found.over, *found.changed)}
    return [*(one for one in known if one.incident_id not in gone), *found.changed, *found.opened]


def one_dong(homes: int) -> list[Loss]:
    places = [place for place in TOWN if place.district == "d-3"][:homes]
    return [a_loss(place, after=number * SECOND) for number, place in enumerate(places)]


def test_twelve_homes_of_a_dong_are_one_incident() -> None:
    assert causes(survey(one_dong(12), (), SIZES, NOON)) == [(Cause.DISTRICT, "d-3", 12)]


def test_four_homes_are_four_homes() -> None:
    assert survey(one_dong(4), (), SIZES, NOON) == Survey()


def test_five_homes_in_six_minutes_have_nothing_in_common() -> None:
    spread = [replace(loss, since=NOON + number * 90 * SECOND) for number, loss in enumerate(one_dong(5))]
    assert survey(spread, (), SIZES, NOON) == Survey()
    closer = [replace(loss, since=NOON + number * 75 * SECOND) for number, loss in enumerate(one_dong(5))]
    assert causes(survey(closer, (), SIZES, NOON)) == [(Cause.DISTRICT, "d-3", 5)]


def test_two_losses_of_one_home_are_one_home() -> None:
    twice = [*one_dong(4), *(replace(loss, since=loss.since + MINUTE) for loss in one_dong(4))]
    assert survey(twice, (), SIZES, NOON) == Survey()


def test_homes_of_one_carrier_in_every_dong_name_the_carrier() -> None:
    found = survey([a_loss(place) for place in TOWN if place.carrier == "c-1"], (), SIZES, NOON)
    assert causes(found) == [(Cause.CARRIER, "c-1", 67)]


def test_a_home_that_fails_by_itself_does_not_make_a_dong_a_carrier() -> None:
    place = next(place for place in TOWN if place.district == "d-7" and place.carrier == "c-0")
    found = survey([*one_dong(20), a_loss(place)], (), SIZES, NOON)
    assert causes(found) == [(Cause.DISTRICT, "d-3", 20)]


def test_nearly_all_homes_at_once_are_the_broker() -> None:
    found = survey([a_loss(place) for place in TOWN[:190]], (), SIZES, NOON)
    assert causes(found) == [(Cause.BROKER, "", 190)]


def test_nearly_all_homes_of_a_partition_are_our_bridge() -> None:
    of_two = [place for place in TOWN if (Cause.BRIDGE, "2") in place.shares]
    assert causes(survey([a_loss(place) for place in of_two], (), SIZES, NOON)) == [(Cause.BRIDGE, "2", len(of_two))]


def test_two_dongs_are_two_incidents() -> None:
    other = [a_loss(place) for place in TOWN if place.district == "d-8"][:9]
    assert causes(survey([*one_dong(9), *other], (), SIZES, NOON)) == [
        (Cause.DISTRICT, "d-3", 9),
        (Cause.DISTRICT, "d-8", 9),
    ]


def test_a_large_carrier_has_homes_that_fail_by_themselves() -> None:
    sizes = {**SIZES, (Cause.CARRIER, "c-1"): 50_000, (Cause.BROKER, ""): 100_000}
    spread = [place for place in TOWN if place.carrier == "c-1"][:9]
    assert survey([a_loss(place) for place in spread], (), sizes, NOON) == Survey()


def test_an_incident_grows_and_shrinks_and_keeps_its_name() -> None:
    (first,) = survey(one_dong(6), (), SIZES, NOON).opened
    (grown,) = survey(one_dong(14), [first], SIZES, NOON + MINUTE).changed
    assert (grown.incident_id, len(grown.homes), grown.version) == (first.incident_id, 14, 2)
    (shrunk,) = survey(one_dong(14)[:4], [grown], SIZES, NOON + 2 * MINUTE).changed
    assert (shrunk.incident_id, len(shrunk.homes), shrunk.version) == (first.incident_id, 4, 3)
    assert survey(one_dong(14)[:4], [shrunk], SIZES, NOON + 3 * MINUTE) == Survey()


def test_an_incident_ends_when_few_are_left_for_a_while() -> None:
    (known,) = survey(one_dong(6), (), SIZES, NOON).opened
    (low,) = survey(one_dong(2), [known], SIZES, NOON + MINUTE).changed
    assert low.homes and low.low_since == NOON + MINUTE and not low.over_at
    assert not survey(one_dong(2), [low], SIZES, NOON + MINUTE + LINGER - SECOND).over
    (over,) = survey(one_dong(2), [low], SIZES, NOON + MINUTE + LINGER).over
    assert over.over_at and not over.homes
    # Who is still silent is shown by itself: two are no incident.
    assert survey(one_dong(2), [], SIZES, NOON + 2 * LINGER) == Survey()


def test_homes_whose_lines_come_and_go_are_one_case() -> None:
    (known,) = survey(one_dong(6), (), SIZES, NOON).opened
    (low,) = survey([], [known], SIZES, NOON + MINUTE).changed
    back = [replace(loss, since=NOON + 2 * MINUTE) for loss in one_dong(6)]
    (again,) = survey(back, [low], SIZES, NOON + 3 * MINUTE).changed
    assert again.incident_id == known.incident_id and len(again.homes) == 6 and again.low_since is None


def test_a_home_that_falls_silent_a_day_later_is_a_case_of_its_own() -> None:
    (known,) = survey(one_dong(6), (), SIZES, NOON).opened
    later = replace(one_dong(7)[6], since=NOON + timedelta(days=1))
    assert survey([*one_dong(6), later], [known], SIZES, NOON + timedelta(days=1)) == Survey()


def test_a_wider_cause_takes_the_incident_over() -> None:
    of_carrier = [a_loss(place) for place in TOWN if place.carrier == "c-1"]
    of_dong = [loss for loss in of_carrier if loss.place.district == "d-3"]
    (narrow,) = survey(of_dong, (), SIZES, NOON).opened
    found = survey(of_carrier, [narrow], SIZES, NOON + MINUTE)
    assert causes(found) == [(Cause.CARRIER, "c-1", 67)]
    assert [one.incident_id for one in found.over] == [narrow.incident_id]


def test_only_a_trouble_that_calls_nobody_is_a_loss() -> None:
    silent = an_alert(a_finding("gateway_silent", Hazard.GATEWAY, Severity.DEVICE))
    assert is_loss(silent)
    assert not is_loss(replace(silent, test=True))
    assert not is_loss(replace(silent, kind="test_missing"))
    assert not is_loss(replace(silent, restored_at=NOON))
    not_protected = a_finding("not_protected", Hazard.PROTECTION, Severity.NOTICE)
    assert is_loss(an_alert(not_protected))
    assert not is_loss(an_alert(a_finding("not_protected", Hazard.PROTECTION, Severity.CAUTION)))
    assert not is_loss(replace(silent, hazard=Hazard.SENSOR))


def test_a_gateway_that_was_never_heard_was_not_cut_off() -> None:
    for kind, hazard in (("gateway_silent", Hazard.GATEWAY), ("not_protected", Hazard.PROTECTION)):
        assert not is_loss(an_alert(a_finding(kind, hazard, Severity.NOTICE, values={NEVER_HEARD: 1.0})))


# ---- laws

PLACES = st.sampled_from(TOWN)
SINCES = st.integers(min_value=0, max_value=40 * 60).map(lambda seconds: seconds * SECOND)
SINGLES = st.lists(st.builds(a_loss, PLACES, after=SINCES), max_size=40)
OUTAGES = st.builds(
    lambda shared, at: [a_loss(place, after=at) for place in TOWN if shared in place.shares],
    st.sampled_from(sorted(SIZES)),
    SINCES,
)
ALL_LOSSES = st.builds(
    lambda singles, outages: sorted({*singles, *(loss for some in outages for loss in some)}, key=str),
    SINGLES,
    st.lists(OUTAGES, max_size=2),
)


@pytest.mark.laws
@given(losses=ALL_LOSSES, dice=st.randoms(use_true_random=False), ticks=st.integers(min_value=1, max_value=6))
@settings(max_examples=150, deadline=None)
def test_the_order_of_arrival_does_not_matter(losses: list[Loss], dice: object, ticks: int) -> None:
    at_once = after([], survey(losses, (), SIZES, NOON))
    shuffled = list(losses)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis' random has no public type
    known: list[Incident] = []
    for tick in range(1, ticks + 1):
        heard = shuffled[: len(shuffled) * tick // ticks]
        known = after(known, survey(heard, known, SIZES, NOON + tick * SECOND))
    assert {(one.shared, one.homes) for one in known} == {(one.shared, one.homes) for one in at_once}


@given(losses=ALL_LOSSES)
@settings(max_examples=100, deadline=None)
def test_an_incident_opens_with_enough_homes_and_each_home_is_in_one(losses: list[Loss]) -> None:
    opened = survey(losses, (), SIZES, NOON).opened
    assert all(len(one.homes) >= FEWEST for one in opened)
    members = [home for one in opened for home in one.homes]
    assert len(members) == len(set(members))
    assert set(members) <= {loss.home_id for loss in losses}


@pytest.mark.laws
@given(losses=ALL_LOSSES, kept=st.data())
@settings(max_examples=100, deadline=None)
def test_an_incident_lists_only_who_is_silent_now_and_keeps_its_cause(losses: list[Loss], kept: st.DataObject) -> None:
    known = after([], survey(losses, (), SIZES, NOON))
    now_lost = set(kept.draw(st.lists(st.sampled_from(losses), unique=True))) if losses else set()
    still = {loss.home_id for loss in now_lost}
    then = after(known, survey(now_lost, known, SIZES, NOON + MINUTE))
    assert {one.shared for one in then} == {one.shared for one in known}
    assert all(set(one.homes) <= still for one in then)
    assert survey(now_lost, then, SIZES, NOON + MINUTE) == Survey()
    ended = survey(now_lost, then, SIZES, NOON + MINUTE + LINGER).over
    assert {one.shared for one in ended} == {one.shared for one in then if len(one.homes) < FEW}


@given(
    severity=st.sampled_from(Severity),
    hazard=st.sampled_from([hazard for hazard in Hazard if hazard is not Hazard.CHECK]),
)
def test_what_threatens_a_person_is_never_part_of_an_incident(severity: Severity, hazard: Hazard) -> None:
    alert = an_alert(a_finding("any", hazard, severity))
    assert is_loss(alert) == (not alert.calls_people and hazard in LOSSES)
    assert not (is_loss(alert) and severity in {Severity.EMERGENCY, Severity.URGENT, Severity.CAUTION})


def test_every_cause_explains_itself() -> None:
    assert explain([a_loss(place) for place in TOWN], SIZES).keys() == {(Cause.BROKER, "")}
