"""The audit page and its export, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console import sheets
from console.audit.verdict import Numbered, Verdict
from console.sessions import Operator
from console.spans import ZONE
from console.words import Words


@dataclass(frozen=True, kw_only=True)
class AuditRow:
    """One line of the log as it is read."""

    line: int
    at: str
    instant: str
    account: str
    what: str
    subject: str
    dong: str
    place: str
    task: str
    reason: str


def rows_of(lines: Iterable[Numbered], words: Words, reader: Operator) -> list[AuditRow]:
    """Write the lines in the reader's language; a word of a newer version stands as it is."""
    return [_row(one, words, reader) for one in lines]


def reason_of(text: str, account: str, words: Words, reader: Operator) -> str:
    """Give what somebody wrote; it may name a resident, so who reads masked is told only that there is something."""
    hidden = text and reader.masked and account != reader.name
    return words("audit.masked", n=len(text)) if hidden else text


def name_of(what: str, words: Words) -> str:
    """Say what was done; what a newer version wrote stands as its own word."""
    key = f"audit.what.{what}"
    return words(key) if key in words.texts else what


def verdict_of(verdict: Verdict, words: Words) -> str:
    """Say whether the chain is whole, and when it was read."""
    time = f"{verdict.at.astimezone(ZONE):%H:%M}"
    if verdict.broken is None:
        return words("audit.whole", time=time, lines=f"{verdict.lines:,}")
    return words("audit.broken", time=time, line=verdict.broken)


def csv_of(rows: Sequence[AuditRow], words: Words) -> str:
    """Write the lines for a spreadsheet: UTF-8 with its mark, and no cell that is a formula."""
    columns = ("line", "at", "account", "what", "subject", "dong", "place", "task", "reason")
    cells = [
        (row.line, row.instant, row.account, row.what, row.subject, row.dong, row.place, row.task, row.reason)
        for row in rows
    ]
    return sheets.csv_of([[words(f"audit.column.{name}") for name in columns], *cells])


def _row(one: Numbered, words: Words, reader: Operator) -> AuditRow:
    local = one.access.at.astimezone(ZONE)
    return AuditRow(
        line=one.line,
        at=f"{local:%Y-%m-%d %H:%M:%S}",
        instant=local.isoformat(timespec="seconds"),
        account=one.access.account,
        what=name_of(one.access.what, words),
        subject=one.access.subject,
        dong=one.dong,
        place=one.access.place,
        task=one.access.task,
        reason=reason_of(one.access.reason, one.access.account, words, reader),
    )
