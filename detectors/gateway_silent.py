"""The gateway is silent: the home is offline. Judged by the time that we listened, not by the wall's."""

from datetime import datetime, timedelta
from typing import Final

from contracts import NEVER_HEARD, Evidence, Hazard, Sentence, Severity, WatchedHome
from detectors.concern import Concern
from detectors.looking import Look, seconds
from detectors.state import HomeState, cut_off
from detectors.wording import joined, span

KIND: Final = "gateway_silent"


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a gateway that was not heard for too long while we listened; our own deafness does not count."""
    limit = patience(home)
    if state.unheard_for < limit:
        return ()
    length, bound = span(state.unheard_for), span(limit)
    cut = Sentence(ko="연결 끊김 알림 받음", en="its connection was reported cut")
    sentence = Sentence(
        ko=f"게이트웨이 무응답 {length.ko} · 한계 {bound.ko}",
        en=f"gateway not heard for {length.en} · limit {bound.en}",
    )
    return (
        Concern(
            kind=KIND,
            hazard=Hazard.GATEWAY,
            severity=Severity.DEVICE,
            since=state.watermark or state.enrolled_at or now,
            evidence=Evidence(
                rule=f"{KIND}/1",
                sentence=joined(sentence, cut if cut_off(state) else None),
                values=silence_of(state),
                limit=limit.total_seconds(),
            ),
        ),
    )


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell for how long the gateway was not heard while we listened."""
    del now
    what = Sentence(ko="게이트웨이 무응답", en="gateway not heard")
    return (seconds(what, state.unheard_for, patience(home)),)


def silence_of(state: HomeState) -> dict[str, float | str]:
    """Measure a silence; one that was never broken befell nobody: whoever looks for an outage must know."""
    never = {} if state.watermark else {NEVER_HEARD: 1.0}
    return {"silent_seconds": state.unheard_for.total_seconds(), **never}


def patience(home: WatchedHome) -> timedelta:
    """Tell for how long a gateway may be unheard before this judge has anything to say."""
    return timedelta(seconds=home.plan.gateway_silent_seconds)
