"""Where a script stands after what was answered: what is done, what is next, and what would come then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.steps.scripts import Answer, Script, Step


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A step that somebody answered."""

    step: str
    answer: str
    operator: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Walked:
    """A script on its way."""

    done: tuple[Answered, ...]
    now: Step
    #: What comes if each answer goes deeper.
    then: tuple[Step, ...]

    @property
    def place(self) -> int:
        """Number the step that is next, from 1."""
        return len(self.done) + 1

    def accepts(self, place: int, answer: str) -> bool:
        """Tell whether this is an answer to the step that is next."""
        return place == self.place and answer in {word.value for word, _ in self.now.answers}


def walk(script: Script, answered: Sequence[Answered]) -> Walked:
    """Go through a script by its answers; one that the script does not know ends the way, so nothing is made up."""
    now, done = script.steps[0], list[Answered]()
    for one in answered:
        leads = {word.value: to for word, to in now.answers}
        if one.step != now.key or one.answer not in leads:
            break
        done.append(one)
        now = script.step(leads[one.answer])
    return Walked(done=tuple(done), now=now, then=_onward(script, now))


def leads_to(step: Step, answer: Answer) -> str:
    """Tell which step an answer leads to."""
    return dict(step.answers)[answer]


def _onward(script: Script, now: Step) -> tuple[Step, ...]:
    seen, coming = {now.key}, list[Step]()
    while now.answers and (key := now.answers[-1][1]) not in seen:
        seen.add(key)
        now = script.step(key)
        coming.append(now)
    return tuple(coming)
