"""What an administrator does about residents' data at a terminal: let go what is over, and erase one record."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from console.accounts.rows import Deed
from console.chain import Circumstances
from console.privacy.postgres import PrivacyStore, UnknownHome
from console.privacy.retention import READINGS_LAST, RULES
from homes.command.service import FAULTY, account, give_up, out, with_pool
from runtime import clock


def retention(
    apply: Annotated[
        bool, typer.Option("--apply/--dry-run", help="Let it go; without this it is only counted.")
    ] = False,
) -> None:
    """Count what has been kept for its time, or let it go; the console does so by itself once a day."""
    now = clock.now()
    deed = Deed(by=account(), at=now)
    done = with_pool(lambda pool: PrivacyStore(pool).apply(deed) if apply else PrivacyStore(pool).over(now))
    if done is None:
        give_up("다른 곳에서 이미 하고 있습니다 (another process does it at this moment)", FAULTY)
    table = Table("종류 (class)", "보존 (kept)", "까닭 (why)", "삭제함 (let go)" if apply else "지남 (over)")
    for rule in RULES:
        table.add_row(rule.kept, f"{rule.lasts.days} d", f"{rule.why.ko} ({rule.why.en})", str(done[rule.kept]))
    out.print(table)
    out.print(f"readings: {READINGS_LAST.days} d, by the history service")


def erase(
    home: Annotated[str, typer.Argument(help="The home's id.")],
    reason: Annotated[str, typer.Option(help="Why: it stands in the access log.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
) -> None:
    """Erase a resident's record; the figures of their alerts stay, without the person. Nothing brings it back."""
    if not yes:
        typer.confirm(f"{home}: 되돌릴 수 없습니다 (this cannot be undone). Erase?", abort=True)
    deed = Deed(by=account(), at=clock.now(), said=Circumstances(task="erasure", reason=reason))
    try:
        counts = with_pool(lambda pool: PrivacyStore(pool).erase(home, deed))
    except UnknownHome as error:
        give_up(f"{error}; `python -m homes list` shows the homes", FAULTY)
    for name, count in counts.items():
        out.print(f"{escape(name)}: {count}")
