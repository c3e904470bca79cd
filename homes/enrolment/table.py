"""A table of homes to enrol: each row is usable, or is told why not."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from contracts import HomeId
from homes.enrolment.model import MENDS, Refused
from homes.enrolment.names import is_reserved

#: The one column that must be there; others are copied into the answer.
HOME: Final = "home_id"
#: What the answer adds.
CODE: Final = "code"
UNTIL: Final = "expires_at"
ADDRESS: Final = "address"
#: More rows than this are another day's work; a table that long is a mistake.
MOST_ROWS: Final = 100_000
_ID: Final = re.compile(r"[a-z0-9-]{1,64}")
#: A cell that begins so is a formula to a spreadsheet.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class BadTable(Exception):
    """The table cannot be read at all; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A home to enrol, with the line that it stands in."""

    line: int
    home_id: HomeId
    others: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """A line that is turned away, and what mends it."""

    line: int
    home_id: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table that was read."""

    columns: tuple[str, ...]
    rows: tuple[Row | BadRow, ...]


def read_table(text: str) -> Table:
    """Read a table; raise BadTable when there is no column of homes."""
    lines = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        columns = tuple(name.strip() for name in lines.fieldnames or ())
        if HOME not in columns or len(set(columns)) < len(columns):
            raise BadTable(f"첫 줄에 {HOME} 열이 한 번 있어야 합니다 (the first line must name {HOME}, once)")
        if taken := {CODE, UNTIL, ADDRESS} & set(columns):
            raise BadTable(f"{', '.join(sorted(taken))}: 결과에 쓰는 이름입니다 (a name that the answer uses)")
        lines.fieldnames = list(columns)
        rows = tuple(_rows(lines))
    except csv.Error as error:
        raise BadTable(f"{lines.line_num}번째 줄: CSV 가 아닙니다 (not CSV: {error})") from error
    if len(rows) > MOST_ROWS:
        raise BadTable(f"{MOST_ROWS}줄을 넘습니다 (more rows than this; send it in parts)")
    return Table(columns=columns, rows=rows)


def _rows(lines: "csv.DictReader[str]") -> Iterator[Row | BadRow]:
    seen: dict[str, int] = {}
    for cells in lines:
        line, home_id = lines.line_num, (cells.get(HOME) or "").strip()
        why = _fault(home_id, seen, whole=None not in cells and None not in cells.values())
        if why:
            yield BadRow(line=line, home_id=home_id, why=why)
            continue
        seen[home_id] = line
        others = {name: value for name, value in cells.items() if name != HOME}
        yield Row(line=line, home_id=HomeId(home_id), others=others)


def _fault(home_id: str, seen: dict[str, int], *, whole: bool) -> str:
    if not whole:
        return "칸의 수가 첫 줄과 다릅니다 (not as many cells as the first line)"
    if not _ID.fullmatch(home_id):
        return "소문자, 숫자, - 만 64자까지 (lower-case letters, digits and - only, at most 64)"
    if is_reserved(home_id):
        return MENDS[Refused.RESERVED_NAME]
    if home_id in seen:
        return f"{seen[home_id]}번째 줄에 이미 있습니다 (there already, in line {seen[home_id]})"
    return ""


def cell(text: str) -> str:
    """Write a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
