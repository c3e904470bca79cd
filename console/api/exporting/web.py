"""Readings taken out by other systems: streamed as files, or page by page as FHIR observations."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

import msgspec
from starlette.responses import Response, StreamingResponse

from console.api import cursors
from console.api.exporting.capability import statement_of
from console.api.exporting.columns import csv_of, lines_of
from console.api.exporting.fhir import (
    MEDIA_TYPE,
    BadDate,
    ObservationsAsked,
    bundle_of,
    names_of,
    observation_of,
    span_of,
)
from console.api.exporting.files import ParquetStream
from console.api.problems import Fault, Kind, Refused
from console.api.reading.web import place_of
from console.api.shapes import FileFormat, ReadingsAsked
from console.api.web import Call, Handler, keeper_of, looked, pool_of
from console.chain import Look
from console.web import doors_of
from contracts import HomeId
from history.export.postgres import ReadingExport
from history.export.vitals import AfterVital
from homes.listing.postgres import HomePages

LONGEST: Final = timedelta(days=366)
CSV_TYPE: Final = "text/csv"
PARQUET_TYPE: Final = "application/vnd.apache.parquet"
_COME_AGAIN_SECONDS: Final = 5


async def export_readings(call: Call) -> Response:
    """Stream a home's readings as a file."""
    asked, home_id = call.asked(ReadingsAsked), HomeId(call.part("home_id"))
    if asked.to_at - asked.from_at > LONGEST:
        raise Refused(Kind.UNUSABLE, detail=f"to - from <= {LONGEST.days} d")
    await _seen(call, home_id)
    if keeper_of(call.request).exports.locked():
        raise Refused(Kind.BUSY, retry_after=_COME_AGAIN_SECONDS)
    await looked(call, home_id, Look.API_READINGS_EXPORTED, always=True)
    parquet = asked.format is FileFormat.PARQUET
    parts = _parquet(call, home_id, asked) if parquet else _csv(call, home_id, asked)
    headers = {"Content-Disposition": f'attachment; filename="readings.{asked.format}"'}
    return StreamingResponse(parts, media_type=PARQUET_TYPE if parquet else CSV_TYPE, headers=headers)


async def _csv(call: Call, home_id: HomeId, asked: ReadingsAsked) -> AsyncIterator[bytes]:
    async with keeper_of(call.request).exports:
        yield csv_of((), head=True)
        async for rows in ReadingExport(pool_of(call)).rows(home_id, asked.from_at, asked.to_at):
            # In a thread: a batch takes a fifth of a second, and the board's feed is served by this same loop.
            yield await asyncio.to_thread(lambda some: csv_of(lines_of(some), head=False), rows)


async def _parquet(call: Call, home_id: HomeId, asked: ReadingsAsked) -> AsyncIterator[bytes]:
    async with keeper_of(call.request).exports:
        file = ParquetStream()
        async for rows in ReadingExport(pool_of(call)).rows(home_id, asked.from_at, asked.to_at):
            yield await asyncio.to_thread(lambda some: file.write(lines_of(some)), rows)
        yield file.end()


async def fhir_capabilities(call: Call) -> Response:
    """Say what can be asked for; whoever comes may know it."""
    base = doors_of(call.request).settings.alerts.public_url.rstrip("/")
    statement = statement_of(f"{base}{call.request.url.path.rpartition('/')[0]}")
    return Response(msgspec.json.encode(statement), media_type=MEDIA_TYPE)


async def search_observations(call: Call) -> Response:
    """Give a page of a home's vital signs."""
    asked = call.asked(ObservationsAsked)
    home_id = HomeId(asked.patient)
    try:
        begin, end = span_of(asked.date)
    except BadDate as error:
        raise Refused(Kind.UNREADABLE, faults=(Fault(where="query.date", what=f"{error}"),)) from error
    place = place_of("vitals", asked.cursor, parts=3)
    after = _after(place) if place else None
    await _seen(call, home_id)
    await looked(call, home_id, Look.API_VITALS_READ, always=True)
    found = await ReadingExport(pool_of(call)).vitals(
        home_id, begin, end, names=names_of(asked.code), after=after, most=asked.count
    )
    last = found[-1] if len(found) == asked.count else None
    more = cursors.write("vitals", last.at, last.reading_id.hex(), last.name) if last else ""
    page = bundle_of(
        [observation_of(one, home_id) for one in found], here=_url(call), next_page=_url(call, more) if more else ""
    )
    return Response(msgspec.json.encode(page), media_type=MEDIA_TYPE)


def _after(place: tuple[str, ...]) -> AfterVital:
    return AfterVital(at=cursors.read_moment(place[0]), reading_id=cursors.read_bytes(place[1]), name=place[2])


async def _seen(call: Call, home_id: HomeId) -> None:
    """See that the home is one that the token sees; raise Refused."""
    if await HomePages(pool_of(call)).one(home_id, districts=call.token.districts) is None:
        raise Refused(Kind.NOT_FOUND)


def _url(call: Call, cursor: str = "") -> str:
    base = doors_of(call.request).settings.alerts.public_url.rstrip("/")
    pairs = [(name, text) for name, text in call.request.query_params.multi_items() if not cursor or name != "_cursor"]
    return f"{base}{call.request.url.path}?{urlencode([*pairs, *([('_cursor', cursor)] if cursor else [])])}"


HANDLERS: Final[dict[str, Handler]] = {
    "export_readings": export_readings,
    "fhir_capabilities": fhir_capabilities,
    "search_observations": search_observations,
}
