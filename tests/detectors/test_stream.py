"""The detectors as a process between two topics."""

from pathlib import Path

import pytest

from contracts import Phase
from contracts.values import HelpButton
from runtime.kafka import producing
from runtime.settings import Kafka
from tests.detectors.values import HOME, a_batch, a_home, a_reading
from tests.detectors.workers import Ear, publish, working
from tests.until import until

pytestmark = [pytest.mark.door]


async def test_a_press_becomes_a_finding(kafka: Kafka, tmp_path: Path) -> None:
    with working(kafka, tmp_path) as [worker]:
        await until(worker.ready, within=30, what="a ready worker")
        async with producing(kafka) as producer, Ear(kafka) as ear:
            press = a_reading(HelpButton(), sensor="button")
            await publish(producer, kafka, HOME, a_batch(press, homes=[a_home()]))
            await until(ear.listen, within=10, what="the press told as a finding")
            finding = ear.findings[0]
            assert (finding.kind, finding.home_id, finding.phase) == ("help_button", HOME, Phase.BEGAN)
            assert finding.evidence.readings == (press.reading_id,)
        assert worker.stop() <= 5.0
