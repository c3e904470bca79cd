"""Hours of the week by the local clock, and whose shift it is."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from contracts import SensorId, WatchedSensor
from homes.asking import asks_by
from homes.hours import open_at, shift_at
from homes.model import Channel, Hours, Shift
from tests.homes.streets import a_home

SEOUL = "Asia/Seoul"


def local(month: int, day: int, hour: int, minute: int = 0, *, year: int = 2026, zone: str = SEOUL) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "shift"),
    [
        (local(11, 23, 8, 59), Shift.NIGHT),
        (local(11, 23, 9), Shift.DAY),
        (local(11, 23, 17, 59), Shift.DAY),
        (local(11, 23, 18), Shift.NIGHT),
        (local(11, 21, 12), Shift.NIGHT),
        # Chuseok, and a Monday off because Liberation Day fell on a Saturday.
        (local(9, 25, 12), Shift.NIGHT),
        (local(8, 17, 12), Shift.NIGHT),
        (local(8, 18, 12), Shift.DAY),
    ],
)
def test_the_office_is_there_on_weekdays_that_are_no_holiday(at: datetime, shift: Shift) -> None:
    assert shift_at(at, SEOUL) is shift


def test_each_country_has_its_own_holidays_and_no_country_has_none() -> None:
    unity = datetime(2025, 10, 3, 10, tzinfo=UTC)
    assert shift_at(unity, "Europe/Berlin") is Shift.NIGHT
    assert shift_at(unity, "Europe/Paris") is Shift.DAY
    assert shift_at(datetime(2026, 12, 25, 10, tzinfo=UTC), "UTC") is Shift.DAY


def test_without_hours_it_is_always() -> None:
    assert open_at((), local(11, 23, 3), SEOUL)


def test_a_span_past_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    friday_night = (Hours(days=(4,), from_minute=22 * 60, until_minute=6 * 60),)
    assert open_at(friday_night, local(11, 20, 22), SEOUL) and open_at(friday_night, local(11, 21, 5, 59), SEOUL)
    assert not open_at(friday_night, local(11, 20, 5), SEOUL) and not open_at(friday_night, local(11, 21, 22), SEOUL)


def test_until_midnight_is_until_the_day_ends() -> None:
    evening = (Hours(from_minute=18 * 60),)
    assert open_at(evening, local(11, 20, 23, 59), SEOUL) and not open_at(evening, local(11, 21, 0), SEOUL)


def test_a_home_is_asked_by_its_speaker_or_by_telephone_where_a_gateway_calls() -> None:
    silent = a_home()
    assert asks_by(silent, by_voice=True) is None
    by_phone = replace(silent, resident=replace(silent.resident, phone="010-0000-0201"))
    assert asks_by(by_phone, by_voice=False) is None
    asked = asks_by(by_phone, by_voice=True)
    assert asked and (asked.channel, asked.address) == (Channel.VOICE, "010-0000-0201")
    speaker = WatchedSensor(sensor_id=SensorId("speaker"), kind="voice")
    spoken = asks_by(replace(by_phone, sensors=(speaker,)), by_voice=True)
    assert spoken and (spoken.channel, spoken.address) == (Channel.DEVICE, "speaker")
