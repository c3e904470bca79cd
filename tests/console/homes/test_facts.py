"""The facts at the head of a home's page."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from console.homes.facts import activity_fact, climate_fact, inside_fact, moved_fact
from console.homes.raster import UNSEEN
from console.strips import CELLS
from history.glance.words import Word
from tests.console.building import KO, ACell
from tests.console.homes.living import a_lived_in_home

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
HOME = a_lived_in_home()


def test_the_last_movement_says_when_and_where() -> None:
    fact = moved_fact(HOME, (NOON - timedelta(minutes=43), "motion-bath"), KO, NOON, SEOUL)
    assert (fact.value, fact.about) == ("11:17", "욕실 · 43분 전")
    assert moved_fact(HOME, (NOON - timedelta(days=2), "gone"), KO, NOON, SEOUL).value == "11.20 12:00"
    assert moved_fact(HOME, None, KO, NOON, SEOUL).value == "—"


def test_today_is_compared_with_the_same_hours_of_days_that_were_seen() -> None:
    days = [ACell(movements=2)] * (27 * CELLS) + [ACell(movements=1)] * CELLS
    looks = ["2"] * (28 * CELLS)
    assert activity_fact(days, looks, KO, NOON, SEOUL).value == "50 %"
    blind = [UNSEEN] * (21 * CELLS) + ["2"] * (7 * CELLS)
    fact = activity_fact(days, blind, KO, NOON, SEOUL)
    assert (fact.value, fact.about) == ("—", "아직 배우는 중 · 7일 중 6일")


def test_what_was_not_seen_today_is_said_and_an_early_day_is_not_compared() -> None:
    unseen_today = [ACell(movements=2)] * (27 * CELLS) + [ACell(observed=False)] * CELLS
    fact = activity_fact(unseen_today, ["2"] * (28 * CELLS), KO, NOON, SEOUL)
    assert "관찰 못 함" in fact.about
    early = datetime(2026, 11, 21, 15, 20, tzinfo=UTC)  # 00:20 in Seoul
    assert activity_fact(unseen_today, ["2"] * (28 * CELLS), KO, early, SEOUL).value == "—"
    nobody = [ACell()] * (28 * CELLS)
    assert activity_fact(nobody, ["0"] * (28 * CELLS), KO, NOON, SEOUL).about == KO("home.activity.none")


def test_at_home_or_away_is_said_with_how_likely_it_is() -> None:
    opened = Word(sensor_id="door-entrance", kind="contact", at=NOON - timedelta(hours=1), value=0.0)
    at_home = inside_fact(HOME, 0.98, [opened], KO, NOON, SEOUL)
    assert (at_home.value, at_home.about) == ("재실", "집에 있을 확률 98 % · 현관 11:00 닫힘")
    assert inside_fact(HOME, 0.3, [], KO, NOON, SEOUL).value == "외출"
    assert inside_fact(HOME, 0.6, [], KO, NOON, SEOUL).value == "불확실"
    assert inside_fact(HOME, None, [], KO, NOON, SEOUL).value == "—"


def test_the_air_is_told_with_its_room_and_its_age() -> None:
    warm = Word(sensor_id="motion-living", kind="temperature", at=NOON - timedelta(hours=4), value=23.14)
    damp = Word(sensor_id="motion-living", kind="humidity", at=NOON, value=41.0)
    fact = climate_fact(HOME, [warm, damp], KO, NOON, SEOUL)
    assert (fact.value, fact.about) == ("23.1 °C", "습도 41 % · 거실 · 4시간 전")
    assert climate_fact(HOME, [], KO, NOON, SEOUL).value == "—"
