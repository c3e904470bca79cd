"""Stories of the usual: somebody cries, people are called one after the other, and somebody answers."""

import pytest

from runtime.settings import Postgres
from tests.alerts.timeline.cast import a_cast
from tests.alerts.timeline.play import play

pytestmark = pytest.mark.door


async def test_a_cry_is_answered_by_the_second_who_is_called(any_postgres: Postgres) -> None:
    await play(
        any_postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:30 nothing",
        "1:00 call carer",
        "1:30 kim takes it",
        "1:30 it is acknowledged by kim",
        "8:00 kim notes: I spoke with her",
        "12:00 kim resolves it as help_needed",
        "12:00 tell daughter that it is taken",
        "12:00 tell carer that it is taken",
        "12:00 it is resolved",
        "60:00 nothing",
    )


async def test_nobody_answers_and_the_list_is_called_again_and_again(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "1:00 call carer",
        "3:00 call guard",
        "6:00 tell boss that nobody answers",
        "6:00 call daughter",
        "7:00 call carer",
        "9:00 call guard",
        "12:00 tell boss that nobody answers",
        "12:00 call daughter",
        "12:30 it is ringing",
        "12:30 the log says list_exhausted",
    )


async def test_whoever_declines_makes_the_next_be_called_at_once(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:20 daughter declines",
        "0:20 call carer",
        "0:40 carer declines",
        "0:40 call guard",
        "1:30 nothing",
        "1:30 it is ringing",
    )


async def test_an_operator_who_does_not_act_loses_the_case_and_it_rings_again(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:30 kim takes it",
        "10:29 it is acknowledged by kim",
        "10:30 call daughter",
        "10:30 it is ringing",
        "10:30 the log says lease_expired",
        "11:30 call carer",
    )


async def test_an_operator_who_writes_keeps_the_case(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:30 kim takes it",
        "9:30 kim notes: on the telephone with her",
        "19:29 it is acknowledged by kim",
        "19:30 call daughter",
    )


async def test_an_operator_calls_the_next_before_their_time(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:10 kim takes it",
        "0:15 kim calls the next",
        "0:15 call carer",
        "9:00 kim resolves it as medical",
        "9:00 tell daughter that it is taken",
        "9:00 tell carer that it is taken",
        "60:00 nothing",
    )


async def test_worse_evidence_rings_again_although_somebody_has_it(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding leak",
        "15:00 call daughter",
        "15:30 kim takes it",
        "17:00 finding leak holds as emergency",
        "17:00 it is emergency",
        "17:00 it is ringing",
        "17:00 call daughter",
        "18:00 call carer",
    )


async def test_a_signal_that_falls_silent_is_no_answer(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding smoke",
        "0:00 call daughter",
        "0:30 finding smoke ended",
        "0:30 the log says restored",
        "1:00 call carer",
        "1:00 it is ringing",
    )


async def test_a_cry_once_more_rings_although_somebody_has_it(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:30 kim takes it",
        "4:00 finding help_button",
        "4:00 call daughter",
        "4:00 it is ringing",
        "5:00 call carer",
    )


async def test_a_case_of_a_test_calls_nobody(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button, a test",
        "0:00 it is ringing",
        "3:00:00 nothing",
    )


async def test_a_device_calls_nobody_and_waits_to_be_looked_at(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding battery_low",
        "1:00:00 the log says overdue",
        "5:00:00 it is ringing",
    )


async def test_a_home_with_nobody_on_its_list_alarms_the_supervisor_at_once(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast("boss"),
        "0:00 finding help_button",
        "0:00 tell boss that nobody answers",
        "3:00 tell boss that nobody answers",
        "4:00 it is ringing",
    )
