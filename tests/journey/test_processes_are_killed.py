"""Each of our processes is killed in turn while a button is pressed every second: no cry is lost, none is doubled."""

import pytest

from alerts.events import Resolve
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.postgres import AlertStore
from runtime.postgres import pooled
from tests.journey.town import SERVICES, Town, town
from tests.until import until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

SECONDS = 60


async def test_every_press_is_pushed_and_opens_one_alert_whatever_is_killed() -> None:
    async with town(SECONDS) as here:
        for second, home in enumerate(here.homes):
            here.press(home.home_id)
            await _kill(here, second)
            if second == SECONDS // 2:
                closed = await _close_what_is_open(here)
            await here.rest(1.0)
        wanted = {home.home_id for home in here.homes}
        try:
            await until(lambda: wanted <= here.pushed_homes(), within=60, what="a push for every press")
        except AssertionError as error:
            raise AssertionError(await _what_is_missing(here)) from error
        assert await here.alerts() == dict.fromkeys(wanted, 1)
        first_calls = await here.ask(
            "select home_id, responder_id, count(*) from notification"
            " where step = 1 and contact = 0 and hazard = 'help' and purpose = 'help' group by home_id, responder_id"
        )
        assert {str(home) for home, _, _ in first_calls} == wanted
        assert {count for _, _, count in first_calls} == {1}, "nobody is called twice for one press"
        # What was told again since has opened none of them a second time.
        again = await here.ask("select alert_id from alert where state <> 'resolved' and home_id = any(%s)", closed)
        assert closed and not again
        assert here.line.unanswered == 0


async def _close_what_is_open(here: Town) -> list[str]:
    """Let a person close what has been pushed so far; answer the homes."""
    closed: list[str] = []
    async with pooled(here.settings.postgres) as pool:
        store = AlertStore(pool)
        for alert in await store.open_alerts():
            if alert.home_id not in here.pushed_homes():
                continue
            await store.apply(
                Resolve(
                    alert_id=alert.alert_id,
                    operator="kim",
                    version=alert.version,
                    outcome=OutcomeCode.ACCIDENTAL_PRESS,
                    resolved_by=ResolvedBy.RESIDENT,
                )
            )
            closed.append(alert.home_id)
    return closed


async def _what_is_missing(here: Town) -> str:
    """Say which presses nobody was pushed for, and where they were lost."""
    pushed, alerts = here.pushed_homes(), await here.alerts()
    lost = [second for second, home in enumerate(here.homes) if home.home_id not in pushed]
    without = [second for second, home in enumerate(here.homes) if home.home_id not in alerts]
    dead = {name: running.log_tail() for name, running in here.running.items() if not running.alive}
    return f"no push for the presses of seconds {lost}, of them without an alert {without}; dead services: {dead}"


async def _kill(here: Town, second: int) -> None:
    """Kill one service at a time, at moments that spread over the minute; a supervisor starts it again."""
    place, rest = divmod(second - 4, 11)
    if rest or not 0 <= place < len(SERVICES):
        return
    name = SERVICES[place]
    here.running[name].kill()
    here.start(name)
