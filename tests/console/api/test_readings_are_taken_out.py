"""Readings through the API: as files that hold what SQL says, and vital signs as FHIR observations."""

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO, StringIO

import pytest
from pyarrow import parquet

from console.api.exporting.columns import COLUMNS
from console.api.table import ROOT
from contracts import HomeId, Reading, SensorId, Value, reading_id
from contracts.rows import row_of
from contracts.values import Motion, Temperature, VitalSigns
from history.export.postgres import ReadingExport
from runtime.postgres import Pool
from tests.console.api.asking import Api
from tests.console.building import NOON

pytestmark = [pytest.mark.door]
HOME = HomeId("h-0003")
VITALS = VitalSigns(heart_per_minute=61.5, breath_per_minute=14.0)
DAY = {"from": "2026-11-22T00:00:00Z", "to": "2026-11-23T00:00:00Z"}


def a_reading(value: Value, at: datetime, mark: str = "") -> Reading:
    return Reading(
        reading_id=reading_id(HOME, "s1", kind="x", mark=f"{at}{mark}"),
        home_id=HOME,
        sensor_id=SensorId("침실, 센서 1"),
        observed_at=at,
        received_at=at + timedelta(seconds=1),
        value=value,
    )


async def record(pool: Pool, readings: Iterable[Reading]) -> None:
    async with (
        pool.connection() as connection,
        connection.cursor() as cursor,
        cursor.copy(
            "copy reading (ts, received_at, value, kind, sign, late, clock_doubted, home_id, sensor, reading_id,"
            " detail) from stdin"
        ) as copy,
    ):
        for reading in readings:
            row = row_of(reading)
            detail = None if row.detail is None else str(row.detail).replace("'", '"')
            await copy.write_row((*row[:-1], detail))


@pytest.fixture
async def seeded(house: Api) -> Api:
    moments = [NOON + timedelta(seconds=20 * number) for number in range(60)]
    values: list[Value] = [
        Motion(active=True),
        Temperature(celsius=-1.25),
        VitalSigns(heart_per_minute=61.5, breath_per_minute=14.0),
    ]
    # Three readings of one instant: the order among them must not lose one between two batches.
    await record(house.pool, [a_reading(value, at, f"{place}") for at in moments for place, value in enumerate(values)])
    return house


async def test_a_csv_holds_what_the_table_holds(seeded: Api) -> None:
    async with seeded.client() as client:
        got = await client.get(f"{ROOT}/homes/{HOME}/readings", params=DAY)
    assert got.status_code == 200 and got.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(StringIO(got.text)))
    async with seeded.pool.connection() as connection:
        cursor = await connection.execute(
            "select encode(reading_id, 'hex'), ts, value from reading where home_id = %s order by ts, reading_id",
            [HOME],
        )
        kept = await cursor.fetchall()
    assert len(rows) == len(kept) == 180 and tuple(rows[0]) == COLUMNS
    told = [(row["reading_id"], datetime.fromisoformat(row["observed_at"]), row["number"]) for row in rows]
    assert told == [(f"{key}", at, "" if number is None else repr(number)) for key, at, number in kept]
    assert {row["sensor_id"] for row in rows} == {"침실, 센서 1"}


async def test_a_parquet_file_read_back_equals_the_csv(seeded: Api) -> None:
    async with seeded.client() as client:
        text = (await client.get(f"{ROOT}/homes/{HOME}/readings", params=DAY)).text
        file = await client.get(f"{ROOT}/homes/{HOME}/readings", params={**DAY, "format": "parquet"})
    table = parquet.read_table(BytesIO(file.content))
    rows = list(csv.DictReader(StringIO(text)))
    assert table.column_names == list(COLUMNS)
    for name in ("sensor_id", "reading_id", "kind", "value"):
        assert table.column(name).to_pylist() == [row[name] for row in rows]
    assert table.column("observed_at").to_pylist() == [datetime.fromisoformat(row["observed_at"]) for row in rows]
    numbers = [float(row["number"]) if row["number"] else None for row in rows]
    assert table.column("number").to_pylist() == numbers


@pytest.mark.parametrize("batch", [1, 7, 180])
async def test_batches_of_any_size_give_every_reading_once(seeded: Api, batch: int) -> None:
    export = ReadingExport(seeded.pool, batch=batch)
    found = [row async for rows in export.rows(HOME, NOON, NOON + timedelta(days=1)) for row in rows]
    assert len({row.reading_id for row in found}) == len(found) == 180


async def test_an_export_is_bounded_and_empty_where_nothing_was(seeded: Api) -> None:
    async with seeded.client() as client:
        long = {"from": "2020-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
        assert (await client.get(f"{ROOT}/homes/{HOME}/readings", params=long)).status_code == 422
        assert (await client.get(f"{ROOT}/homes/{HOME}/readings")).status_code == 400
        none = await client.get(f"{ROOT}/homes/h-0004/readings", params=DAY)
        assert none.text.strip() == ",".join(COLUMNS)
        empty = await client.get(f"{ROOT}/homes/h-0004/readings", params={**DAY, "format": "parquet"})
        assert parquet.read_table(BytesIO(empty.content)).num_rows == 0


async def test_vital_signs_are_fhir_observations_page_by_page(seeded: Api) -> None:
    seen: list[dict[str, object]] = []
    url = f"{ROOT}/fhir/Observation?patient={HOME}&date=ge2026-11-22&date=lt2026-11-23&_count=50"
    async with seeded.client() as client:
        while url:
            got = await client.get(url)
            assert got.headers["Content-Type"] == "application/fhir+json", got.text
            bundle = got.json()
            assert bundle["resourceType"] == "Bundle" and bundle["type"] == "searchset"
            assert bundle["link"][0]["relation"] == "self"
            seen += [entry["resource"] for entry in bundle.get("entry", ())]
            url = next((one["url"] for one in bundle["link"] if one["relation"] == "next"), "")
    assert len(seen) == 120 and len({f"{one['id']}" for one in seen}) == 120
    heart = next(one for one in seen if f"{one['id']}".endswith("-heart"))
    assert heart["resourceType"] == "Observation" and heart["status"] == "final"
    assert heart["category"] == [
        {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                    "code": "vital-signs",
                    "display": "Vital Signs",
                }
            ]
        }
    ]
    code = {"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}
    assert heart["code"] == {"coding": [code], "text": "Heart rate"}
    unit = {"value": 61.5, "unit": "beats/minute", "system": "http://unitsofmeasure.org", "code": "/min"}
    assert heart["valueQuantity"] == unit
    assert heart["effectiveDateTime"] == "2026-11-22T03:00:00Z"
    assert heart["subject"] == {"type": "Patient", "identifier": {"system": "urn:dolbom:home", "value": HOME}}


async def test_observations_are_chosen_by_code_and_by_date(seeded: Api) -> None:
    async with seeded.client() as client:

        async def count(query: str) -> int:
            got = await client.get(f"{ROOT}/fhir/Observation?patient={HOME}&_count=200&{query}")
            assert got.status_code == 200, got.text
            return len(got.json().get("entry", ()))

        assert await count("code=9279-1") == 60
        assert await count("code=http://loinc.org|8867-4,9279-1") == 120
        assert await count("code=8310-5") == 0
        assert await count("date=gt2026-11-22") == 0
        assert await count("date=le2026-11-22T03:00:00Z") == 2
        assert (await client.get(f"{ROOT}/fhir/Observation?patient={HOME}&date=ge2026-13-01")).status_code == 400
        assert (await client.get(f"{ROOT}/fhir/Observation")).status_code == 400
