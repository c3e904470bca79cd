"""Every script begins with the telephone, ends with the closing of the case, and says something at each step."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.events import CallResult, Note, Phoned
from console.steps.scripts import CLOSE, Kind, Script, script_for
from console.steps.view import events_of, said_of, steps_view
from console.steps.walk import Answered, leads_to, walk
from console.words import Words
from contracts import Hazard
from tests.console.building import EN, KO, NOON, a_finding, a_home, an_alert

SCRIPTS = sorted({script_for(hazard) for hazard in Hazard}, key=lambda script: script.kind)


def answered(script: Script, choices: list[int]) -> list[Answered]:
    done: list[Answered] = []
    for choice in choices:
        now = walk(script, done).now
        if not now.answers:
            break
        answer = now.answers[choice % len(now.answers)][0]
        done.append(Answered(step=now.key, answer=answer, operator="김지현", at=NOON))
    return done


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.kind)
def test_a_script_begins_with_the_telephone_and_ends_with_the_closing(script: Script) -> None:
    assert script.steps[0].kind is Kind.CALL
    assert walk(script, []).then[-1] is CLOSE
    for step in script.steps:
        assert 2 <= len(step.answers) <= 3 or step is CLOSE
        assert all(script.step(leads_to(step, answer)) for answer, _ in step.answers)


@given(st.sampled_from(SCRIPTS), st.lists(st.integers(0, 2), max_size=9))
def test_whatever_is_answered_there_is_a_next_step(script: Script, choices: list[int]) -> None:
    done = answered(script, choices)
    walked = walk(script, done)
    assert walked.done == tuple(done) and walked.place == len(done) + 1
    assert all(walked.accepts(walked.place, answer) for answer, _ in walked.now.answers)
    assert not walked.accepts(walked.place + 1, "well") and not walked.accepts(walked.place, "anything")


@pytest.mark.parametrize("words", [KO, EN], ids=["ko", "en"])
@pytest.mark.parametrize("hazard", [hazard for hazard in Hazard if hazard is not Hazard.CHECK])
def test_every_step_says_what_to_do_in_both_languages(hazard: Hazard, words: Words) -> None:
    script, alert, home = script_for(hazard), an_alert(a_finding(hazard=hazard)), a_home()
    for step in script.steps:
        way = walk(Script(kind=script.kind, steps=(step, *script.steps)), [])
        view = steps_view(alert, home, script, way, words, NOON + timedelta(minutes=1))
        assert view.now and view.say and view.place == 1 and view.of >= 1
        assert "2580" not in view.say  # a code is revealed, and not read out by the way
        assert [line.label for line in view.answers] == [words(f"steps.answer.{one}") for one, _ in step.answers]


def test_an_answer_that_the_script_does_not_know_is_where_the_way_ends() -> None:
    strange = Answered(step="call", answer="sings", operator="김지현", at=NOON)
    assert walk(script_for(Hazard.HELP), [strange]).place == 1


def test_an_answered_call_is_a_call_of_the_log() -> None:
    script, alert, home = script_for(Hazard.HELP), an_alert(), a_home()
    (silent,) = events_of(script.steps[0], "no_answer", alert, home, "김지현")
    assert isinstance(silent, Phoned) and silent.came_of_it is CallResult.NO_ANSWER and silent.whom == "resident"
    phoned, said = events_of(script.steps[0], "needs_help", alert, home, "김지현")
    assert isinstance(phoned, Phoned) and phoned.came_of_it is CallResult.SPOKE
    assert isinstance(said, Note) and said_of(said.text, KO) == "대상자에게 전화 · 도움 필요"
    (alone,) = events_of(script.step("119"), "called", alert, None, "김지현")
    assert isinstance(alone, Note)


def test_what_somebody_wrote_is_no_step() -> None:
    assert said_of("step: ladder", KO) is said_of("전화함", KO) is said_of("step:a:b", KO) is None
