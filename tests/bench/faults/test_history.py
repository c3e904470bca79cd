"""The history checker finds nothing in a sound history, and everything that is planted in one."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.faults.history import LATE_SECONDS, Flaw, check
from bench.faults.seen import Call, History, Kept, Opened, Press, Pushed, Told

COUNTS = st.integers(min_value=2, max_value=12)


def sound(presses: int, *, again: int = 0) -> History:
    """A history in which every press went its way; some hops happened again, as at-least-once may."""
    some = range(presses)
    return History(
        presses=tuple(
            Press(number=n, home_id=f"h-{n % 5}", session=1, seq=n, reading_id=f"r{n}", at=float(n)) for n in some
        ),
        kept=tuple(Kept(reading_id=f"r{n}", partition=n % 4, offset=n) for n in (*some, *range(again))),
        told=tuple(
            Told(finding_id=f"f{n}", home_id=f"h-{n % 5}", kind="help_button", hazard="help", reading_ids=(f"r{n}",))
            for n in (*some, *range(again))
        ),
        opened=tuple(
            Opened(
                alert_id=f"a{n}",
                home_id=f"h-{n % 5}",
                hazard="help",
                severity="emergency",
                finding_ids=(f"f{n}",),
                reading_ids=(f"r{n}",),
                outcome="N1",
            )
            for n in some
        ),
        calls=tuple(
            Call(key=f"k{n}{who}", alert_id=f"a{n}", whom=who, step=1, state="delivered") for n in some for who in "xy"
        ),
        pushed=tuple(
            Pushed(key=f"k{n}{who}", alert_id=f"a{n}", home_id=f"h-{n % 5}", at=n + 0.5)
            for n in (*some, *range(again))
            for who in "xy"
        ),
        recorded=tuple(f"r{n}" for n in some),
    )


@dataclass(frozen=True)
class Planted:
    flaw: Flaw
    plant: Callable[[History, int], History]
    #: The press that it concerns; False: a thing without one.
    of_a_press: bool = True


def without(hop: str, name: str, value: Callable[[int], str]) -> Callable[[History, int], History]:
    def plant(history: History, n: int) -> History:
        left = tuple(each for each in getattr(history, hop) if getattr(each, name) != value(n))
        return msgspec.structs.replace(history, **{hop: left})

    return plant


def with_more(hop: str, thing: Callable[[int], object]) -> Callable[[History, int], History]:
    return lambda history, n: msgspec.structs.replace(history, **{hop: (*getattr(history, hop), thing(n))})


def changed(hop: str, **values: object) -> Callable[[History, int], History]:
    def plant(history: History, n: int) -> History:
        things = list(getattr(history, hop))
        things[n] = msgspec.structs.replace(things[n], **values)
        return msgspec.structs.replace(history, **{hop: tuple(things)})

    return plant


def an_alert(alert_id: str, **values: object) -> Opened:
    usual: dict[str, object] = {"home_id": "h-0", "hazard": "help", "severity": "emergency", "outcome": "N1"}
    return msgspec.convert({"alert_id": alert_id, "finding_ids": (), **usual, **values}, Opened)


def pushed_late(history: History, n: int) -> History:
    late = LATE_SECONDS + 1
    pushed = (msgspec.structs.replace(p, at=p.at + late) if p.alert_id == f"a{n}" else p for p in history.pushed)
    return msgspec.structs.replace(history, pushed=tuple(pushed))


def one_for_two(history: History, n: int) -> History:
    other = (n + 1) % len(history.presses)
    swallowed = without("opened", "alert_id", lambda m: f"a{m}")(history, other)
    place = next(place for place, alert in enumerate(swallowed.opened) if alert.alert_id == f"a{n}")
    return changed("opened", finding_ids=(f"f{n}", f"f{other}"))(swallowed, place)


PLANTED = {
    "no record": Planted(Flaw.LOST, without("kept", "reading_id", lambda n: f"r{n}")),
    "no finding": Planted(Flaw.LOST, without("told", "finding_id", lambda n: f"f{n}")),
    "not recorded": Planted(
        Flaw.UNRECORDED,
        lambda history, n: msgspec.structs.replace(
            history, recorded=tuple(each for each in history.recorded if each != f"r{n}")
        ),
    ),
    "recorded twice": Planted(Flaw.UNRECORDED, with_more("recorded", lambda n: f"r{n}")),
    "no alert": Planted(Flaw.LOST, without("opened", "alert_id", lambda n: f"a{n}")),
    "no call": Planted(Flaw.LOST, without("calls", "alert_id", lambda n: f"a{n}")),
    "no push": Planted(Flaw.LOST, without("pushed", "alert_id", lambda n: f"a{n}")),
    "one push is missing": Planted(Flaw.WRONG, without("pushed", "key", lambda n: f"k{n}x")),
    "pushed too late": Planted(Flaw.LATE, pushed_late),
    "no outcome": Planted(Flaw.LOST, changed("opened", outcome=None)),
    "an alert of another home": Planted(Flaw.WRONG, changed("opened", home_id="h-other")),
    "an alert that is milder": Planted(Flaw.WRONG, changed("opened", severity="caution")),
    "one alert for two presses": Planted(Flaw.WRONG, one_for_two, of_a_press=False),
    "two findings": Planted(
        Flaw.DOUBLED,
        with_more(
            "told",
            lambda n: Told(
                finding_id=f"other{n}", home_id="h-0", kind="help_button", hazard="help", reading_ids=(f"r{n}",)
            ),
        ),
    ),
    "two alerts by what was heard": Planted(
        Flaw.DOUBLED, with_more("opened", lambda n: an_alert("twice", finding_ids=(f"f{n}",)))
    ),
    "two alerts by their evidence": Planted(
        Flaw.DOUBLED, with_more("opened", lambda n: an_alert("twice", reading_ids=(f"r{n}",)))
    ),
    "called twice": Planted(
        Flaw.DOUBLED,
        with_more("calls", lambda n: Call(key="more", alert_id=f"a{n}", whom="x", step=1, state="delivered")),
        of_a_press=False,
    ),
    "an alert of nothing": Planted(Flaw.UNEXPLAINED, with_more("opened", lambda n: an_alert("ghost")), False),
    "a finding of nothing": Planted(
        Flaw.UNEXPLAINED,
        with_more(
            "told",
            lambda n: Told(finding_id="ghost", home_id="h", kind="help_button", hazard="help", reading_ids=("no",)),
        ),
        False,
    ),
    "a push of nothing": Planted(
        Flaw.UNEXPLAINED,
        with_more("pushed", lambda n: Pushed(key="ghost", alert_id=f"a{n}", home_id="h", at=1.0)),
        False,
    ),
    "a stillness told": Planted(
        Flaw.FALSE_INACTIVITY,
        with_more(
            "told",
            lambda n: Told(finding_id="s", home_id="h", kind="inactivity", hazard="stillness", reading_ids=()),
        ),
        False,
    ),
    "a stillness opened": Planted(
        Flaw.FALSE_INACTIVITY, with_more("opened", lambda n: an_alert("still", hazard="stillness")), False
    ),
}


@given(count=COUNTS, again=st.integers(min_value=0, max_value=2))
@settings(max_examples=40, deadline=None)
def test_a_sound_history_has_no_flaw_however_often_its_hops_happened_again(count: int, again: int) -> None:
    verdict = check(sound(count, again=again))
    assert verdict.problems == ()
    assert (verdict.kept_again, verdict.pushed_again) == (again, 2 * again)
    assert [line.outcome for line in verdict.lines] == ["N1"] * count
    assert {line.waited for line in verdict.lines} == {0.5}


@pytest.mark.parametrize("name", PLANTED)
@given(count=COUNTS, place=st.integers(min_value=0, max_value=11))
@settings(max_examples=15, deadline=None)
def test_whatever_is_planted_is_found_and_named(name: str, count: int, place: int) -> None:
    planted, press = PLANTED[name], place % count
    verdict = check(planted.plant(sound(count), press))
    assert verdict.count(planted.flaw) >= 1, name
    if planted.of_a_press:
        assert press in {problem.press for problem in verdict.problems if problem.flaw is planted.flaw}


@given(count=st.integers(min_value=4, max_value=12), lost=st.sets(st.integers(min_value=0, max_value=3)))
@settings(max_examples=40, deadline=None)
def test_each_of_many_losses_is_counted_once(count: int, lost: set[int]) -> None:
    history = sound(count)
    for press in lost:
        history = without("kept", "reading_id", lambda n: f"r{n}")(history, press)
    verdict = check(history)
    assert verdict.count(Flaw.LOST) == len(lost)
    assert {problem.press for problem in verdict.problems} == lost
