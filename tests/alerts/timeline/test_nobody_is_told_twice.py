"""Stories of several people at once: each is called once, told once, and heard although they came too late."""

import pytest

from homes.model import Policy, PolicyStep, ResponderKind
from runtime.settings import Postgres
from tests.alerts.timeline.cast import a_cast
from tests.alerts.timeline.play import play

pytestmark = pytest.mark.door

TWO_STEPS_AT_ONCE = Policy(
    policy_id="two-at-once",
    name="two at once",
    steps=(
        PolicyStep(after_seconds=0, kinds=(ResponderKind.FAMILY,)),
        PolicyStep(after_seconds=0, kinds=(ResponderKind.FAMILY, ResponderKind.CARE_MANAGER)),
        PolicyStep(after_seconds=600, kinds=(ResponderKind.FAMILY,)),
    ),
)


async def test_whoever_is_on_two_steps_of_one_moment_is_called_once(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast("daughter", "carer", policy=TWO_STEPS_AT_ONCE),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:00 call carer",
        "10:00 call daughter",
        "10:30 it is ringing",
    )


async def test_a_yes_that_comes_too_late_is_in_the_log(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast("daughter", "carer"),
        "0:00 finding help_button",
        "0:00 call daughter",
        "1:00 call carer",
        "1:10 daughter accepts",
        "1:10 tell carer that it is taken",
        "1:20 carer accepts",
        "1:20 the log says suppressed once",
        "1:20 it is acknowledged by daughter",
    )


async def test_that_another_has_it_is_told_and_written_once(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast("daughter", "carer"),
        "0:00 finding help_button",
        "0:00 call daughter",
        "1:00 call carer",
        "1:10 daughter accepts",
        "1:10 tell carer that it is taken",
        "5:00 kim resolves it as accidental_press",
        "5:00 the log says told_taken once",
        "9:00 it is resolved",
    )


async def test_whoever_was_sent_by_name_is_still_expected_when_another_accepts(postgres: Postgres) -> None:
    """Their line failed once; their call is not taken back before it has reached them."""
    await play(
        postgres,
        a_cast("daughter", "guard"),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:10 guard's line is dead",
        "0:10 kim sends guard",
        "0:10 call guard, in vain",
        "0:10 guard's line works",
        "0:10 daughter accepts",
        "0:11 call guard",
        "1:00 it is acknowledged by kim",
    )


async def test_a_case_that_is_over_calls_nobody_who_was_sent(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast("daughter", "guard"),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:10 guard's line is dead",
        "0:10 kim sends guard",
        "0:10 call guard, in vain",
        "0:10 kim resolves it as accidental_press",
        "0:10 tell daughter that it is taken",
        "5:00 it is resolved",
    )
