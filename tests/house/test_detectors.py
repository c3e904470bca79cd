"""A new detector forgets nothing: it shows what it looks at, says what it needs, and asks if somebody is inside."""

from pathlib import Path

import pytest

from detectors import watch
from detectors.gate import Detector
from detectors.looking import REASONS, Looking, Why
from detectors.replay.thoughts import NEEDS
from detectors.watch import DETECTORS
from tests.house.test_floors import ROOT

#: Rules that say nothing because somebody is away, or that are about being away, each with its reason.
ASKS_NOT = {
    "bathroom": "who went in has not come out by any door",
    "left_at_night": "is about somebody who is out",
    "out_too_long": "is about somebody who is out",
    "stillness_reported": "was judged by a device that knows its own home",
    "vital_signs": "a radar that hears a heart proves that somebody is there",
    "decline": "looks at days, not at now",
    "isolation": "looks at days, not at now",
}


def name_of(detector: Detector) -> str:
    return detector.__name__.split(".")[-1]


def source_of(detector: Detector) -> str:
    return (Path(watch.__file__).parent / f"{name_of(detector)}.py").read_text()


@pytest.mark.parametrize("detector", DETECTORS, ids=name_of)
def test_every_detector_shows_what_it_looks_at(detector: Detector) -> None:
    assert isinstance(detector, Looking)


def test_every_detector_says_what_a_home_must_have_for_it() -> None:
    assert set(NEEDS) == {name_of(detector) for detector in DETECTORS}


def passive() -> list[Detector]:
    hazards = [f"Hazard.{hazard.name}" for hazard in watch.PASSIVE]
    return [one for one in DETECTORS if any(hazard in source_of(one) for hazard in hazards)]


@pytest.mark.parametrize("detector", passive(), ids=name_of)
def test_every_passive_rule_asks_whether_somebody_is_inside_or_says_why_not(detector: Detector) -> None:
    shared = (Path(watch.__file__).parent / "climate.py").read_text() if "climate" in source_of(detector) else ""
    asks = "expected_inside(" in source_of(detector) + shared
    assert asks != (name_of(detector) in ASKS_NOT)


def test_every_reason_for_silence_has_words() -> None:
    assert set(REASONS) == set(Why)


def test_every_detector_of_the_reference_is_on_its_page() -> None:
    page = (ROOT / "docs" / "reference" / "detectors.md").read_text()
    assert not [name_of(one) for one in DETECTORS if f"`{name_of(one)}`" not in page]
