"""Where a replay's readings come from, and how far it has come."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from contracts import HomeId, Reading, WatchPlan
from detectors.replay import postgres
from detectors.replay.files import SHOWN, Recorded, Unusable, plan_in, readings_in
from homes.command.service import FAULTY, UNUSABLE, err, give_up, with_pool
from homes.postgres import HomeStore
from runtime import clock
from runtime.postgres import Pool

out: Final = Console()
#: So many steps between two drawings of the bar.
_DRAWN_EVERY: Final = 1_000


@contextmanager
def bar(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Draw on standard error how far it has come; answer how to tell that some more is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=err, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.advance(task, done)


def counted(readings: Sequence[Reading], advance: Callable[[int], None]) -> Iterator[Reading]:
    """Pass readings on, and tell the bar now and then."""
    for number, reading in enumerate(readings, start=1):
        if not number % _DRAWN_EVERY:
            advance(_DRAWN_EVERY)
        yield reading
    advance(len(readings) % _DRAWN_EVERY)


def from_file(file: Path, street: Path | None) -> Recorded:
    """Read a file of readings, or end the command with what is wrong."""
    try:
        recorded = readings_in(file, street=street)
    except Unusable as fault:
        give_up(f"{fault}", UNUSABLE)
    for each in recorded.unreadable[:SHOWN]:
        err.print(f"{file}:{each.line}: {each.detail}", style="yellow", markup=False, highlight=False, soft_wrap=True)
    if more := len(recorded.unreadable) - SHOWN:
        err.print(f"... {more} 줄 더 (more lines)", style="yellow") if more > 0 else None
    if not recorded.readings:
        give_up(f"{file}: 측정값이 없습니다 (no readings in it)", FAULTY)
    return recorded


def plan_of(file: Path) -> WatchPlan:
    """Read a plan, or end the command with every fault."""
    try:
        return plan_in(file)
    except Unusable as fault:
        give_up(f"{fault}", UNUSABLE)


def from_history(home: str, from_at: datetime, to_at: datetime) -> Recorded:
    """Read what a home said between two moments, or end the command when there is no such home."""
    home_id = HomeId(home)

    async def work(pool: Pool) -> Recorded | None:
        return await recorded_of(pool, home_id, from_at, to_at)

    recorded = with_pool(work)
    if recorded is None:
        give_up(f"{home}: 등록되지 않은 집입니다 (no such home; `python -m homes list` names them)", FAULTY)
    return recorded


async def recorded_of(pool: Pool, home_id: HomeId, from_at: datetime, to_at: datetime) -> Recorded | None:
    """Read what a home said between two moments, and when we were deaf; None: there is no such home."""
    home = await HomeStore(pool).watched(home_id)
    if home is None:
        return None
    readings = [reading async for day in postgres.spans(pool, [home_id], from_at, to_at) for reading in day]
    return Recorded(homes=(home,), readings=readings, deaf=await postgres.deaf_between(pool, from_at, to_at))


def each_home(homes: Sequence[str], from_at: datetime, to_at: datetime, use: Callable[[Recorded], None]) -> int:
    """Read one home after the other and use it; without names all that spoke. Answer how many there were."""

    async def work(pool: Pool) -> int:
        names = [HomeId(home) for home in homes] or await postgres.homes_heard(pool, from_at, to_at)
        for home_id in names:
            recorded = await recorded_of(pool, home_id, from_at, to_at)
            if recorded is not None and recorded.readings:
                use(recorded)
        return len(names)

    return with_pool(work)


def moment(text: str) -> datetime:
    """Read a moment: ISO 8601 with its offset, or "now"; ends the command when it is neither."""
    if text == "now":
        return clock.now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        _no_moment(text)
    if at.tzinfo is None:
        _no_moment(text)
    return at.astimezone(UTC)


def _no_moment(text: str) -> NoReturn:
    give_up(f"{text!r}: 2026-01-31T09:00:00+09:00 또는 now (expected a time with its offset, or now)", UNUSABLE)


def span_of(from_text: str | None, to_text: str | None, *, days: int = 7) -> tuple[datetime, datetime]:
    """Read a span; it ends now, and begins some days before its end, when nothing else is said."""
    to_at = moment(to_text or "now")
    from_at = moment(from_text) if from_text else to_at - timedelta(days=days)
    if from_at >= to_at:
        give_up("--from 이 --to 보다 앞서야 합니다 (--from must be before --to)", UNUSABLE)
    return from_at, to_at
