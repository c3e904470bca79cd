"""What an operator may enter as a hold."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.homes.holds import Wish, read_hold, read_moment
from contracts import HoldKind

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
GOOD = {"kind": "away", "hours": "24", "reason": "딸 집 방문"}


def test_a_hold_lasts_as_long_as_was_entered() -> None:
    wish = read_hold(GOOD, NOW, SEOUL)
    assert isinstance(wish, Wish)
    assert (wish.hold.kind, wish.hold.from_at, wish.hold.until_at) == (HoldKind.AWAY, NOW, NOW + timedelta(hours=24))


def test_a_written_end_means_the_homes_own_clock() -> None:
    wish = read_hold(GOOD | {"until": "2026-11-23T09:00"}, NOW, SEOUL)
    assert isinstance(wish, Wish)
    assert wish.hold.until_at == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "test"}, "hold.no_kind"),
        ({"kind": ""}, "hold.no_kind"),
        ({"hours": ""}, "hold.no_end"),
        ({"hours": "1e3"}, "hold.no_end"),
        ({"hours": "0"}, "hold.over"),
        ({"until": "gestern"}, "hold.no_end"),
        ({"until": "2026-11-22T11:00"}, "hold.over"),
        ({"hours": "337"}, "hold.too_long"),
        ({"reason": "  "}, "hold.no_reason"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(change: dict[str, str], sentence: str) -> None:
    assert read_hold(GOOD | change, NOW, SEOUL) == sentence


def test_a_moment_without_a_zone_is_none() -> None:
    assert read_moment(NOW.isoformat()) == NOW
    assert read_moment("2026-11-22T03:00:00") is None
    assert read_moment("x") is None
