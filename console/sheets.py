"""Tables for spreadsheets: UTF-8 with its mark, so that Hangul opens right, and no cell that would be run."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

#: Excel reads UTF-8 only behind this.
BOM: Final = "\ufeff"
#: A sheet runs what begins so as a formula (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_of(rows: Iterable[Sequence[object]]) -> str:
    """Write rows, the heads first; numbers stay numbers, and a text that looks like a formula stays a text."""
    written = io.StringIO()
    written.write(BOM)
    csv.writer(written, lineterminator="\r\n").writerows([inert(cell) for cell in row] for row in rows)
    return written.getvalue()


def inert(cell: object) -> object:
    """Keep a text from being run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
