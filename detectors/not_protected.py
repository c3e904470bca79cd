"""Not protected: the gateway was not heard for so long that nobody would notice if the resident needed help."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome, WatchPlan
from detectors.concern import Concern
from detectors.gateway_silent import silence_of
from detectors.looking import Look, seconds
from detectors.state import HomeState
from detectors.wording import joined, span

KIND: Final = "not_protected"
_NOT_PROTECTED: Final = Sentence(ko="보호되지 않음", en="not protected")
_NEVER: Final = Sentence(ko="등록된 뒤 한 번도 연결되지 않음", en="never heard since it was enrolled")


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a home whose gateway is silent for long, or was never heard; our own deafness does not count."""
    limit = patience(home)
    if state.unheard_for < limit:
        return ()
    length, bound = span(state.unheard_for), span(limit)
    silence = Sentence(
        ko=f"게이트웨이 무응답 {length.ko} · 한계 {bound.ko}",
        en=f"gateway not heard for {length.en} · limit {bound.en}",
    )
    return (
        Concern(
            kind=KIND,
            hazard=Hazard.PROTECTION,
            severity=severity_of(state.unheard_for, home.plan),
            since=state.watermark or state.enrolled_at or now,
            evidence=Evidence(
                rule=f"{KIND}/1",
                sentence=joined(_NOT_PROTECTED, silence, None if state.watermark else _NEVER),
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


def patience(home: WatchedHome) -> timedelta:
    """Tell for how long a gateway may be unheard before this judge has anything to say."""
    return timedelta(seconds=home.plan.not_protected_after_seconds)


def severity_of(unprotected_for: timedelta, plan: WatchPlan) -> Severity:
    """Tell who must act: at first the operators, who can ring the resident up; then whoever can go there."""
    long = unprotected_for >= timedelta(seconds=plan.unprotected_caution_seconds)
    return Severity.CAUTION if long else Severity.NOTICE
