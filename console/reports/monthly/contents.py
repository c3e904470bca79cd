"""A month's report: which sheets it has, and what of them leaves the centre."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from alerts.figures.cases import Case, Kind
from alerts.figures.figures import Figures, Share, figures_of
from alerts.wording import HAZARD_WORDS, SEVERITY_WORDS
from console.reports.monthly.counts import Place, Snapshot, protected_share
from console.reports.monthly.hiding import (
    AtLeast,
    Hidden,
    Shown,
    alone,
    group_of,
    rough,
    totals_by,
)
from console.reports.monthly.sheets import Cell, Report, Row, Sheet
from console.reports.saying import NOTHING, bare, number, percent, say, seconds
from console.spans import ZONE
from console.words import Words
from contracts import Hazard, Severity

#: The groups of outcome codes by their letter; what nobody has closed stands apart.
OUTCOMES: Final = {
    "E": "emergency",
    "C": "care",
    "N": "no_emergency",
    "T": "technical",
    "X": "test",
    "U": "unresolved",
    "": "open",
}
#: Such a case is told by itself: somebody needed help, or nobody knows.
_TOLD: Final = ("E", "C", "U")
_SHARES: Final = ("answered_in_60", "answered_in_180")
_OF_OUTCOMES: Final = ("false_share", "positive_predictive_value")
_ENOUGH_SPANS: Final = 5
_BLANK: Final = Cell(text=NOTHING, plain="")


def report_of(snapshot: Snapshot, district_id: str, *, outside: bool, words: Words) -> Report:
    """Write one district's report, or that of all districts when no id is given."""
    place, cases = snapshot.of(district_id) if district_id else (snapshot.whole, list(snapshot.cases))
    counts = _published(snapshot, district_id, outside=outside)
    figures = figures_of(cases, snapshot.counted_at)
    sheets = [_overview(place, counts, snapshot, words), *_partitions(counts, words)]
    if not outside:
        sheets += [_crossed(cases, words), _severities(cases, words), _hazards(cases, words)]
    # Beside a hidden outcome these shares would say how many it was: their counts are the table's own.
    hidden = district_id and any(isinstance(counts[f"outcome.{name}"], Hidden) for name in OUTCOMES.values())
    kept = _OF_OUTCOMES if hidden else ()
    sheets += [_response(figures, kept, words, outside=outside), _times(figures, words, outside=outside)]
    sheets.append(_actions(counts, words))
    if not district_id:
        sheets.append(_districts(snapshot, words, outside=outside))
    elif not outside:
        sheets.append(_told(cases, words))
    return Report(
        month=snapshot.month,
        district_id=district_id,
        dong=place.dong or words("report.all"),
        outside=outside,
        counted_at=snapshot.counted_at,
        sheets=tuple(sheets),
    )


def counts_of(place: Place, cases: Sequence[Case]) -> dict[str, int]:
    """Count one district by the names of the sheets."""
    found = {"homes": place.homes, "sensors": place.sensors, "unprotected": place.unprotected_homes}
    found["alerts"] = len(cases)
    found |= {f"kind.{kind}": sum(case.kind is kind for case in cases) for kind in Kind}
    found |= {f"outcome.{name}": sum(_letter(case) == letter for case in cases) for letter, name in OUTCOMES.items()}
    return found | {f"action.{name}": count for name, count in place.actions.items()}


def publish(counts: Mapping[str, int]) -> dict[str, Shown]:
    """Hide what is small in one district, and what would give it away."""
    shown: dict[str, Shown] = {name: alone(count) for name, count in counts.items()}
    for prefix in ("kind.", "outcome."):
        names = [name for name in counts if name.startswith(prefix)]
        group = group_of(counts["alerts"], [counts[name] for name in names])
        shown |= {"alerts": group.total} | dict(zip(names, group.parts, strict=True))
    return shown


def _published(snapshot: Snapshot, district_id: str, *, outside: bool) -> dict[str, Shown]:
    if not outside:
        place, cases = snapshot.of(district_id) if district_id else (snapshot.whole, snapshot.cases)
        return dict(counts_of(place, cases))
    if district_id:
        return publish(counts_of(*snapshot.of(district_id)))
    return totals_by(publish(counts_of(*snapshot.of(place.district_id))) for place in snapshot.places)


def _overview(place: Place, counts: Mapping[str, Shown], snapshot: Snapshot, words: Words) -> Sheet:
    share = protected_share(place, snapshot.hours)
    protected = Cell(text=percent(share), plain="" if share is None else f"{share:.4f}")
    rows = [_counted(name, words(f"report.{name}"), counts[name], words) for name in ("homes", "sensors")]
    rows.append(Row(key="protected_hours", said=words("report.protected_hours"), cells=(protected,)))
    rows += [_counted(name, words(f"report.{name}"), counts[name], words) for name in ("unprotected", "alerts")]
    return _sheet("overview", ("value",), rows, words)


def _partitions(counts: Mapping[str, Shown], words: Words) -> Iterable[Sheet]:
    for key, prefix, of in (
        ("kinds", "kind", [kind.value for kind in Kind]),
        ("outcomes", "outcome", OUTCOMES.values()),
    ):
        rows = [_counted(name, words(f"{prefix}s.{name}"), counts[f"{prefix}.{name}"], words) for name in of]
        rows.append(_counted("total", words("report.total"), counts["alerts"], words))
        yield _sheet(key, ("count",), rows if counts["alerts"] != 0 else (), words)


