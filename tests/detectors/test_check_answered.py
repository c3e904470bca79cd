"""What the home says when it is asked: told at once and for a while, in any order, and never when it came late."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts import Finding, Hazard, Phase, Reading, Severity
from contracts.values import CheckAnswer, Voice
from detectors.check_answered import TOLD_FOR
from detectors.state import HomeState
from tests.detectors.values import NOON, a_home, a_reading, a_sensor, heartbeats, live

SPEAKER = a_sensor("speaker", "voice", "living")
MINUTE = timedelta(minutes=1)


def told(*words: Reading) -> list[Finding]:
    beats = heartbeats(NOON, NOON + 20 * MINUTE, every=MINUTE)
    story = sorted([*words, *beats], key=lambda one: one.received_at)
    return [one for one in live(HomeState(), a_home(sensors=[SPEAKER]), story) if one.kind == "check_answered"]


def says(answer: CheckAnswer, *, after: timedelta = MINUTE, late_by: timedelta | None = None) -> Reading:
    return a_reading(Voice(answer=answer), at=NOON + after, late_by=late_by, sensor="speaker")


def test_an_answer_is_told_at_once_and_for_a_while_and_threatens_nobody() -> None:
    findings = told(says(CheckAnswer.FINE))
    assert findings[0].told_at == NOON + MINUTE and findings[0].since == NOON + MINUTE
    assert {one.hazard for one in findings} == {Hazard.CHECK} and findings[0].severity is Severity.NOTICE
    assert findings[0].evidence.values == {"answer": "fine"}
    assert len({one.finding_id for one in findings}) == 1
    assert findings[-1].told_at < NOON + MINUTE + TOLD_FOR and findings[-1].phase is Phase.HOLDS


def test_a_call_for_help_is_told_as_what_it_is() -> None:
    assert told(says(CheckAnswer.HELP))[0].evidence.values == {"answer": "help"}


def test_silence_is_no_answer_and_what_comes_late_answers_nothing_of_now() -> None:
    assert not told(says(CheckAnswer.NONE))
    assert not told(says(CheckAnswer.FINE, late_by=5 * MINUTE))


def test_two_answers_are_two_findings() -> None:
    findings = told(says(CheckAnswer.FINE), says(CheckAnswer.FINE, after=10 * MINUTE))
    assert len({one.finding_id for one in findings}) == 2


@given(st.permutations([(CheckAnswer.FINE, 1), (CheckAnswer.HELP, 2), (CheckAnswer.FINE, 3), (CheckAnswer.FINE, 3)]))
def test_order_and_repeats_change_nothing_of_what_is_known(words: list[tuple[CheckAnswer, int]]) -> None:
    home, state = a_home(sensors=[SPEAKER]), HomeState()
    live(state, home, [says(answer, after=minutes * MINUTE) for answer, minutes in words])
    assert state.measured is not None
    newest = {answer: word.at for answer, word in state.measured.answers.items()}
    assert newest == {"fine": NOON + 3 * MINUTE, "help": NOON + 2 * MINUTE}
