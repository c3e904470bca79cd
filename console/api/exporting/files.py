"""Parquet written as it is read: a row group for each batch, handed on as soon as it is whole."""

from collections.abc import Sequence
from typing import Final

import pyarrow as arrow
from pyarrow import parquet

from console.api.exporting.columns import COLUMNS, Line

_MOMENT: Final = arrow.timestamp("us", tz="UTC")
SCHEMA: Final = arrow.schema(
    [
        ("observed_at", _MOMENT),
        ("received_at", _MOMENT),
        ("home_id", arrow.string()),
        ("sensor_id", arrow.string()),
        ("reading_id", arrow.string()),
        ("kind", arrow.string()),
        ("number", arrow.float64()),
        ("value", arrow.string()),
        ("late", arrow.bool_()),
        ("clock_offset_seconds", arrow.float64()),
        ("clock_doubted", arrow.bool_()),
    ]
)


class ParquetStream:
    """A Parquet file that is never whole in memory."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._writer = parquet.ParquetWriter(arrow.PythonFile(self._sink, mode="w"), SCHEMA)

    def write(self, lines: Sequence[Line]) -> bytes:
        """Add a row group; answer the bytes that are ready."""
        columns = [[line[place] for line in lines] for place in range(len(COLUMNS))]
        self._writer.write_table(arrow.table(columns, schema=SCHEMA))
        return self._sink.drain()

    def end(self) -> bytes:
        """End the file; answer the rest."""
        self._writer.close()
        return self._sink.drain()


class _Sink:
    """A file that is only written to, and emptied on the way."""

    closed = False

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._written = 0

    def write(self, data: bytes) -> int:
        self._waiting += data
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        return self._written

    def flush(self) -> None:
        return

    def close(self) -> None:
        self.closed = True

    def drain(self) -> bytes:
        ready, self._waiting = bytes(self._waiting), bytearray()
        return ready
