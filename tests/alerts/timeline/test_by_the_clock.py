"""Stories of day and night: who is called depends on the home's own time, which is the database's."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from contracts import ResponderId
from homes.model import Home, Hours, Policy, PolicyStep, Responder, ResponderKind, Roster, Rotation, Shift, Street, When
from homes.postgres import HomeStore
from runtime.postgres import pooled
from runtime.settings import Postgres
from tests.alerts.timeline.cast import a_cast, a_person
from tests.alerts.timeline.play import play
from tests.alerts.timeline.provider import Provider

pytestmark = pytest.mark.door

NIGHT = datetime.fromisoformat("2026-11-24T23:30:00+09:00")
SUNDAY = datetime.fromisoformat("2026-11-29T14:00:00+09:00")
JUST_BEFORE_SIX = datetime.fromisoformat("2026-11-24T17:59:30+09:00")
#: The office by day, the guard at night.
BY_SHIFT = Policy(
    policy_id="by-shift",
    name="by shift",
    steps=(
        PolicyStep(after_seconds=0, kinds=(ResponderKind.CARE_MANAGER,), when=When(shift=Shift.DAY)),
        PolicyStep(after_seconds=0, kinds=(ResponderKind.GUARD,), when=When(shift=Shift.NIGHT)),
        PolicyStep(after_seconds=60, kinds=(ResponderKind.FAMILY,)),
    ),
)


async def test_by_day_the_office_is_called(postgres: Postgres) -> None:
    await play(postgres, a_cast(policy=BY_SHIFT), "0:00 finding help_button", "0:00 call carer", "1:00 call daughter")


@pytest.mark.parametrize("began", [NIGHT, SUNDAY])
async def test_at_night_and_on_a_sunday_the_guard_is_called(postgres: Postgres, began: datetime) -> None:
    await play(
        postgres,
        a_cast(policy=BY_SHIFT),
        "0:00 finding help_button",
        "0:00 call guard",
        "1:00 call daughter",
        began=began,
    )


async def test_after_six_the_night_is_called_and_no_longer_the_day(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(policy=BY_SHIFT),
        "0:00 finding help_button",
        "0:00 call carer",
        "1:00 call guard",
        "2:00 call daughter",
        "5:00 tell boss that nobody answers",
        "5:00 call guard",
        "6:00 call daughter",
        began=JUST_BEFORE_SIX,
    )


def not_at_night(provider: Provider) -> Home:
    """The usual home, whose daughter works by night and may be called by day only."""
    home = a_cast()(provider)
    daughter, *others = home.responders
    by_day = Hours(from_minute=9 * 60, until_minute=18 * 60)
    return replace(home, responders=(replace(daughter, hours=(by_day,)), *others))


async def test_whoever_may_not_be_called_at_night_is_passed_over(postgres: Postgres) -> None:
    await play(postgres, not_at_night, "0:00 finding help_button", "0:00 call carer", "2:00 call guard", began=NIGHT)


async def test_who_is_on_duty_changes_hands_at_nine(postgres: Postgres) -> None:
    """The roster is asked by the database's time, which the story turns."""

    def on_duty(provider: Provider) -> Home:
        policy = Policy(
            policy_id="roster",
            name="roster",
            steps=(PolicyStep(after_seconds=0, rosters=("night",)), PolicyStep(after_seconds=60, rosters=("night",))),
        )
        return a_cast("boss", policy=policy)(provider)

    def people(provider: Provider) -> tuple[Responder, ...]:
        return a_person(provider, "carer"), a_person(provider, "guard")

    async def hire(provider: Provider) -> None:
        turns = Rotation(
            responders=(ResponderId("carer"), ResponderId("guard")),
            from_day=date(2026, 11, 24),
            handover_minute=540,
            days=1,
        )
        roster = Roster(roster_id="night", name="night", rotations=(turns,))
        async with pooled(postgres) as pool:
            await HomeStore(pool).save(Street(responders=people(provider), rosters=(roster,)))

    await play(
        postgres,
        on_duty,
        "0:00 finding help_button",
        "0:00 call carer",
        "1:00 call guard",
        began=datetime.fromisoformat("2026-11-25T08:59:30+09:00"),
        prepare=hire,
    )
