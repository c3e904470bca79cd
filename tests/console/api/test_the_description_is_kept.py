"""The service does what its description says: schemathesis asks it, well and badly, and judges the answers."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as some
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok

from console.api import cursors
from console.api.openapi import description
from console.api.table import OPERATIONS, ROOT
from runtime.settings import Kafka, Postgres
from tests.console.api.test_webhooks_tell_of_changes import token_of
from tests.console.building import NOON
from tests.console.running import centre, with_street

NAMES = [one.name for one in OPERATIONS]
#: What a schema cannot say: a cursor is one that we gave for this list.
CURSORS = {
    f"{ROOT}/homes": cursors.write("homes", "h-0001"),
    f"{ROOT}/alerts": cursors.write("alerts", NOON, "0" * 24),
    f"{ROOT}/alerts/{{alert_id}}/timeline": cursors.write("timeline", 1),
    f"{ROOT}/fhir/Observation": cursors.write("vitals", NOON, "00", "heart_per_minute"),
}
schemathesis.openapi.format("fhir-date", some.sampled_from(["ge2026-11-22", "lt2026-11-23T00:00:00Z"]))


@pytest.mark.door
@pytest.mark.timeout(180)
async def test_the_service_answers_as_its_description_says(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> None:
    await with_street(postgres)
    token = await token_of(postgres)
    async with centre(tmp_path, postgres, kafka) as house:
        faults = await asyncio.to_thread(try_all, house.url, token)
    assert not faults, "\n\n".join(f"{name}: {fault}" for name, fault in faults.items())
    assert token.split("_", 2)[2] not in (tmp_path / "console.log").read_text()


def try_all(url: str, token: str) -> dict[str, str]:
    """Make requests for every operation, some that fit its description and some that do not; tell what was wrong."""
    schema = schemathesis.openapi.from_dict(description())
    schema.config.update(base_url=url)
    # Rules that no schema holds (a span too long, an address inside) are told with 422, and what is gone with 410.
    schema.config.checks.positive_data_acceptance.expected_statuses = ["2xx", "3xx", "404", "409", "410", "422"]
    faults: dict[str, str] = {}
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                try_one(operation, mode, {"Authorization": f"Bearer {token}"})
            except Unsatisfiable:
                continue  # nothing that it takes could be wrong
            except (FailureGroup, Failure) as fault:
                several = getattr(fault, "exceptions", ())
                faults[f"{operation.label} {mode.value}"] = "\n".join(f"{one}" for one in (fault, *several))
    return faults


def try_one(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> None:
    @seed(20261122)
    @settings(
        max_examples=6, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def judge(case: Any) -> None:
        for name in {"cursor", "_cursor"} & set(case.query or ()) if mode is GenerationMode.POSITIVE else ():
            case.query[name] = CURSORS[operation.path]
        case.call_and_validate(headers=headers)

    judge()
