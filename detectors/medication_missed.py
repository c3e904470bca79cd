"""A dose was left for an hour after the dispenser said so, or a second one within a day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import Medication
from detectors.concern import Concern
from detectors.gate import ALWAYS, NEVER
from detectors.looking import Look, seconds
from detectors.measured import Words, moment_of, standing_words
from detectors.measuring import standing_told
from detectors.observed import observed_between
from detectors.rows import numbers_in
from detectors.state import HomeState
from detectors.whereabouts import expected_inside
from detectors.wording import joined, placed, room_of, span

KIND: Final = "medication_missed"
WAKES_ON: Final[frozenset[type]] = frozenset({Medication})
#: So many doses left within a day are told at once (domain facts, §7 no. 31).
DOSES: Final = 2
WITHIN: Final = timedelta(hours=24)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every dispenser whose newest dose was left; one that is taken, or a day, ends it."""
    if state.measured is None or not state.measured.doses:
        return ()
    return tuple(_concerns(state, home, now, state.measured.doses))


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when to look again: always while a dose is left."""
    doses = state.measured.doses.values() if state.measured else ()
    return ALWAYS if any(words.is_on for words in doses) else NEVER


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every dispenser for how long a dose has been left."""
    what = Sentence(ko="복약 안 함", en="a dose is left")
    limit = timedelta(seconds=home.plan.medication_missed_seconds) * expected_inside(state, home, now).patience
    looks: list[Look] = []
    for key, words in (state.measured.doses if state.measured else {}).items():
        pending = standing_words(words, words.late_off)
        left = words.is_on and bool(pending)
        waited = observed_between(state.slots, moment_of(pending[0]), now) if left else timedelta(0)
        looks.append(seconds(what, waited, limit, about=key))
    return tuple(looks)


def _concerns(state: HomeState, home: WatchedHome, now: datetime, doses: dict[str, Words]) -> Iterator[Concern]:
    patience, inside = timedelta(seconds=home.plan.medication_missed_seconds), expected_inside(state, home, now)
    for key, words in doses.items():
        told, pending = standing_told(state, KIND, key), standing_words(words, words.late_off)
        last = words.on
        if last is None or not words.is_on or not (pending or told):
            continue
        left = [at for word in numbers_in(words.live) if word & 1 and last.at - (at := moment_of(word)) < WITHIN]
        since = moment_of(pending[0]) if pending else last.at
        waited = observed_between(state.slots, since, now)
        # Who is out takes their dose when they are back, or has it with them.
        enough = patience if told else patience * inside.patience
        if now - last.at >= WITHIN or (waited < enough and len(left) < DOSES):
            continue
        room, bound, length = room_of(home, key), span(patience), span(waited)
        yield Concern(
            kind=KIND,
            hazard=Hazard.MEDICATION,
            severity=Severity.NOTICE,
            since=told.finding.since if told else since,
            about=key,
            evidence=Evidence(
                rule=f"{KIND}/1",
                sentence=joined(
                    Sentence(ko=f"복약 안 함 {length.ko}", en=f"dose not taken for {length.en}"),
                    Sentence(ko=f"24시간에 {len(left)}회", en=f"{len(left)} within 24 h"),
                    Sentence(ko=f"한계 {bound.ko} 또는 {DOSES}회", en=f"limit {bound.en} or {DOSES} doses"),
                    placed(room),
                    inside.sentence,
                ),
                values={"waited_seconds": waited.total_seconds(), "doses": float(len(left))},
                limit=patience.total_seconds(),
                readings=(last.reading_id,),
                sensor_id=key,
                room=room or None,
            ),
        )
