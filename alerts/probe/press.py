"""The made-up home, what its button says, and how its alert is closed: nobody lives there, nobody is called."""

from datetime import datetime
from typing import Final

import msgspec

from alerts.events import CloseFile, Resolve
from alerts.model import Alert
from alerts.outcomes import OutcomeCode, ResolvedBy
from contracts import HomeId, ResponderId, SensorId, WatchedSensor, WatchPlan, shard_of
from contracts.ids import SYNTHETIC_PREFIX
from contracts.values import HelpButton
from homes.model import (
    Channel,
    Contact,
    District,
    Home,
    Policy,
    PolicyStep,
    Resident,
    Responder,
    ResponderKind,
)

HOME: Final = HomeId(f"{SYNTHETIC_PREFIX}0")
#: Who closes its alerts, in the log.
OPERATOR: Final = "synthetic"
BUTTON: Final = SensorId("button")
#: Only the press is of interest: whether it was pressed in time is the auditor's matter, and not a detector's.
_NEVER: Final = 10 * 365 * 86_400
_POLICY: Final = Policy(
    policy_id="synthetic",
    name="자동 점검 (synthetic alarm)",
    steps=(PolicyStep(after_seconds=0, kinds=(ResponderKind.FAMILY,)),),
    repeat_every_seconds=3600,
)


def topic() -> str:
    """Name the topic on which the made-up gateway speaks."""
    return f"home/{shard_of(HOME):02x}/{HOME}/native/readings"


def payload(at: datetime) -> bytes:
    """Write a press in the house's own dialect."""
    return msgspec.json.encode({"readings": [{"sensor": BUTTON, "value": HelpButton(), "at": at}]})


def home(url: str) -> Home:
    """Describe the home; its only responder is the prober's own address."""
    receiver = Responder(
        responder_id=ResponderId("synthetic"),
        name="자동 점검",
        kind=ResponderKind.FAMILY,
        contacts=(Contact(channel=Channel.WEBHOOK, address=url),),
    )
    return Home(
        home_id=HOME,
        district=District(district_id="synthetic", city="-", gu="-", dong="-"),
        address="-",
        resident=Resident(name="-", birth_year=1900, sex="f"),
        sensors=(WatchedSensor(sensor_id=BUTTON, kind="help_button"),),
        responders=(receiver,),
        policy=_POLICY,
        plan=WatchPlan(
            inactivity_caution_seconds=_NEVER,
            inactivity_urgent_seconds=_NEVER,
            inactivity_emergency_seconds=_NEVER,
            gateway_silent_seconds=_NEVER,
            not_protected_after_seconds=_NEVER,
            help_told_for_seconds=60,
            test_missing_seconds=0,
        ),
    )


def closing(alert: Alert) -> tuple[Resolve, CloseFile]:
    """End its alert as the test that it was, and leave no file for a supervisor to read."""
    ended = Resolve(
        alert_id=alert.alert_id,
        operator=OPERATOR,
        version=alert.version,
        outcome=OutcomeCode.SYNTHETIC_TEST,
        resolved_by=ResolvedBy.OPERATOR,
    )
    return ended, CloseFile(alert_id=alert.alert_id, supervisor=OPERATOR)
