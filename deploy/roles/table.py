"""Which role may do what in which table: the one place that says it."""

from collections.abc import Mapping
from typing import Final

#: Owns everything, and runs the files of `deploy/schema`; no service has it.
MIGRATOR: Final = "dolbom_migrator"
#: Reads everything, for `pg_dump`.
BACKUP: Final = "dolbom_backup"
#: What may be forgotten, and what an erasure empties. Nobody signs in as it: the console takes it for one transaction.
RETENTION: Final = "dolbom_retention"
CONSOLE: Final = "dolbom_console"
HISTORY: Final = "dolbom_history"

READS: Final = "select"
#: Append-only: nothing that was written is changed.
ADDS: Final = "select, insert"
CHANGES: Final = "select, insert, update"
KEEPS: Final = "select, insert, update, delete"

Rights = Mapping[str, str]


def _each(rights: str, *tables: str) -> dict[str, str]:
    return dict.fromkeys(tables, rights)


#: Homes, their people and who is called.
_STREET: Final = ("district", "policy", "responder", "home", "resident", "roster")
_PARTS: Final = ("sensor", "home_responder", "hold")
#: What a detector is told of a home; no name, no address.
_WATCHED: Final = {"home": "select (home_id, version, timezone, watched, plan)", **_each(READS, "sensor", "hold")}
#: Every service asks at its start whether the database is as it needs it.
_STANDING: Final = _each(READS, "schema_migration", "storage_mode", "schema_needs")
#: An alert with all that changes with it in one transaction.
_ALERTS: Final = {
    **_each(CHANGES, "alert", "finding_heard", "notification", "incident", "incident_home", "hand_over"),
    **_each(CHANGES, "contact_state", "flood", "service_fault"),
    **_each(ADDS, "alert_log", "alert_change"),
    **_each(READS, "centre", "centre_home", "web_push_subscription", "presence", "shift_handover", "synthetic_press"),
}

GRANTS: Final[Mapping[str, Rights]] = {
    "dolbom_ingest": {
        **_STANDING,
        **_WATCHED,
        **_each(KEEPS, "gateway_declaration", "ingest_lease"),
        "ingest_bridge": CHANGES,
    },
    "dolbom_dc09": {**_STANDING, **_WATCHED, "alarm_account": READS},
    # The stream needs no database; a replay reads what a home said.
    "dolbom_detectors": {**_STANDING, **_WATCHED, "reading": READS},
    "dolbom_alerts": {
        **_STANDING,
        **_each(READS, *_STREET, *_PARTS),
        **_ALERTS,
        **_each(KEEPS, "alert_change", "inbound_heard", "web_push_subscription"),
        **_each(CHANGES, "alert_lease", "clock_seen", "finding_place"),
        "finding_refused": ADDS,
        "centre": f"{READS}, update (seq)",
        "centre_home": f"{READS}, update (account)",
    },
    HISTORY: {
        **_STANDING,
        **_each(CHANGES, "kafka_offset", "history_finding"),
        **_each(ADDS, "reading", "history_alert", "history_dead_letter"),
        **_each(KEEPS, "gateway_message", "gateway_ring", "gateway_refused"),
    },
    CONSOLE: {
        **_STANDING,
        **_each(CHANGES, *_STREET),
        **_each(KEEPS, *_PARTS),
        **_ALERTS,
        **_each(KEEPS, "presence", "inbound_heard", "web_push_subscription", "shift_handover"),
        **_each(KEEPS, "console_session", "console_press", "alert_viewing", "paper_code"),
        **_each(CHANGES, "console_account", "broken_glass", "consent", "device_job", "walk_test"),
        **_each(CHANGES, "referral", "report_order", "roster_feed", "link_telephone"),
        **_each(CHANGES, "enrolment_claim", "enrolment_credential", "enrolment_event", "api_token"),
        "case_offer": CHANGES,
        **_each(KEEPS, "api_answer", "api_webhook", "api_event", "report_part", "link_press"),
        **_each(ADDS, "access_log", "access_check", "alert_step", "sound_trial"),
        **_each(ADDS, "referral_log", "late_answer", "quality_review"),
        **_each(READS, "access_log_anchor", "retention_turn", "erasure", "enrolment_authority", "finding_refused"),
        **_each(READS, "reading", "history_finding", "history_alert", "history_dead_letter"),
        **_each(READS, "gateway_message", "gateway_ring", "gateway_refused", "gateway_declaration"),
    },
    # It signs for homes; of a home it knows the id. The right to write one column lets it lock the row.
    "dolbom_keeper": {
        **_STANDING,
        "home": "select (home_id), update (changed_at)",
        **_each(CHANGES, "enrolment_credential", "enrolment_authority"),
        "enrolment_claim": READS,
        "enrolment_event": ADDS,
    },
    # It makes up a home of its own, presses in it, and closes what came of it.
    "dolbom_prober": {
        **_STANDING,
        **_each(CHANGES, *_STREET),
        **_each(KEEPS, *_PARTS, "synthetic_press"),
        **_ALERTS,
        "synthetic_press": KEEPS,
    },
    RETENTION: {
        # It takes the oldest lines away, and says so with a line.
        "access_log": "select, insert, delete",
        **_each("select, delete", "console_session", "presence", "finding_refused"),
        **_each("select, delete", "history_dead_letter", "history_finding", "history_alert", "gateway_message"),
        **_each("select, delete", "gateway_refused", "synthetic_press", "inbound_heard", "notification"),
        **_each("select, delete", "link_telephone", "link_press", "report_order", "broken_glass", "reading"),
        **_each("select, delete", "report_part", "home_responder"),
        **_each(READS, "referral"),
        **_each("select, update (text)", "alert_log", "referral_log", "late_answer"),
        "quality_review": "select, update (remark)",
        "device_job": "select, update (result)",
        "shift_handover": "select, delete, update (sentences, draft, note, pdf)",
        "alert": "select, update (evidence)",
        "responder": "select, update (name, phone, contacts)",
        "hold": "select, update (reason)",
        "consent": "select, delete, update (given_by, ended_at, ended_by)",
        "resident": "select, update (name, birth_year, phone, hazards, health, hearing, animals)",
        "home": "select, update (address, entry, watched, version, changed_at)",
        **_each(ADDS, "access_log_anchor", "retention_turn", "erasure", "enrolment_event"),
        "enrolment_claim": "select, update (ended_at)",
        "enrolment_credential": "select, update (revoked_at, cut_at, reason)",
    },
}

#: Functions that do what only the owner may, and who may ask for it.
FUNCTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "access_log_turn()": (CONSOLE, RETENTION),
    "reading_keep(integer)": (HISTORY,),
}
#: Who makes temporary tables.
TEMPORARY: Final = (HISTORY,)
#: Whoever signs in, each with a password of its own.
SIGNING_IN: Final = (*(role for role in GRANTS if role != RETENTION), MIGRATOR, BACKUP)