def _crossed(cases: Sequence[Case], words: Words) -> Sheet:
    rows = [
        Row(
            key=kind,
            said=words(f"kinds.{kind}"),
            cells=tuple(
                _count(sum(case.kind is kind and _letter(case) == letter for case in cases)) for letter in OUTCOMES
            ),
        )
        for kind in Kind
    ]
    names = tuple(OUTCOMES.values())
    heads = tuple(words(f"outcomes.{name}") for name in names)
    return Sheet(key="kinds_outcomes", figures=names, heads=heads, rows=tuple(rows if cases else ()))


def _severities(cases: Sequence[Case], words: Words) -> Sheet:
    rows = [
        _counted(one, say(SEVERITY_WORDS[one], words), sum(case.severity is one for case in cases), words)
        for one in Severity
    ]
    return _sheet("severities", ("count",), rows if cases else (), words)


def _hazards(cases: Sequence[Case], words: Words) -> Sheet:
    found = {one: sum(case.hazard is one for case in cases) for one in Hazard}
    rows = [_counted(one, say(HAZARD_WORDS[one], words), count, words) for one, count in found.items() if count]
    return _sheet("hazards", ("count",), rows, words)


def _response(figures: Figures, kept: Sequence[str], words: Words, *, outside: bool) -> Sheet:
    names = ("share", "target") if outside else ("share", "hit", "of", "target")
    told = [one for one in figures.shares if one.name not in kept]
    rows = [Row(key=one.name, said=say(one.said, words), cells=_share(one, outside=outside)) for one in told]
    return _sheet("response", names, rows if figures.cases else (), words)


def _share(one: Share, *, outside: bool) -> tuple[Cell, ...]:
    target = Cell(text=percent(one.target), plain=f"{one.target:.4f}") if one.target is not None else _BLANK
    if outside:
        return (_rough(one), target)
    share = Cell(text=percent(one.share), plain=f"{one.share:.4f}") if one.share is not None else _BLANK
    return (share, _count(one.hit), _count(one.of), target)


def _rough(one: Share) -> Cell:
    share = rough(one.hit, one.of)
    return _BLANK if share is None else Cell(text=f"{share:.0%}".replace("%", " %"), plain=f"{share:.2f}")


def _times(figures: Figures, words: Words, *, outside: bool) -> Sheet:
    names = ("median", "p95") if outside else ("count", "median", "nine_in_ten", "p95", "longest")
    rows = []
    for one in figures.spreads:
        write = number if one.name == "load" else seconds
        few = outside and one.count < _ENOUGH_SPANS
        values = {name: getattr(one, name) for name in names if name != "count"}
        cells = [_BLANK if few or v is None else Cell(text=write(v), plain=f"{v:.1f}") for v in values.values()]
        rows.append(
            Row(
                key=one.name, said=bare(say(one.said, words)), cells=(*([] if outside else [_count(one.count)]), *cells)
            )
        )
    return _sheet("times", names, rows if figures.cases else (), words)


def _actions(counts: Mapping[str, Shown], words: Words) -> Sheet:
    names = sorted(name for name in counts if name.startswith("action."))
    rows = [_counted(name[7:], words(f"change.{name[7:]}"), counts[name], words) for name in names]
    return _sheet("actions", ("count",), rows, words)


def _told(cases: Iterable[Case], words: Words) -> Sheet:
    told = [case for case in cases if _letter(case) in _TOLD]
    rows = [Row(key=f"{place}", said=f"{place}", cells=_case(case, words)) for place, case in enumerate(told, start=1)]
    return _sheet("cases", ("opened_on", "hazard", "severity", "answered", "arrived", "outcome"), rows, words)


def _case(case: Case, words: Words) -> tuple[Cell, ...]:
    day = f"{case.opened_at.astimezone(ZONE):%Y-%m-%d}"
    waits = [(until - case.rang_at).total_seconds() if until else None for until in (case.answered_at, case.arrived_at)]
    return (
        Cell(text=day, plain=day),
        Cell(text=say(HAZARD_WORDS[case.hazard], words), plain=case.hazard),
        Cell(text=say(SEVERITY_WORDS[case.severity], words), plain=case.severity),
        *(Cell(text=seconds(wait), plain="" if wait is None else f"{wait:.1f}") for wait in waits),
        Cell(text=words(f"outcomes.{OUTCOMES[_letter(case)]}"), plain=case.outcome or ""),
    )


def _districts(snapshot: Snapshot, words: Words, *, outside: bool) -> Sheet:
    names = ("homes", "alerts", *(f"kind.{kind}" for kind in Kind))
    rows = []
    for place in snapshot.places:
        counts = _published(snapshot, place.district_id, outside=outside)
        figures = figures_of(snapshot.of(place.district_id)[1], snapshot.counted_at)
        shares = [_share(figures.share(name), outside=outside)[0] for name in _SHARES]
        cells = (*(_shown(counts[name], words) for name in names), *shares)
        rows.append(Row(key=place.district_id, said=place.dong, cells=cells))
    return _sheet("districts", (*(name.removeprefix("kind.") for name in names), *_SHARES), rows, words)


def _sheet(key: str, figures: tuple[str, ...], rows: Iterable[Row], words: Words) -> Sheet:
    heads = tuple(words(f"figure.{figure}") for figure in figures)
    return Sheet(key=key, figures=figures, heads=heads, rows=tuple(rows))


def _counted(key: str, said: str, count: Shown, words: Words) -> Row:
    return Row(key=key, said=said, cells=(_shown(count, words),))


def _shown(count: Shown, words: Words) -> Cell:
    match count:
        case Hidden():
            return Cell(text=count.value, plain=count.value)
        case AtLeast(count=least):
            return Cell(text=words("report.at_least", n=f"{least:,}"), plain=f">={least}")
        case int():
            return _count(count)


def _count(count: int) -> Cell:
    return Cell(text=f"{count:,}", plain=f"{count}")


def _letter(case: Case) -> str:
    return case.outcome[0] if case.outcome else ""
