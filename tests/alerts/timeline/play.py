"""Play a story: each sentence in its moment, and whoever is called without a sentence fails the test."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from alerts.events import Found
from contracts import Finding as Told
from contracts import Hazard, Phase, Severity
from homes.model import Home
from runtime.settings import Postgres
from tests.alerts.building import a_finding
from tests.alerts.running import with_home
from tests.alerts.timeline.deeds import Deed
from tests.alerts.timeline.provider import Provider, a_provider
from tests.alerts.timeline.sentences import Centre, Finding, Is, IsIn, Line, LogSays, Mark, Message, Nothing, read
from tests.alerts.timeline.stage import Stage, a_stage, said_of

#: A Tuesday afternoon in Seoul.
TUESDAY = datetime.fromisoformat("2026-11-24T14:00:00+09:00")
#: What detectors tell, unless the story says how bad it is.
KINDS = {
    "help_button": (Hazard.HELP, Severity.EMERGENCY),
    "fall": (Hazard.FALL, Severity.EMERGENCY),
    "smoke": (Hazard.FIRE, Severity.EMERGENCY),
    "inactivity": (Hazard.STILLNESS, Severity.URGENT),
    "leak": (Hazard.WATER, Severity.CAUTION),
    "battery_low": (Hazard.SENSOR, Severity.DEVICE),
}


async def _nothing(_: Provider) -> None:
    return


async def play(
    postgres: Postgres,
    make_home: Callable[[Provider], Home],
    *story: str,
    began: datetime = TUESDAY,
    prepare: Callable[[Provider], Awaitable[None]] = _nothing,
) -> list[str]:
    """Play a story in a home; fail at the first moment whose messages are others than told, else answer them."""
    marks = [read(sentence) for sentence in story]
    assert marks == sorted(marks, key=lambda mark: mark.at), "a story goes forward"
    async with a_provider() as provider:
        await with_home(postgres, make_home(provider))
        await prepare(provider)
        async with a_stage(postgres, provider, began) as stage:
            for place, mark in enumerate(marks):
                await stage.until(began + mark.at)
                await _do(stage, mark)
                if mark is marks[-1] or marks[place + 1].at > mark.at:
                    _compare(stage, marks[: place + 1])
            return stage.came


def _compare(stage: Stage, marks: Sequence[Mark]) -> None:
    told = Counter(f"{said_of(mark.at)} {mark.said}" for mark in marks if isinstance(mark.said, Message))
    came = Counter(stage.came)
    unexpected, missing = sorted((came - told).elements()), sorted((told - came).elements())
    assert not unexpected, f"at {stage.clock()} nobody expected {unexpected}; missing: {missing}; came: {stage.came}"
    assert not missing, f"at {stage.clock()} these did not come: {missing}; came: {stage.came}"


async def _do(stage: Stage, mark: Mark) -> None:
    match mark.said:
        case Finding():
            await stage.store.apply(Found(finding=_told(stage, mark.said)))
        case Deed():
            await stage.store.apply(mark.said.event(await stage.case(), stage.now))
        case Line():
            stage.provider.lines[mark.said.whose] = mark.said.state
        case Centre():
            stage.manned = mark.said.manned
        case IsIn() | Is() | LogSays():
            await _check(stage, mark)
        case Message() | Nothing():
            return
    await stage.settle()


async def _check(stage: Stage, mark: Mark) -> None:
    case, log = await stage.case(), await stage.log()
    match mark.said:
        case IsIn():
            assert case.state is mark.said.state, f"{mark.sentence}: it is {case.state}; its log: {log}"
            assert mark.said.owner in (None, case.owner, case.goes), f"{mark.sentence}: it is {case.owner}'s"
        case Is():
            assert case.severity is mark.said.severity, f"{mark.sentence}: it is {case.severity}"
        case LogSays():
            assert mark.said.change in log, f"{mark.sentence}: it says {log}"
            assert not mark.said.once or log.count(mark.said.change) == 1, f"{mark.sentence}: it says {log}"


def _told(stage: Stage, said: Finding) -> Told:
    hazard, severity = KINDS[said.kind]
    if said.phase is Phase.BEGAN:
        stage.told[said.kind] = stage.now
    since = stage.told[said.kind]
    return a_finding(
        said.kind, hazard, said.severity or severity, said.phase, since=since, told_at=stage.now, test=said.test
    )
