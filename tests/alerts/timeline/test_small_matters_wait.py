"""Stories of small matters: whoever heard of one lately hears of the next ones together, by the database's clock."""

import pytest

from homes.model import Policy, PolicyStep, ResponderKind
from runtime.settings import Postgres
from tests.alerts.timeline.cast import a_cast
from tests.alerts.timeline.play import play

pytestmark = pytest.mark.door

ONCE = Policy(
    policy_id="once",
    name="once",
    steps=(PolicyStep(after_seconds=0, kinds=(ResponderKind.FAMILY,)),),
    repeat_every_seconds=7_200,
)


async def test_what_comes_soon_after_another_small_matter_goes_with_what_follows_it(postgres: Postgres) -> None:
    """Each waits its quarter of an hour; then the second and the third wait for the window of the first to end."""
    await play(
        postgres,
        a_cast("daughter", policy=ONCE),
        "0:00 finding leak",
        "5:00 finding inactivity as caution",
        "6:00 finding fall as caution",
        "15:00 call daughter",
        "20:00 nothing",
        "24:59 nothing",
        "25:00 call daughter",
        "40:00 it is ringing",
    )


async def test_a_cry_goes_at_once_whatever_waits(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast("daughter", policy=ONCE),
        "0:00 finding leak",
        "5:00 finding inactivity as caution",
        "15:00 call daughter",
        "21:00 finding help_button",
        "21:00 call daughter",
        "25:00 call daughter",
    )
