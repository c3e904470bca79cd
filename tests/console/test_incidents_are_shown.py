"""What many homes lose together, as the pages tell it: the most vulnerable first, and a person's cry before all."""

from dataclasses import replace
from datetime import timedelta

from alerts.incidents.model import Cause, Incident
from alerts.model import Alert
from alerts.protection import fields_of, unprotected_of
from console.incidents.cards import cards_of, counted_in, mark_of, seen_in
from console.incidents.lists import incident_view, unprotected_lines
from console.rows import row_of
from contracts import Hazard, HomeId, Severity
from homes.model import Home
from tests.console.building import EN, KIM, KO, NOON, a_finding, a_home, an_alert, an_entry

MINUTE = timedelta(minutes=1)
LATER = NOON + 20 * MINUTE
HOMES = {
    HomeId(f"h-{number:04d}"): replace(a_home(f"h-{number:04d}"), vulnerability=number % 4) for number in range(1, 7)
}


def lost(home: str, *, after: timedelta = timedelta(0), test: bool = False) -> Alert:
    return an_alert(
        a_finding(
            home,
            kind="gateway_silent",
            hazard=Hazard.GATEWAY,
            severity=Severity.DEVICE,
            since=NOON + after,
            ko="게이트웨이 무응답 6분 · 한계 3분",
            en="gateway not heard for 6 min · limit 3 min",
            test=test,
        )
    )


LOST = [lost(home, after=number * MINUTE) for number, home in enumerate(HOMES)]


def an_incident(cause: Cause = Cause.DISTRICT, key: str = "") -> Incident:
    district = next(iter(HOMES.values())).district.district_id
    return Incident(
        incident_id="i-1",
        cause=cause,
        key=key or district,
        opened_at=NOON + MINUTE,
        began_at=NOON,
        losses=(),
        homes=tuple(HOMES),
    )


def test_the_most_vulnerable_home_comes_first_and_then_the_longest_silent() -> None:
    view = incident_view(an_incident(), LOST, HOMES, KO, LATER)
    assert [(line.home_id, line.vulnerable) for line in view.lines] == [
        ("h-0003", "최우선"),
        ("h-0002", "매우 취약"),
        ("h-0006", "매우 취약"),
        ("h-0001", "취약"),
        ("h-0005", "취약"),
        ("h-0004", "일반"),
    ]
    assert view.counts == (("최우선", 1), ("매우 취약", 2), ("취약", 2), ("일반", 1))
    assert view.lines[0].span == "18분" and view.lines[0].why == "게이트웨이 무응답 6분"


def test_a_cry_in_one_of_the_homes_stands_before_the_list() -> None:
    cry = an_alert(a_finding("h-0004", since=LATER))
    elsewhere = an_alert(a_finding("h-0099", since=LATER))
    view = incident_view(an_incident(), [*LOST, cry, elsewhere], HOMES, EN, LATER)
    assert [(badge.id, badge.p) for badge in view.badges] == [(cry.alert_id, "1")]
    assert [line.home_id for line in view.lines if line.badges] == ["h-0004"]


def test_a_home_that_is_heard_again_is_not_listed() -> None:
    view = incident_view(an_incident(), LOST[1:], HOMES, KO, LATER)
    assert "h-0001" not in [line.home_id for line in view.lines]


def test_each_cause_is_said_in_both_languages() -> None:
    for words in (KO, EN):
        said = {
            cause: cards_of([an_incident(cause, key)], HOMES, 0, words, LATER).cards[0].about
            for cause, key in (
                (Cause.BROKER, "-"),
                (Cause.BRIDGE, "2"),
                (Cause.CARRIER, "하늘통신"),
                (Cause.DISTRICT, ""),
            )
        }
        assert "하늘통신" in said[Cause.CARRIER] and "2" in said[Cause.BRIDGE]
        assert next(iter(HOMES.values())).district.dong in said[Cause.DISTRICT]


def test_a_district_that_nobody_can_name_is_told_by_its_id() -> None:
    assert "d-99" in cards_of([an_incident(key="d-99")], {}, 0, KO, LATER).cards[0].about


def test_the_strip_shows_three_and_says_how_many_more() -> None:
    incidents = [replace(an_incident(), incident_id=f"i-{number}") for number in range(5)]
    cards = cards_of(incidents, HOMES, 6, KO, LATER)
    assert len(cards.shown) == 3 and len(cards.cards) == 5 and cards.folded == set(HOMES)
    assert mark_of(incidents) == mark_of(incidents[::-1]) != mark_of(incidents[1:]) and mark_of([]) == ""


def test_l_a_strip_of_some_districts_counts_the_homes_of_those_alone() -> None:
    here, there = HomeId("h-0001"), HomeId("h-0002")
    homes = {
        **HOMES,
        there: replace(HOMES[there], district=replace(HOMES[there].district, district_id="d-9", dong="다른동")),
    }
    elsewhere = replace(an_incident(), incident_id="i-2", homes=(there,))
    own = frozenset({HOMES[here].district.district_id})
    seen = seen_in([elsewhere, an_incident()], homes, own)
    assert [(one.incident_id, len(one.homes)) for one in seen] == [("i-1", len(HOMES) - 1)]
    assert there not in cards_of(seen, homes, 0, KO, LATER).folded
    counts = {"d-9": 3, **dict.fromkeys(own, 2)}
    assert (counted_in(counts, own), counted_in(counts, frozenset()), counted_in({}, own)) == (2, 5, 0)


def test_only_a_devices_line_may_be_folded() -> None:
    assert row_of(an_entry(LOST[0]), KIM, LATER).loss
    assert not row_of(an_entry(an_alert()), KIM, LATER).loss


def test_who_is_not_protected_is_listed_by_vulnerability_then_by_how_long() -> None:
    found = unprotected_of([*LOST, lost("h-0099")], HOMES)
    assert [one.home_id for one in found] == ["h-0003", "h-0002", "h-0006", "h-0001", "h-0005", "h-0099", "h-0004"]
    lines = unprotected_lines(found, EN, LATER)
    assert lines[0].why == "gateway not heard for 6 min · limit 3 min" and lines[0].vulnerable == "first of all"
    assert unprotected_lines(found, KO, LATER)[5].place == ""


def test_a_home_with_two_reasons_is_one_home_since_the_first() -> None:
    power = lost("h-0001", after=5 * MINUTE)
    found = unprotected_of([replace(power, kind="blind", alert_id=power.alert_id), lost("h-0001")], HOMES)
    assert [(one.why, one.since) for one in found] == [(("gateway_silent", "blind"), NOON)]
    told = fields_of(found[0])
    assert told["why"] == "gateway_silent blind" and told["vulnerability_word"] == "vulnerable"
    home: Home = HOMES[HomeId("h-0001")]
    assert not {home.resident.name, home.address, home.resident.phone} & {str(value) for value in told.values()}
