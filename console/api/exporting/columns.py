"""The columns of an exported reading, the same in CSV and in Parquet."""

import csv
from collections.abc import Iterable
from datetime import datetime
from io import StringIO
from typing import Final, NamedTuple

import msgspec

from contracts import kind_of
from contracts.rows import ReadingRow, reading_of


class Line(NamedTuple):
    """One reading, in the order of the columns."""

    observed_at: datetime
    received_at: datetime
    home_id: str
    sensor_id: str
    reading_id: str
    kind: str
    #: The number that says it, where a number does.
    number: float | None
    #: The whole value as JSON: nothing is lost.
    value: str
    late: bool
    clock_offset_seconds: float
    clock_doubted: bool


COLUMNS: Final = Line._fields


def lines_of(rows: Iterable[ReadingRow]) -> list[Line]:
    """Make lines of rows."""
    return [_line(row) for row in rows]


def csv_of(lines: Iterable[Line], *, head: bool) -> bytes:
    """Write lines as CSV (RFC 4180, UTF-8); times are RFC 3339 in UTC."""
    text = StringIO()
    writer = csv.writer(text)
    if head:
        writer.writerow(COLUMNS)
    writer.writerows([_cell(each) for each in line] for line in lines)
    return text.getvalue().encode()


def _line(row: ReadingRow) -> Line:
    reading = reading_of(row)
    return Line(
        observed_at=reading.observed_at,
        received_at=reading.received_at,
        home_id=reading.home_id,
        sensor_id=reading.sensor_id,
        reading_id=reading.reading_id,
        kind=kind_of(reading.value),
        number=row.value,
        value=msgspec.json.encode(reading.value).decode(),
        late=reading.late,
        clock_offset_seconds=reading.clock_offset_seconds,
        clock_doubted=reading.clock_doubted,
    )


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case float():
            return repr(value)
        case _:
            return f"{value}"
