"""A report as sheets of rows: the PDF and the CSV are two ways to write the same sheets."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

#: Excel reads Korean in UTF-8 only behind this mark.
BOM: Final = b"\xef\xbb\xbf"
#: With one of these at its head a cell would be computed by a spreadsheet.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
COLUMNS: Final = ("month", "district_id", "dong", "section", "item", "figure", "value")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One value: as a person reads it, and as a program does."""

    text: str
    plain: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a sheet."""

    #: Names it in the CSV, the same in every language.
    key: str
    said: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table of a report; without rows there is nothing to tell."""

    key: str
    #: Names of the columns in the CSV, and their heads.
    figures: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """One district's month, or that of all of them (no id)."""

    month: date
    district_id: str
    dong: str
    outside: bool
    counted_at: datetime
    sheets: tuple[Sheet, ...]

    def sheet(self, key: str) -> Sheet:
        """Find one sheet."""
        return next(sheet for sheet in self.sheets if sheet.key == key)


def csv_of(reports: Iterable[Report]) -> bytes:
    """Write reports for a spreadsheet: one line per value, in UTF-8 with its mark."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for report in reports:
        place = (f"{report.month:%Y-%m}", inert(report.district_id or "all"), inert(report.dong))
        for sheet in report.sheets:
            for row in sheet.rows:
                for figure, cell in zip(sheet.figures, row.cells, strict=True):
                    lines.writerow((*place, sheet.key, inert(row.key), figure, inert(cell.plain)))
    return BOM + text.getvalue().encode()


def inert(text: str) -> str:
    """Write a cell so that no spreadsheet computes it."""
    return f"'{text}" if text.startswith(_FORMULA) else text
