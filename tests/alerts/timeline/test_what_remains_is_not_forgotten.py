"""Stories of what remains to be done after a case: when nobody does it, somebody hears of it, again and again."""

import pytest

from runtime.settings import Postgres
from tests.alerts.timeline.cast import a_cast
from tests.alerts.timeline.play import play

pytestmark = pytest.mark.door


async def test_a_supervisor_hears_every_day_of_a_follow_up_that_is_overdue(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast("daughter", "boss"),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:40 kim takes it",
        "1:00 kim resolves it as medical",
        "1:00 tell daughter that it is taken",
        "23:59:00 nothing",
        "24:01:00 tell boss that a follow-up is overdue",
        "48:01:00 tell boss that a follow-up is overdue",
        "50:00:00 kim follows it up: she is home again",
        "80:00:00 it is resolved",
    )


async def test_nobody_hears_of_what_was_done_in_time(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast("daughter", "boss"),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:30 kim resolves it as medical",
        "0:30 tell daughter that it is taken",
        "10:00:00 kim follows it up: she is home again",
        "80:00:00 it is resolved",
    )


async def test_that_no_supervisor_is_listed_is_written_down(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast("daughter"),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:30 kim resolves it as medical",
        "0:30 tell daughter that it is taken",
        "25:00:00 the log says nobody_to_call once",
    )
