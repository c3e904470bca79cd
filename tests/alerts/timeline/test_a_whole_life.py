"""Stories of everything between the cry and the end: questions, ways, visits, waiting, and other centres."""

from dataclasses import replace

import pytest

from homes.model import Home, Policy, PolicyStep, Resident, ResponderKind
from runtime.settings import Postgres
from tests.alerts.timeline.cast import a_cast
from tests.alerts.timeline.play import play
from tests.alerts.timeline.provider import Provider

pytestmark = pytest.mark.door


def asked_by_telephone(provider: Provider) -> Home:
    """The usual home, whose resident has a telephone that a gateway can ring."""
    home = a_cast()(provider)
    resident = Resident(name="김하늘", birth_year=1940, sex="f", phone=provider.number("resident"))
    return replace(home, resident=resident)


async def test_a_still_home_is_asked_and_says_that_all_is_well(postgres: Postgres) -> None:
    await play(
        postgres,
        asked_by_telephone,
        "0:00 finding inactivity",
        "0:00 ask the home by voice",
        "0:00 it is checking",
        "1:00 the resident is well",
        "1:00 it is resolved",
        "3:00:00 nothing",
    )


async def test_a_still_home_is_asked_and_says_nothing(postgres: Postgres) -> None:
    await play(
        postgres,
        asked_by_telephone,
        "0:00 finding inactivity",
        "0:00 ask the home by voice",
        "4:59 it is checking",
        "5:00 call daughter",
        "5:00 it is ringing",
        "6:00 call carer",
    )


async def test_a_still_home_is_asked_and_asks_for_help(postgres: Postgres) -> None:
    await play(
        postgres,
        asked_by_telephone,
        "0:00 finding inactivity",
        "0:00 ask the home by voice",
        "0:40 the resident needs help",
        "0:40 call daughter",
        "1:40 call carer",
    )


async def test_a_home_that_cannot_be_asked_is_not_waited_for(postgres: Postgres) -> None:
    await play(
        postgres,
        asked_by_telephone,
        "0:00 resident's line is dead",
        "0:00 finding inactivity",
        "0:00 ask the home by voice, in vain",
        "0:01 ask the home by voice, in vain",
        "0:05 ask the home by voice, in vain",
        "0:05 call daughter",
        "0:05 it is ringing",
    )


async def test_a_button_is_never_asked_about(postgres: Postgres) -> None:
    await play(postgres, asked_by_telephone, "0:00 finding help_button", "0:00 call daughter", "0:30 it is ringing")


async def test_somebody_goes_and_the_others_hear_of_it(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "1:00 call carer",
        "1:30 carer accepts",
        "1:30 tell daughter that it is taken",
        "1:30 it is acknowledged by carer",
        "2:00 carer sets out",
        "12:00 carer arrives",
        "13:00 carer enters",
        "40:00 carer leaves",
        "42:00 kim takes it",
        "45:00 kim resolves it as fall_lifted",
        "45:00 it is resolved",
        "3:00:00 nothing",
    )


async def test_somebody_who_goes_and_never_arrives_makes_it_ring_again(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:30 daughter accepts",
        "0:30 it is acknowledged by daughter",
        "30:29 it is acknowledged by daughter",
        "30:30 call daughter",
        "30:30 it is ringing",
        "30:30 the log says not_arrived",
        "31:30 call carer",
    )


async def test_the_story_that_the_guide_tells_is_true(postgres: Postgres) -> None:
    """docs/how-to/tell-a-case-as-a-test.md."""
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "1:00 call carer",
        "1:30 carer accepts",
        "1:30 tell daughter that it is taken",
        "1:30 it is acknowledged by carer",
        "31:29 nothing",
        "31:30 call daughter",
        "31:30 the log says not_arrived",
        "32:30 call carer",
    )


async def test_whoever_is_silent_in_the_home_is_looked_after(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:30 daughter accepts",
        "10:00 daughter arrives",
        "11:00 daughter enters",
        "1:09:59 it is acknowledged by daughter",
        "1:10:00 call daughter",
        "1:10:00 tell boss that a responder is silent",
        "1:10:00 it is ringing",
        "1:10:00 the log says visit_overdue",
        "1:10:30 daughter is still well",
        "1:10:30 it is acknowledged by daughter",
        "1:30:00 nothing",
    )


async def test_an_operator_watches_for_a_while_and_then_it_rings(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding inactivity",
        "0:00 call daughter",
        "0:30 kim takes it",
        "2:00 kim watches it for 20:00",
        "2:00 it is watching by kim",
        "21:59 it is watching by kim",
        "22:00 call daughter",
        "22:00 it is ringing",
        "22:00 the log says watch_ended",
        "23:00 call carer",
    )


async def test_an_emergency_is_never_watched(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:10 kim takes it",
        "0:20 kim watches it for 20:00",
        "0:20 it is acknowledged by kim",
    )


async def test_a_hand_over_that_nobody_confirms_comes_back(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:30 kim takes it",
        "1:00 kim gives it to busan",
        "1:00 it is handed_over",
        "2:00 call daughter",
        "2:00 it is ringing",
    )


async def test_a_hand_over_that_is_confirmed_rings_again_when_nobody_says_how_it_ended(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:30 kim takes it",
        "1:00 kim gives it to busan",
        "1:30 busan confirms",
        "1:30 the log says hand_over_confirmed",
        "1:01:29 it is handed_over",
        "1:01:30 call daughter",
        "1:01:30 it is ringing",
    )


WITH_OPERATORS = Policy(
    policy_id="operators-first",
    name="operators first",
    steps=(
        PolicyStep(after_seconds=0, kinds=(ResponderKind.OPERATOR,)),
        PolicyStep(after_seconds=60, kinds=(ResponderKind.FAMILY,)),
    ),
)


async def test_operators_have_their_minute_while_somebody_sits_there(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(policy=WITH_OPERATORS),
        "0:00 finding help_button",
        "0:59 it is ringing",
        "1:00 call daughter",
    )


async def test_nobody_waits_for_an_empty_centre(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(policy=WITH_OPERATORS),
        "0:00 nobody sits at a console",
        "0:31 finding help_button",
        "0:31 call daughter",
        "0:31 the log says unmanned",
    )


async def test_an_operator_sends_the_guard(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:20 kim takes it",
        "0:30 kim phones resident: no_answer",
        "0:40 kim sends guard",
        "0:40 call guard",
        "1:00 guard accepts",
        "1:00 tell daughter that it is taken",
        "1:00 it is acknowledged by guard",
    )
