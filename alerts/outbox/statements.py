"""The statements of the outbox, as SQL: they claim, settle and find, and hold no rule but the order of the queue."""

from typing import Final

COLUMNS: Final = """
    n.notification_id, n.alert_id, n.home_id, n.responder_id, n.channel, n.contact, n.step, n.purpose,
    n.severity, n.hazard, n.since, n.late, n.called_at, n.insisted, n.send_at
"""
# Taken up more often than its provider did not take it or there was no room: so many workers died with it in hand.
CLAIMED: Final = "n.attempts, n.claimed_at, n.failures, n.crowded, n.passed_on_at"
PUT: Final = """
    insert into notification (notification_id, alert_id, home_id, responder_id, channel, contact, step, purpose,
        severity, rank, hazard, since, late, called_at, insisted, send_at, due_at)
    select notification_id, alert_id, home_id, responder_id, channel, contact, step, purpose,
        severity, rank, hazard, since, late, called_at, insisted, send_at, greatest(send_at, clock_timestamp())
    from jsonb_to_recordset(%(new)s) as new (notification_id text, alert_id text, home_id text, responder_id text,
        channel text, contact integer, step integer, purpose text, severity text, rank smallint, hazard text,
        since timestamptz, late boolean, called_at timestamptz, insisted boolean, send_at timestamptz)
    -- A call that waits for its time is made at once when the contact before it failed; any other stays as it is.
    on conflict (notification_id) do update set send_at = null, due_at = clock_timestamp()
    where notification.state = 'queued' and notification.attempts = 0
        and notification.send_at is not null and excluded.send_at is null
"""
# Somebody said no: what still waits for them is not sent; a later round asks them anew.
SPARED: Final = """
    update notification set state = 'withdrawn', settled_at = clock_timestamp(), receipt_due_at = null
    where alert_id = %(alert_id)s and responder_id = %(responder_id)s and state = 'queued'
        and purpose in ('help', 'nobody_answered', 'responder_silent')
"""
# Somebody has the case: nobody else is called but who was sent by name, and whoever was called is still told so.
WITHDRAW: Final = """
    update notification set state = 'withdrawn', settled_at = clock_timestamp(), receipt_due_at = null
    where alert_id = %(alert_id)s and state = 'queued' and purpose not in ('taken', 'hand_over', 'heard', 'unclear')
        and responder_id <> all(%(expected)s)
"""
# What is serious goes before everything else; then the first call of a home that was not served within the hour,
# then the worse, then the home that was served longest ago.
CLAIM: Final = f"""
    with due as (
        select waiting.notification_id from notification waiting
        left join lateral (
            select max(o.claimed_at) as at from notification o
            where o.home_id = waiting.home_id and o.claimed_at is not null
        ) served on true
        where waiting.state = 'queued' and waiting.due_at <= clock_timestamp()
        order by waiting.severity not in ('emergency', 'urgent'),
            coalesce(served.at > clock_timestamp() - interval '1 hour', false), waiting.rank,
            served.at nulls first, waiting.due_at
        limit %(limit)s for update of waiting skip locked
    )
    update notification n set attempts = n.attempts + 1, claimed_at = clock_timestamp(),
        due_at = clock_timestamp() + (%(leases)s ->> n.channel)::double precision * interval '1 second'
    from due where n.notification_id = due.notification_id
    returning {COLUMNS}, {CLAIMED}
"""
LATER: Final = """
    update notification set due_at = clock_timestamp() + %(seconds)s * interval '1 second',
        failures = failures + %(failed)s, crowded = crowded + %(crowded)s
    where notification_id = %(notification_id)s and attempts = %(attempt)s and state = 'queued'
"""
# It was not tried: it waits for others to go with, and has all its tries before it.
HELD_BACK: Final = """
    update notification set attempts = attempts - 1, due_at = %(until)s
    where notification_id = %(notification_id)s and attempts = %(attempt)s and state = 'queued'
"""
LATELY: Final = """
    select max(settled_at) as at from notification
    where responder_id = %(responder_id)s and channel = %(channel)s and contact = %(contact)s and purpose = 'help'
        and severity not in ('emergency', 'urgent') and state = 'delivered' and settled_at > %(since)s
        and settled_at <= clock_timestamp()
"""
# Others of the same kind that wait for the same contact: they go with it.
COMPANIONS: Final = f"""
    with waiting as (
        select notification_id from notification
        where responder_id = %(responder_id)s and channel = %(channel)s and contact = %(contact)s
            and purpose = 'help' and severity not in ('emergency', 'urgent')
            and state = 'queued' and notification_id <> %(notification_id)s
            and due_at <= clock_timestamp() and attempts - failures - crowded < %(deaths)s
        order by due_at limit %(most)s for update skip locked
    )
    update notification n set attempts = n.attempts + 1, claimed_at = clock_timestamp(),
        due_at = clock_timestamp() + (%(leases)s ->> n.channel)::double precision * interval '1 second'
    from waiting where n.notification_id = waiting.notification_id
    returning {COLUMNS}, {CLAIMED}
"""
# In one order, so that two workers never wait for each other.
BUNDLED: Final = """
    with others as (
        select notification_id from notification where notification_id = any(%(others)s)
        order by notification_id for update
    )
    update notification n set bundled_in = %(first)s from others where n.notification_id = others.notification_id
"""
DELIVERED: Final = """
    update notification set state = 'delivered', settled_at = clock_timestamp(), provider_ref = %(provider_ref)s,
        receipt_due_at = case when %(receipt_within)s > 0 and coalesce(reached_at, read_at, accepted_at) is null
            then clock_timestamp() + %(receipt_within)s * interval '1 second' end
    where notification_id = %(notification_id)s and attempts = %(attempt)s and state in ('queued', 'withdrawn')
"""
# A call that its provider took may still turn out not to have arrived, unless it is known that it did.
FAILED: Final = """
    update notification set
        undelivered_at = case when state = 'delivered' then clock_timestamp() end,
        state = 'failed', settled_at = clock_timestamp(), failure = %(failure)s, receipt_due_at = null
    where notification_id = %(notification_id)s and attempts = %(attempt)s and (state in ('queued', 'withdrawn')
        or (state = 'delivered' and coalesce(reached_at, read_at, accepted_at, declined_at) is null))
"""
# It is tried on, and the next are called meanwhile: once.
PASSED_ON: Final = """
    update notification set passed_on_at = clock_timestamp()
    where notification_id = %(notification_id)s and attempts = %(attempt)s and state = 'queued'
        and passed_on_at is null
"""
# Each is written once, with the provider's own time; a second one changes nothing.
RECEIPTS: Final = {
    "delivered": """
        update notification set reached_at = %(at)s, receipt_due_at = null
        where notification_id = %(notification_id)s and state in ('queued', 'delivered') and reached_at is null
    """,
    "read": """
        update notification set read_at = %(at)s, reached_at = coalesce(reached_at, %(at)s), receipt_due_at = null
        where notification_id = %(notification_id)s and attempts > 0 and read_at is null
    """,
    # By the provider's own word, which knows no attempt.
    "failed": """
        update notification set state = 'failed', undelivered_at = clock_timestamp(), settled_at = clock_timestamp(),
            failure = 'undelivered', receipt_due_at = null
        where notification_id = %(notification_id)s and state = 'delivered'
            and coalesce(reached_at, read_at, accepted_at, declined_at) is null
    """,
    "accepted": """
        update notification set accepted_at = %(at)s, receipt_due_at = null
        where notification_id = %(notification_id)s and state = 'delivered' and accepted_at is null
    """,
    "declined": """
        update notification set declined_at = %(at)s, receipt_due_at = null
        where notification_id = %(notification_id)s and state = 'delivered' and declined_at is null
    """,
}
# Whoever has answered was reached: nobody waits for a receipt of theirs any more.
ANSWERED: Final = """
    update notification set receipt_due_at = null,
        accepted_at = case when %(accepted)s then coalesce(accepted_at, clock_timestamp()) else accepted_at end,
        declined_at = case when %(accepted)s then declined_at else coalesce(declined_at, clock_timestamp()) end
    where alert_id = %(alert_id)s and responder_id = %(responder_id)s and attempts > 0
        and purpose in ('help', 'nobody_answered', 'responder_silent')
"""
SILENT: Final = f"""
    select {COLUMNS}, {CLAIMED} from notification n
    where n.receipt_due_at <= clock_timestamp() and n.state = 'delivered' order by n.receipt_due_at limit %(limit)s
"""
ONE: Final = f"select {COLUMNS} from notification n where n.notification_id = %(notification_id)s"
BY_REF: Final = f"""
    select {COLUMNS}, n.attempts from notification n
    where n.channel = %(channel)s and (n.notification_id = %(key)s or (%(ref)s <> '' and n.provider_ref = %(ref)s))
    order by n.called_at desc limit 1
"""
# Whoever answers a text message answers the latest call to their number that is still open. They were reached, even
# when we do not know it yet, or think that they were not.
OPEN_TO_NUMBER: Final = f"""
    select {COLUMNS}, n.attempts from notification n
    join alert a on a.alert_id = n.alert_id and a.state <> 'resolved'
    join responder r on r.responder_id = n.responder_id
    where n.channel = 'sms' and n.attempts > 0 and n.called_at > clock_timestamp() - interval '24 hours'
        and n.purpose in ('help', 'nobody_answered', 'responder_silent')
        and regexp_replace(r.contacts -> n.contact ->> 'address', '[^0-9]', '', 'g') = any(%(forms)s)
    order by least(n.called_at, clock_timestamp()) desc, n.notification_id limit 20
"""
WITH_NUMBER: Final = """
    select r.responder_id from responder r
    where regexp_replace(r.phone, '[^0-9]', '', 'g') = any(%(forms)s) or exists (
        select from jsonb_array_elements(r.contacts) c where c ->> 'channel' in ('sms', 'voice')
            and regexp_replace(c ->> 'address', '[^0-9]', '', 'g') = any(%(forms)s))
"""
UNREAD: Final = f"""
    select {COLUMNS}, n.attempts from notification n
    where n.alert_id = %(alert_id)s and n.responder_id = %(responder_id)s and n.attempts > 0
        and n.read_at is null and n.purpose in ('help', 'nobody_answered', 'responder_silent')
    order by n.called_at desc limit 1
"""
COUNT_PURPOSE: Final = """
    select count(*) from notification
    where alert_id = %(alert_id)s and responder_id = %(responder_id)s and purpose = %(purpose)s
"""
HEARD: Final = "select 1 from inbound_heard where provider = %(provider)s and event_digest = %(digest)s"
PUT_HEARD: Final = """
    insert into inbound_heard (provider, event_digest) values (%(provider)s, %(digest)s) on conflict do nothing
"""
FORGET_HEARD: Final = "delete from inbound_heard where heard_at < now() - interval '7 days'"
# Whoever was told since that somebody has it is not told again.
# Also what is on its way at this moment, and what was taken and never confirmed: rather one who is thanked for nothing
# than two at one door.
CALLED: Final = f"""
    select {COLUMNS} from notification n
    where n.alert_id = %(alert_id)s and (n.state = 'delivered'
            or (n.state in ('queued', 'withdrawn') and n.attempts > 0)
            or (n.state = 'failed' and n.failure = 'no_receipt'))
        and n.purpose in ('help', 'nobody_answered') and not exists (
            select from notification told where told.alert_id = n.alert_id and told.responder_id = n.responder_id
                and told.purpose = 'taken' and told.called_at >= least(n.called_at, clock_timestamp())
        )
    order by n.called_at, n.notification_id
"""
