"""Messages of the gateway are lost for ever: whatever they told, nobody will know it."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import GatewayStatus
from detectors.concern import Concern, key_of
from detectors.looking import Look, times
from detectors.state import HomeState
from detectors.wording import joined, span

KIND: Final = "messages_lost"
#: A loss is shown for so long after the newest: a working day and its night, so that some engineer has read it.
SHOWN_FOR: Final = timedelta(hours=24)
WAKES_ON: Final[tuple[type, ...]] = (GatewayStatus,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See what the gaps in the gateway's count say, until a day has passed without another."""
    if not state.losses:
        return ()
    newest = max(loss.at for loss in state.losses.values())
    if now - newest >= SHOWN_FOR:
        return ()
    told = state.told.get(key_of(KIND))
    fresh = {key: loss for key, loss in state.losses.items() if now - loss.at < SHOWN_FOR}
    messages, ago = sum(loss.messages for loss in fresh.values()), span(max(now - newest, timedelta(0)))
    return (
        Concern(
            kind=KIND,
            hazard=Hazard.GATEWAY,
            severity=Severity.DEVICE,
            since=told.finding.since if told else newest,
            evidence=Evidence(
                rule=f"{KIND}/1",
                sentence=joined(
                    Sentence(
                        ko=f"게이트웨이 메시지 {messages}건 유실", en=f"{messages} messages of the gateway are lost"
                    ),
                    Sentence(ko=f"마지막 유실 {ago.ko} 전", en=f"the last {ago.en} ago"),
                ),
                values={"lost_messages": float(messages)},
                limit=0.0,
                readings=tuple(sorted(fresh, key=lambda key: fresh[key].at)),
            ),
        ),
    )


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell how many messages were lost within a day."""
    del home
    if not state.losses:
        return ()
    lost = sum(loss.messages for loss in state.losses.values() if now - loss.at < SHOWN_FOR)
    return (times(Sentence(ko="하루 안에 유실된 메시지", en="messages lost within a day"), lost, 1),)
