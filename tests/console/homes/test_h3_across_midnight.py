"""H3: the now-line and the sentence are right across midnight, by the home's clock on a server that counts in UTC."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.homes.curve import LEFT, RIGHT, Stillness, curve_of
from console.homes.raster import DAYS, raster_of, since_of, until_of
from console.strips import BIN
from tests.console.building import KO, ACell

SEOUL = ZoneInfo("Asia/Seoul")
BEFORE, AFTER = datetime(2026, 11, 22, 14, 59, tzinfo=UTC), datetime(2026, 11, 22, 15, 1, tzinfo=UTC)


def drawn_at(now: datetime) -> tuple[date, float, float, str, str]:
    """Draw a home in which nobody moved since 23:00 in Seoul: today, both now-lines, the sentence, when it is due."""
    since = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
    still = Stillness(
        since=since,
        still_for=now - since,
        opens_after=timedelta(hours=3),
        own_limits=False,
        limits=(timedelta(hours=3),) * 96,
        usual=(),
    )
    begin = since_of(now, SEOUL)
    cells = [ACell()] * round((until_of(now, SEOUL) - begin) / BIN)
    raster = raster_of(cells, since=begin, now=now, zone=SEOUL)
    curve = curve_of(still, [since], (), KO, now, SEOUL)
    assert len(raster.days) == DAYS
    assert [day.today for day in raster.days] == [False] * (DAYS - 1) + [True]
    return raster.days[-1].day, raster.now, (curve.now_x - LEFT) / (RIGHT - LEFT), curve.sentence, curve.due


def test_h3_a_minute_before_midnight_in_seoul_the_line_is_at_the_right_and_the_alert_comes_tomorrow() -> None:
    today, in_raster, in_curve, sentence, due = drawn_at(BEFORE)
    assert today == date(2026, 11, 22)
    assert in_raster == pytest.approx(96 - 1 / 15, abs=0.01)
    assert in_curve == pytest.approx(1439 / 1440, abs=0.001)
    assert sentence == "이 상태가 이어지면 11.23 02:00에 주의 (한계 3시간)."
    assert due == "2026-11-22T17:00:00+00:00"


def test_h3_a_minute_after_midnight_in_seoul_a_new_line_begins_at_the_left_and_the_alert_comes_today() -> None:
    today, in_raster, in_curve, sentence, due = drawn_at(AFTER)
    assert today == date(2026, 11, 23)
    assert in_raster == pytest.approx(1 / 15, abs=0.01)
    assert in_curve == pytest.approx(1 / 1440, abs=0.001)
    assert sentence == "이 상태가 이어지면 02:00에 주의 (한계 3시간)."
    assert due == "2026-11-22T17:00:00+00:00"


def test_h3_midnight_of_the_server_changes_nothing() -> None:
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    lines = [drawn_at(midnight + timedelta(minutes=n))[:2] for n in (-1, 1)]
    assert lines == [(date(2026, 11, 23), 35.93), (date(2026, 11, 23), 36.07)]
