from datetime import UTC, datetime, timedelta

import pytest

from console.engineer.walk.pages import alarms_under, code_of, name_of_kind, view_of
from console.words import Words
from contracts.values import Battery, LinkQuality, Motion
from homes.model import District
from homes.parts import SENSOR_KINDS
from homes.walk_test import Proof, begun, ended
from tests.console.building import EN, KO, a_finding, an_alert
from tests.homes.test_walk_test import HOME, NOON, proof_of

PLACE = District(district_id="d", city="한빛시", gu="새빛구", dong="매화동")


def test_a_sensor_waits_then_is_heard_then_is_proven() -> None:
    test = begun(HOME, "김기사", NOON)
    sensors = [proof_of("motion"), proof_of("motion", Motion(active=False)), proof_of("motion", Motion(active=True))]
    view = view_of(test, sensors, PLACE, KO, NOON + timedelta(minutes=11))
    assert [tile.proof for tile in view.tiles] == [Proof.NOT_HEARD, Proof.HEARD, Proof.PROVEN]
    assert [tile.state for tile in view.tiles] == ["기다림", "신호만 옴", "확인"]
    assert (view.left, view.left_seconds, view.proven) == ("19:00", 1140, 1)
    assert view.district == "한빛시 새빛구 매화동" and view.tiles[0].todo == "센서 앞을 지나가십시오."
    assert [tile.contact_id for tile in view.tiles] == ["612", "612", "611"]


def test_a_proven_sensor_with_a_weak_link_is_named_among_those_that_did_not_pass() -> None:
    weak = proof_of("motion", Motion(active=True), LinkQuality(score=12), Battery(percent=8))
    done = ended(begun(HOME, "김기사", NOON), [weak], NOON + timedelta(minutes=2))
    view = view_of(done, done.sensors, PLACE, EN, NOON)
    assert not view.passed and view.genuine and "weak signal" in view.lacking[0]
    (tile,) = view.tiles
    assert (tile.bars, tile.link, tile.weak, tile.battery, tile.low) == (1, "12", True, "8 %", True)


def test_a_code_is_written_in_groups_that_can_be_read_aloud() -> None:
    assert code_of("0123456789abcdef" * 4) == "0123 4567 89ab cdef 0123 4567 89ab cdef"
    assert code_of("") == ""


def test_only_alarms_of_this_test_are_listed() -> None:
    at = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    test = begun(HOME, "김기사", at)
    alerts = [
        an_alert(a_finding(test=True, since=at), at + timedelta(seconds=9)),
        an_alert(a_finding(test=False, since=at), at + timedelta(seconds=9)),
        an_alert(a_finding(test=True, since=at), at - timedelta(days=1)),
    ]
    (alarm,) = alarms_under(alerts, test, KO, at)
    assert alarm.at == "12:00:09" and alarm.text.startswith("시험 · ")


@pytest.mark.parametrize("words", [KO, EN], ids=["ko", "en"])
@pytest.mark.parametrize("kind", sorted(SENSOR_KINDS))
def test_every_kind_of_sensor_has_its_name(kind: str, words: Words) -> None:
    assert name_of_kind(kind, words) != kind


def test_every_state_has_its_word() -> None:
    for proof in Proof:
        assert KO(f"walk.{proof}") != EN(f"walk.{proof}")


def test_an_alarm_is_set_off_by_its_test_button_and_a_meter_is_waited_for() -> None:
    sensors = [proof_of("smoke"), proof_of("temperature")]
    view = view_of(begun(HOME, "김기사", NOON), sensors, PLACE, EN, NOON)
    assert ["test button" in tile.todo for tile in view.tiles] == [True, False]
