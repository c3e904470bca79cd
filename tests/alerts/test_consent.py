"""Whoever did not consent is called by nothing: not by an incident, not beside the escalation."""

from dataclasses import replace

from alerts.incidents.calling import calls_of
from alerts.incidents.model import Cause, Incident, Trouble
from alerts.model import Purpose
from alerts.reasons import Reason
from alerts.telling import told
from alerts.transition import Transition
from contracts import AlertId, Evidence, Hazard, Sentence, Severity
from tests.alerts.building import BOSS, GUARD, HOME, NOON, a_home, an_alert

REFUSED = replace(BOSS, consented=False)
SILENT = Trouble(
    alert_id=AlertId("a"),
    home_id=HOME,
    hazard=Hazard.GATEWAY,
    kind="gateway_silent",
    severity=Severity.DEVICE,
    test=False,
    since=NOON,
    evidence=Evidence(rule="gateway_silent/1", sentence=Sentence(ko="끊김", en="silent")),
)
OUTAGE = Incident(
    incident_id="i", cause=Cause.CARRIER, key="하늘통신", opened_at=NOON, began_at=NOON, losses=(), homes=(HOME,)
)


def test_an_incident_calls_the_supervisor_who_consented() -> None:
    for boss, called in ((BOSS, ["boss"]), (REFUSED, [])):
        calls = calls_of(OUTAGE, [a_home(responders=(boss,))], {HOME: SILENT}, NOON)
        assert [call.responder_id for call in calls] == called


def test_a_silent_responder_is_looked_after_by_whoever_consented() -> None:
    begun = Transition(reason=Reason.VISIT_OVERDUE, alert=an_alert())
    done = told(begun, (REFUSED, GUARD), Purpose.RESPONDER_SILENT, "1", NOON)
    assert [call.responder_id for call in done.notifications] == ["guard"]
