"""What the alerts service measures: what was found, who was called, how fast, and what waits."""

from datetime import datetime
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from alerts.incidents.model import Cause
from alerts.model import Notification, Purpose
from alerts.statements import COUNT_NOT_PROTECTED
from runtime.postgres import Pool

findings = Counter("dolbom_alerts_findings_total", "Findings applied, by what came of them.", ["reason"])
findings_lag_seconds = Gauge(
    "dolbom_alerts_findings_lag_seconds", "How long the finding that was applied last had waited in Kafka."
)
findings_refused = Counter(
    "dolbom_alerts_findings_refused_total", "Records on `findings` that were put aside, by reason.", ["reason"]
)
findings_heard_again = Counter(
    "dolbom_alerts_findings_heard_again_total",
    "Records on `findings` that were gone back to, because the database had not heard them: it was restored.",
)
findings_missed = Counter(
    "dolbom_alerts_findings_missed_total", "Records on `findings` that Kafka had dropped before the database had them."
)
timers = Counter("dolbom_alerts_timers_total", "Timers of alerts that ran out, by what came of them.", ["reason"])
pushes = Counter("dolbom_alerts_pushes_total", "Tries to push, by channel and result.", ["channel", "result"])
paced = Counter("dolbom_alerts_paced_total", "Calls that may wait for company, by what became of them.", ["pace"])
bundled = Counter("dolbom_alerts_bundled_total", "Calls that went in another's message: one message, several homes.")
receipts = Counter(
    "dolbom_alerts_receipts_total", "What was known of calls after they were sent, by channel.", ["channel", "receipt"]
)
began_to_push_seconds = Histogram(
    "dolbom_alerts_began_to_push_seconds",
    "Time from the beginning of the matter (by the home's time) to its first delivered push; late signals left out.",
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600),
)
called_to_push_seconds = Histogram(
    "dolbom_alerts_called_to_push_seconds",
    "Time from the call in the database to its delivery.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
open_alerts = Gauge("dolbom_alerts_open", "Open alerts, by severity and age; tests left out.", ["severity", "age"])
incidents_open = Gauge(
    "dolbom_alerts_incidents_open",
    "Open incidents: many homes that lost line, power or protection together.",
    ["cause"],
)
homes_not_protected = Gauge(
    "dolbom_alerts_homes_not_protected", "Homes in service that are not protected now; tests left out."
)
timers_late_seconds = Gauge("dolbom_alerts_timers_late_seconds", "How long the oldest timer that is due has waited.")
outbox_waiting = Gauge("dolbom_alerts_outbox_waiting", "Calls that are due and not sent.")
outbox_late_seconds = Gauge("dolbom_alerts_outbox_late_seconds", "How long the oldest call that is due has waited.")
changes_waiting = Gauge("dolbom_alerts_changes_waiting", "Changes of alerts that Kafka has not got yet.")
flood = Gauge("dolbom_alerts_flood", "1 while there are more alerts than those on duty can look at.")
operators_on_duty = Gauge("dolbom_alerts_operators_on_duty", "Operators whose page was seen within half a minute.")
load_per_operator = Gauge(
    "dolbom_alerts_load_per_operator",
    "Alerts opened in the last ten minutes for each operator on duty, tests left out.",
)
synthetic_presses = Counter(
    "dolbom_alerts_synthetic_presses_total", "Presses that nobody made, by what came of them.", ["result"]
)
synthetic_seconds = Histogram(
    "dolbom_alerts_synthetic_seconds",
    "Time from a synthetic press to its call, by the whole real way.",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30),
)
hand_overs = Counter(
    "dolbom_alerts_hand_overs_total",
    "Tries to hand a case over to another centre, by way and answer.",
    ["way", "answer"],
)
faults = Gauge("dolbom_alerts_faults", "Faults of the service itself that hold now, by kind.", ["fault"])
audited = Gauge(
    "dolbom_alerts_audited_timestamp_seconds", "When the service last looked whether it keeps its promises."
)
clock_steps = Counter(
    "dolbom_alerts_clock_steps_total",
    "Times that the database's clock was found to have gone back: what waited was brought forward.",
)
pages = Counter("dolbom_alerts_pages_total", "Tries to tell an engineer of a fault, by result.", ["result"])
dead_man_pings = Counter(
    "dolbom_alerts_dead_man_pings_total", "Calls to the external dead-man's switch, by result.", ["result"]
)


def delivered(call: Notification, now: datetime) -> None:
    """Measure how long it took until a call was taken."""
    called_to_push_seconds.observe(max((now - max(call.called_at, call.send_at or call.called_at)).total_seconds(), 0))
    if call.purpose is Purpose.HELP and not call.late and call.step == 1 and not call.contact:
        began_to_push_seconds.observe(max((now - call.since).total_seconds(), 0))


async def measure(pool: Pool) -> None:
    """Ask the database what is open and what waits."""
    async with pool.connection() as connection:
        counted = await (await connection.execute(_OPEN)).fetchall()
        incidents = await (await connection.execute(_INCIDENTS)).fetchall()
        not_protected = await (await connection.execute(COUNT_NOT_PROTECTED)).fetchone()
        waiting = await (await connection.execute(_WAITING)).fetchone()
    # What is not there any more must not stand still at its last number.
    open_alerts.clear()
    for severity, age, count in counted:
        open_alerts.labels(severity=severity, age=age).set(float(f"{count}"))
    by_cause = {f"{cause}": float(f"{count}") for cause, count in incidents}
    for cause in Cause:
        incidents_open.labels(cause=cause).set(by_cause.get(cause, 0))
    homes_not_protected.set(float(f"{not_protected[0]}" if not_protected else 0))
    gauges = (timers_late_seconds, outbox_waiting, outbox_late_seconds, changes_waiting)
    for gauge, value in zip(gauges, waiting or (), strict=True):
        gauge.set(float(f"{value}"))


_OPEN: Final = """
    select severity, case
            when opened_at > now() - interval '1 minute' then 'under_1_minute'
            when opened_at > now() - interval '3 minutes' then 'under_3_minutes'
            when opened_at > now() - interval '15 minutes' then 'under_15_minutes'
            when opened_at > now() - interval '1 day' then 'under_1_day'
            else 'over_1_day' end as age,
        count(*)
    from alert where state <> 'resolved' and not test and not starts_with(home_id, 'synthetic-') group by 1, 2
"""
_INCIDENTS: Final = "select cause, count(*) from incident where over_at is null group by 1"
_WAITING: Final = """
    select
        (select coalesce(extract(epoch from now() - min(due_at)), 0) from alert
            where state <> 'resolved' and due_at <= now()),
        (select count(*) from notification where state = 'queued' and due_at <= now()),
        (select coalesce(extract(epoch from now() - min(due_at)), 0) from notification
            where state = 'queued' and due_at <= now()),
        (select count(*) from alert_change)
"""
