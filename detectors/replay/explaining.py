"""A home at a moment as a page: each detector with its value, its limit, how far it is, and why it is silent."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import zip_longest

from rich.table import Table

from contracts import Sentence
from detectors.looking import REASONS, Look, Unit
from detectors.replay.pages import Language, at, in_language
from detectors.replay.thoughts import Moment, Mood, Thought
from detectors.replay.told import SEVERITIES
from detectors.wording import joined, span

_MOODS = {
    Mood.CONCERNED: (Sentence(ko="걱정", en="concerned"), "bold red"),
    Mood.HELD_BACK: (Sentence(ko="보류로 알리지 않음", en="held back by a hold"), "yellow"),
    Mood.SILENT: (Sentence(ko="조용", en="silent"), "dim"),
}
_HEAD = (
    Sentence(ko="탐지기", en="detector"),
    Sentence(ko="상태", en="mood"),
    Sentence(ko="값", en="value"),
    Sentence(ko="한계", en="limit"),
    Sentence(ko="남음", en="left"),
    Sentence(ko="까닭", en="why"),
)


def page(moment: Moment, timezone: str, language: Language) -> Table:
    """Draw what every detector thinks; those with something to say stand first."""
    table = Table(*(in_language(word, language) for word in _HEAD), title=_title(moment, timezone, language))
    for thought in sorted(moment.thoughts, key=lambda one: list(Mood).index(one.mood)):
        mood, colour = _MOODS[thought.mood]
        rows = list(_rows(thought, timezone, language))
        for number, row in enumerate(rows):
            name, word = (thought.detector, in_language(mood, language)) if not number else ("", "")
            table.add_row(name, f"[{colour}]{word}[/]" if word else "", *row)
    return table


def _title(moment: Moment, timezone: str, language: Language) -> str:
    heard = at(moment.watermark, timezone) if moment.watermark else "-"
    said = Sentence(
        ko=f"{moment.home_id} · {at(moment.at, timezone)} · 마지막으로 들은 시각 {heard}",
        en=f"{moment.home_id} · {at(moment.at, timezone)} · last heard {heard}",
    )
    held = (
        Sentence(ko=f"보류 {', '.join(moment.holds)}", en=f"hold: {', '.join(moment.holds)}") if moment.holds else None
    )
    return in_language(joined(said, held), language)


def _rows(thought: Thought, timezone: str, language: Language) -> Iterator[tuple[str, str, str, str]]:
    for concern, look in zip_longest(thought.concerns, _past(thought)):
        if concern is None:
            break
        severity = in_language(SEVERITIES[concern.severity], language)
        said = f"{severity}: {in_language(concern.evidence.sentence, language)}"
        if look is None:
            yield "", "", "", said
        else:
            value, limit = _shown(look.value, look.unit, language), _shown(look.limit, look.unit, language)
            yield value, limit, _left(thought, look, language), said
    if thought.concerns:
        return
    why = in_language(joined(REASONS[thought.why] if thought.why else None, _next(thought, timezone)), language)
    for number, look in enumerate(nearest(thought.looks)):
        told = in_language(look.what, language) + (f" ({look.about})" if look.about else "")
        own = in_language(REASONS[look.why], language) if look.why and look.why is not thought.why else ""
        yield (
            _shown(look.value, look.unit, language),
            _limit(thought, look, language),
            _left(thought, look, language),
            " · ".join(part for part in (told, why if not number else "", own) if part),
        )
    if not thought.looks:
        yield "", _limit(thought, None, language), "", why


def _past(thought: Thought) -> list[Look]:
    """Choose the looks that are past their limits, those first that are furthest."""
    past = (look for look in thought.looks if look.left is not None and look.left <= 0)
    return sorted(past, key=lambda look: look.left or 0.0)


def nearest(looks: tuple[Look, ...], most: int = 3) -> list[Look]:
    """Choose the looks that are nearest to their limits."""
    return sorted(looks, key=lambda look: look.left / look.limit if look.left is not None and look.limit else 9.0)[
        :most
    ]


def _next(thought: Thought, timezone: str) -> Sentence | None:
    found = thought.next_told
    if found is None:
        return None
    when = at(found.told_at, timezone)[5:16]
    silent = found.kind in ("gateway_silent", "not_protected")
    so = Sentence(
        ko="이대로 게이트웨이가 침묵하면" if silent else "이대로 아무 신호가 없으면",
        en="if the gateway falls silent" if silent else "if nothing else is heard",
    )
    told = found.evidence.sentence
    return Sentence(ko=f"{so.ko} {when}에 알림: {told.ko}", en=f"{so.en}, told at {when}: {told.en}")


def _limit(thought: Thought, look: Look | None, language: Language) -> str:
    if look is not None and look.limit is not None:
        return _shown(look.limit, look.unit, language)
    found = thought.next_told
    in_seconds = found is not None and any(name.endswith("seconds") for name in found.evidence.values)
    return _shown(found.evidence.limit, Unit.SECONDS, language) if found and in_seconds else ""


def _left(thought: Thought, look: Look, language: Language) -> str:
    limit = look.limit
    if limit is None and look.unit is Unit.SECONDS and thought.next_told:
        limit = thought.next_told.evidence.limit
    return "" if limit is None or look.value is None else _shown(abs(limit - look.value), look.unit, language)


def _shown(value: float | None, unit: Unit, language: Language) -> str:
    match value, unit:
        case None, _:
            return ""
        case float() | int(), Unit.SECONDS:
            return in_language(span(timedelta(seconds=value)), language)
        case float() | int(), Unit.PERCENT:
            return f"{value:.0f} %"
        case float() | int(), Unit.CELSIUS:
            return f"{value:.1f} °C"
        case _:
            return f"{value:g}"
