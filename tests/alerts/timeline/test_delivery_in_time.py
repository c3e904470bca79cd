"""Stories of lines that do not work: tried again under the same key, then the next contact, then the next person."""

import pytest

from runtime.settings import Postgres
from tests.alerts.timeline.cast import a_cast
from tests.alerts.timeline.play import play

pytestmark = pytest.mark.door


async def test_a_dead_line_is_tried_three_times_and_then_the_next_is_called(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 daughter's line is dead",
        "0:00 finding help_button",
        "0:00 call daughter, in vain",
        "0:01 call daughter, in vain",
        "0:05 call daughter, in vain",
        "0:05 call carer",
        "0:30 the log says delivery_failed",
        "0:30 it is ringing",
    )


async def test_a_line_that_comes_back_is_used(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 daughter's line is dead",
        "0:00 finding help_button",
        "0:00 call daughter, in vain",
        "0:00 daughter's line works",
        "0:01 call daughter",
        "0:59 nothing",
        "1:00 call carer",
    )
