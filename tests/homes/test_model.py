"""What a home tells of itself, and to whom."""

from contracts import Hold
from homes import Channel, Contact, watched_home
from tests.homes.streets import DAUGHTER, a_hold, a_home


def test_nothing_of_a_person_is_printed_by_accident() -> None:
    shown = repr((a_home(), Contact(channel=Channel.EMAIL, address="gaon@example.com")))
    for private in ("한보라", "1942", "하늘로", "한가온", "010-0000-0102", "gaon@example.com"):
        assert private not in shown


def test_detectors_learn_nothing_of_a_person() -> None:
    hold: Hold = a_hold()
    home = a_home(version=3, holds=(hold,))
    watched = watched_home(home)
    assert (watched.home_id, watched.version, watched.holds, watched.sensors) == ("h-0001", 3, (hold,), home.sensors)
    assert DAUGHTER.name not in repr(watched) and "한보라" not in repr(watched)
