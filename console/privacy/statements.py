"""What each class of data is in the tables: which rows are over at a moment, and how they go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, LiteralString

from console.privacy.retention import Kept


@dataclass(frozen=True, kw_only=True)
class Part:
    """Rows of one table that are over before `%(ends)s`; `empties` says what is emptied instead of the row."""

    table: LiteralString
    over: LiteralString
    empties: LiteralString = ""

    @property
    def count(self) -> LiteralString:
        """Count them."""
        return "select count(*) from " + self.table + " where " + self.over

    @property
    def let_go(self) -> LiteralString:
        """Let them go."""
        if self.empties:
            return "update " + self.table + " set " + self.empties + " where " + self.over
        return "delete from " + self.table + " where " + self.over


def _part(table: LiteralString, over: LiteralString, empties: LiteralString = "") -> Part:
    return Part(table=table, over=over, empties=empties)


_ENDED_ALERT: Final[LiteralString] = (
    "exists (select from alert where alert.alert_id = notification.alert_id and alert.resolved_at < %(ends)s)"
)

#: The access log has its own way: only from its beginning, with an anchor for what is left.
PARTS: Final[Mapping[Kept, tuple[Part, ...]]] = {
    Kept.RAW_MESSAGES: (_part("gateway_message", "received_at < %(ends)s"),),
    Kept.SESSIONS: (_part("console_session", "expires_at < %(ends)s"),),
    Kept.PRESENCE: (_part("presence", "seen_at < %(ends)s"),),
    Kept.REFUSED_RECORDS: (
        _part("finding_refused", "refused_at < %(ends)s"),
        _part("history_dead_letter", "at < %(ends)s"),
        _part("gateway_refused", "hour < %(ends)s"),
    ),
    Kept.SYNTHETIC_PRESSES: (_part("synthetic_press", "pressed_at < %(ends)s"),),
    Kept.PROVIDER_REQUESTS: (_part("inbound_heard", "heard_at < %(ends)s"),),
    Kept.DELIVERIES: (_part("notification", f"state <> 'queued' and called_at < %(ends)s and {_ENDED_ALERT}"),),
    Kept.ALERT_TEXTS: (
        _part("alert_log", "at < %(ends)s and text <> ''", "text = ''"),
        _part("referral_log", "at < %(ends)s and text <> ''", "text = ''"),
        _part("late_answer", "at < %(ends)s and text <> ''", "text = ''"),
        _part("quality_review", "at < %(ends)s and remark <> ''", "remark = ''"),
        _part("device_job", "done_at < %(ends)s and result <> ''", "result = ''"),
    ),
    Kept.SHIFT_PAPERS: (_part("shift_handover", "signed_at < %(ends)s"),),
    Kept.LINKS: (_part("link_telephone", "bound_at < %(ends)s"), _part("link_press", "at < %(ends)s")),
    # Its parts go with it.
    Kept.REPORTS: (_part("report_order", "finished_at < %(ends)s"),),
    Kept.BROKEN_GLASS: (_part("broken_glass", "signed_at is not null and opened_at < %(ends)s"),),
    Kept.FINDINGS: (_part("history_finding", "last_told_at < %(ends)s"),),
    Kept.ALERT_HISTORY: (_part("history_alert", "at < %(ends)s"),),
    Kept.CONSENTS: (_part("consent", "ended_at < %(ends)s"),),
}

#: The last line never goes: the next one must follow it.
LOG_END: Final[LiteralString] = (
    "select coalesce(least((select min(line) from access_log where at >= %(ends)s) - 1,"
    " (select max(line) from access_log) - 1), (select max(line) from access_log) - 1, 0)"
)
LOG_COUNT: Final[LiteralString] = "select count(*) from access_log where line <= %(end)s"
LOG_ANCHOR: Final[LiteralString] = (
    "insert into access_log_anchor (line, digest, forgot_at, until_at)"
    " select line, digest, now(), at from access_log where line <= %(end)s order by line desc limit 1"
    " on conflict do nothing"
)
LOG_LET_GO: Final[LiteralString] = "delete from access_log where line <= %(end)s"

_ITS_ALERTS: Final[LiteralString] = "(select alert_id from alert where home_id = %(home)s)"
#: What a handover says of a resident: the sentence of each of their alerts, and their name and address in all else.
_HANDOVERS: Final[LiteralString] = """
    with them as (
        select r.name, h.address from resident r join home h using (home_id) where home_id = %(home)s
    ), told as (
        select s.handover_id,
            (select coalesce(jsonb_object_agg(key, case when key in (select alert_id from alert
                where home_id = %(home)s) then to_jsonb(''::text) else value end), '{}')
                from jsonb_each(s.sentences)) as sentences
        from shift_handover s
        where exists (select from alert where home_id = %(home)s
                and (s.sentences ? alert_id or position(alert_id in s.draft::text) > 0))
            or exists (select from them where length(address) > 3 and position(address in s.draft::text) > 0)
            or exists (select from them where length(name) > 1 and (position(name in s.draft::text) > 0
                or position(name in s.note) > 0 or position(name in s.sentences::text) > 0))
    )
    update shift_handover s set
        sentences = without(told.sentences::text, them.name, them.address)::jsonb,
        draft = without(s.draft::text, them.name, them.address)::jsonb,
        note = without(s.note, them.name, them.address),
        pdf = null
    from told, them where s.handover_id = told.handover_id
"""

#: A resident's record goes, the figures of its alerts stay. In this order: what refers goes before what is referred to.
ERASED: Final[Mapping[str, LiteralString]] = {
    "readings": "delete from reading where home_id = %(home)s",
    "findings": "delete from history_finding where home_id = %(home)s",
    "raw_messages": "delete from gateway_message where home_id = %(home)s",
    "notes": "update alert_log set text = '' where text <> ''"
    " and alert_id in (select alert_id from alert where home_id = %(home)s)",
    "handovers": _HANDOVERS,
    "referral_notes": "update referral_log set text = '' where text <> ''"
    " and referral_id in (select referral_id from referral where home_id = %(home)s)",
    "late_reasons": f"update late_answer set text = '' where text <> '' and alert_id in {_ITS_ALERTS}",
    "remarks": f"update quality_review set remark = '' where remark <> '' and alert_id in {_ITS_ALERTS}",
    "visits": "update device_job set result = '' where result <> '' and home_id = %(home)s",
    "telephones": f"delete from link_telephone where alert_id in {_ITS_ALERTS}",
    "presses": f"delete from link_press where alert_id in {_ITS_ALERTS}",
    "evidence": "update alert set evidence = evidence - 'values' where home_id = %(home)s",
    "relatives": "update responder set name = '—', phone = '', contacts = '[]' where kind = 'family'"
    " and responder_id in (select responder_id from home_responder where home_id = %(home)s)"
    " and not exists (select from home_responder as other"
    " where other.responder_id = responder.responder_id and other.home_id <> %(home)s)",
    "called": "delete from home_responder where home_id = %(home)s",
    "holds": "update hold set reason = '' where home_id = %(home)s and reason <> ''",
    "consents": "update consent set given_by = '', ended_at = coalesce(ended_at, now()),"
    " ended_by = coalesce(ended_by, %(by)s) where home_id = %(home)s",
    "resident": "update resident set name = '—', birth_year = birth_year / 10 * 10, phone = '', hazards = '',"
    " health = '', hearing = '', animals = '' where home_id = %(home)s",
    "home": "update home set address = '', entry = '', watched = false, version = version + 1, changed_at = now()"
    " where home_id = %(home)s",
}
