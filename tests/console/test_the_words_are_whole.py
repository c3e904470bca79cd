import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.events import CallResult, Receipt
from alerts.model import DueFor, VisitStage
from alerts.outcomes import ResolvedBy
from alerts.reasons import Reason
from console.accounts.rows import Refused
from console.answers import _CONFLICTS, _UNUSABLE
from console.chain import Look
from console.demo.scenes import GROUPS, SCENES
from console.entry.passwords import Weakness
from console.icons import ICONS
from console.privacy.consent import Kind
from console.responder.forms import Ending
from console.responder.stages import Stage
from console.roles import Role
from console.rows import Section
from console.spans import ZONE, clock_time, countdown, span
from console.words import Language, Theme, UnknownWord, Words, read_catalogue
from contracts import AlertChangeKind, AlertStage, AlertState, Severity
from homes.model import Channel, ResponderKind
from simulator.repertoire import NAMES
from tests.console.building import EN, KO, NOON

CONSOLE = Path(__file__).parents[2] / "console"
SOURCES = [*CONSOLE.rglob("*.py"), *CONSOLE.rglob("*.j2")]


def test_both_languages_say_the_same_things() -> None:
    assert KO.texts.keys() == EN.texts.keys()
    for key, text in KO.texts.items():
        assert set(re.findall(r"\{\w+\}", text)) <= set(re.findall(r"\{\w+\}", EN.texts[key])) | {"{month}"}, key


@pytest.mark.parametrize("words", [KO, EN], ids=["ko", "en"])
def test_every_word_of_the_code_and_the_templates_is_there(words: Words) -> None:
    asked = {
        key
        for file in SOURCES
        for key in re.findall(r"""\b(?:t|words)\(\s*["']([a-z_]+\.[a-z_.0-9]+)["']\s*[,)]""", file.read_text())
    }
    assert len(asked) > 60
    assert not asked - words.texts.keys()


@pytest.mark.parametrize(
    ("prefix", "members"),
    [
        ("severity", Severity),
        ("section", Section),
        ("due", DueFor),
        ("kind", ResponderKind),
        ("by", ResolvedBy),
        ("change", AlertChangeKind),
        ("state", AlertState),
        ("stage", AlertStage),
        ("receipt", Receipt),
        ("result", CallResult),
        ("channel", Channel),
        ("visit", VisitStage),
        ("way", VisitStage),
        ("ending", Ending),
        ("offer", Stage),
        ("scene", SCENES),
        ("demo.group", GROUPS),
        ("answer", _CONFLICTS | _UNUSABLE),
        ("look.theme", Theme),
        ("audit.what", Look),
        ("role", Role),
        ("consent", Kind),
        ("weak", Weakness),
        ("accounts", Refused),
    ],
)
def test_every_member_of_an_enumeration_has_its_word(prefix: str, members: Iterable[str]) -> None:
    for member in members:
        assert f"{prefix}.{member}" in KO.texts, f"{prefix}.{member}"


def test_the_demo_offers_the_simulators_scenes() -> None:
    assert sorted(SCENES) == sorted(NAMES)


def test_a_word_that_nobody_wrote_is_an_error_and_not_a_blank() -> None:
    catalogue = read_catalogue(Language.KO, 'msgid "a"\nmsgstr ""\n\nmsgid "b"\nmsgstr "비"\n')
    assert catalogue.texts == {"b": "비"}
    with pytest.raises(UnknownWord, match="no ko text for 'a'"):
        catalogue("a")
    assert catalogue.starting("b") == {"": "비"}


def test_the_switches_lead_to_the_other() -> None:
    assert (Language.KO.other, Language.EN.other) == (Language.EN, Language.KO)
    assert (Theme.DAY.other, Theme.NIGHT.other) == (Theme.NIGHT, Theme.DAY)


def test_signs_are_there_for_every_template() -> None:
    asked = {name for file in SOURCES for name in re.findall(r"ic\('([a-z]+)'", file.read_text())}
    assert asked and not asked - ICONS.keys()


def test_a_countdown_is_read_at_one_look() -> None:
    told = {0: "00:00", 59: "00:59", 61: "01:01", 3600: "1:00:00", 7450: "2:04:10", -72: "+01:12"}
    assert {seconds: countdown(timedelta(seconds=seconds)) for seconds in told} == told


def test_a_span_is_told_in_its_two_largest_units() -> None:
    told = [span(KO, timedelta(seconds=seconds)) for seconds in (-5, 40, 300, 3600, 30_000)]
    assert told == ["0초", "40초", "5분", "1시간", "8시간 20분"]
    assert span(EN, timedelta(hours=8, minutes=20)) == "8 h 20 min"


def test_a_moment_of_another_day_carries_its_date() -> None:
    assert clock_time(NOON, now=NOON, zone=ZONE) == "12:00:00"
    assert clock_time(NOON - timedelta(days=1), now=NOON, zone=ZONE) == "11.21 12:00"


def test_an_answer_has_a_sentence_for_every_reason_that_stops_an_operator() -> None:
    assert {f"answer.{reason}" for reason in (Reason.NO_SUCH_ALERT, Reason.RESOLVED_BEFORE)} <= KO.texts.keys()
