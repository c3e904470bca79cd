"""`python -m alerts figures`: the accounts of a span on the screen, as JSON or as CSV."""

import csv
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from alerts.figures.cases import Case
from alerts.figures.figures import Figures, Share, figures_of
from alerts.figures.postgres import cases
from homes.command.service import with_pool
from runtime import clock
from runtime.postgres import Pool

out = Console()
ZONE: Final = ZoneInfo("Asia/Seoul")
#: The row that counts all districts, and the one that counts all months.
ALL: Final = "all"
_DAYS: Final = ["%Y-%m-%d"]

Groups = Mapping[tuple[str, str], Figures]


def figures(
    from_day: Annotated[datetime | None, typer.Option("--from", formats=_DAYS, help="First day.")] = None,
    until_day: Annotated[datetime | None, typer.Option("--to", formats=_DAYS, help="First day left out.")] = None,
    district: Annotated[str, typer.Option(help="One district's id.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for a script.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Lines for a spreadsheet.")] = False,
) -> None:
    """Show how fast people were answered and reached, beside the targets; the present month when nothing is said."""
    now = clock.now()
    from_at, until_at = _span(from_day, until_day, now)

    async def read(pool: Pool) -> list[Case]:
        return await cases(pool, from_at, until_at, [district] if district else [])

    groups = grouped(with_pool(read), now)
    if as_json:
        sys.stdout.write(msgspec.json.encode(_tree(groups)).decode() + "\n")
    elif as_csv:
        _write_csv(groups)
    else:
        _print(groups)


def grouped(found: Sequence[Case], now: datetime) -> Groups:
    """Count by month and district; the row of all months and districts comes first."""
    parts: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in found:
        month = case.month(ZONE)
        for key in {(ALL, ALL), (month, ALL), (month, case.district_id or "-")}:
            parts[key].append(case)
    parts.setdefault((ALL, ALL), [])
    order = sorted(parts, key=lambda key: (key[0] != ALL, key[0], key[1] != ALL, key[1]))
    return {key: figures_of(parts[key], now) for key in order}


def _span(from_day: datetime | None, until_day: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    today = now.astimezone(ZONE)
    begin = (
        from_day.replace(tzinfo=ZONE) if from_day else today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    )
    return begin, until_day.replace(tzinfo=ZONE) if until_day else now + timedelta(seconds=1)


def _tree(groups: Groups) -> list[dict[str, object]]:
    return [{"month": month, "district": district, "figures": found} for (month, district), found in groups.items()]


def _write_csv(groups: Groups) -> None:
    lines = csv.writer(sys.stdout)
    lines.writerow(("month", "district", "figure", "hit", "of", "share", "target", "short"))
    for (month, district), found in groups.items():
        for one in found.shares:
            share = "" if one.share is None else f"{one.share:.4f}"
            lines.writerow((month, district, one.name, one.hit, one.of, share, one.target or "", int(one.short)))


def _print(groups: Groups) -> None:
    whole = groups[ALL, ALL]
    table = Table("수치 (figure)", "결과 (result)", "목표 (target)", "건수 (cases)")
    for one in whole.shares:
        table.add_row(f"{one.said.ko} ({one.said.en})", _marked(one), _target(one), f"{one.hit}/{one.of}")
    out.print(table)
    spans = Table("시간 (time)", "절반 (median)", "90 %", "95 %", "최대 (longest)", "건수 (cases)")
    for spread in whole.spreads:
        values = (_number(value) for value in (spread.median, spread.nine_in_ten, spread.p95, spread.longest))
        spans.add_row(f"{spread.said.ko} ({spread.said.en})", *values, f"{spread.count}")
    out.print(spans)
    _print_places(groups)
    for late in whole.late:
        waited = "아직 (not yet)" if late.waited_seconds is None else f"{late.waited_seconds:.0f} s"
        out.print(
            f"180초 넘김 (over 180 s): {late.alert_id} {late.rang_at.astimezone(ZONE):%Y-%m-%d %H:%M:%S} {waited}"
        )


def _print_places(groups: Groups) -> None:
    names = ("answered_in_60", "answered_in_180", "arrived_in_45", "false_share", "positive_predictive_value")
    heads = ("60 s", "180 s", "45 min", "오경보 (false)", "PPV")
    table = Table("달 (month)", "구역 (district)", "알림 (alerts)", *heads)
    for (month, district), found in groups.items():
        table.add_row(month, district, f"{found.cases}", *(_marked(found.share(name)) for name in names))
    out.print(table)


def _marked(one: Share) -> str:
    if one.share is None:
        return "-"
    return f"[red]{one.share:.1%} ▼[/]" if one.short else f"{one.share:.1%}"


def _target(one: Share) -> str:
    if one.target is None:
        return ""
    return f"{one.target:.1%}" + (f" ({one.stricter:.1%})" if one.stricter else "")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}" if value < 10 else f"{value:.0f}"
