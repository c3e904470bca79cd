"""The statements of enrolment, each beside a word on what it is for."""

from typing import Final, LiteralString

CREDENTIAL: Final[LiteralString] = (
    "select credential_id, home_id, kind, serial, certificate, password_hash, made_at, issued_at, expires_at,"
    " first_used_at, revoked_at, reason from enrolment_credential"
)
OF_HOME: Final[LiteralString] = CREDENTIAL + " where home_id = %(home)s"
BY_ID: Final[LiteralString] = CREDENTIAL + " where credential_id = %(id)s"
BY_SERIAL: Final[LiteralString] = CREDENTIAL + " where serial = %(serial)s"
OF_HOMES: Final[LiteralString] = CREDENTIAL + " where %(all)s or home_id = any(%(homes)s) order by credential_id desc"
#: What the broker must know: all that ended, and all that is let in; not the certificates themselves.
STANDING: Final[LiteralString] = (
    "select credential_id, home_id, kind, serial, null as certificate, password_hash, made_at, issued_at, expires_at,"
    " first_used_at, revoked_at, reason from enrolment_credential where issued_at is not null"
)
#: Homes with their open claim.
HOMES: Final[LiteralString] = (
    "select home.home_id, claim.expires_at from home left join enrolment_claim claim"
    " on claim.home_id = home.home_id and claim.used_at is null and claim.ended_at is null"
    " where %(all)s or home.home_id = any(%(homes)s) order by home.home_id"
)
#: One deed after the other happens to a home.
LOCK_HOME: Final[LiteralString] = "select from home where home_id = %(home)s for no key update"
OPEN_CLAIM: Final[LiteralString] = (
    "insert into enrolment_claim (home_id, selector, digest, replaces, made_by, made_at, expires_at) values"
    " (%(home)s, %(selector)s, %(digest)s, %(replaces)s, %(account)s, %(now)s, %(until)s)"
)
END_CLAIM: Final[LiteralString] = (
    "update enrolment_claim set ended_at = %(now)s where home_id = %(home)s and used_at is null and ended_at is null"
)
#: A request that was never signed ends with its claim; there is no connection to cut.
END_REQUESTS: Final[LiteralString] = (
    "update enrolment_credential set revoked_at = %(now)s, cut_at = %(now)s, reason = 'never_issued'"
    " where home_id = %(home)s and issued_at is null and revoked_at is null"
)
CLAIMS: Final[LiteralString] = (
    "select claim_id, home_id, digest, expires_at, guesses, used_at from enrolment_claim"
    " where selector = %(selector)s and ended_at is null order by claim_id for update"
)
COUNT_GUESS: Final[LiteralString] = (
    "update enrolment_claim set guesses = guesses + 1 where claim_id = any(%(claims)s)"
    " and used_at is null and expires_at > %(now)s returning home_id, guesses"
)
SAME_REQUEST: Final[LiteralString] = (
    "select credential_id from enrolment_credential where claim_id = %(claim)s and request = %(request)s"
    " and revoked_at is null"
)
USE_CLAIM: Final[LiteralString] = "update enrolment_claim set used_at = %(now)s where claim_id = %(claim)s"
ADD_CREDENTIAL: Final[LiteralString] = (
    "insert into enrolment_credential (home_id, claim_id, kind, request, password_hash, made_at, issued_at)"
    " values (%(home)s, %(claim)s, %(kind)s, %(request)s, %(hash)s, %(now)s,"
    " case when %(kind)s = 'password' then %(now)s::timestamptz end) returning credential_id"
)
CONFIRM: Final[LiteralString] = (
    "update enrolment_credential set first_used_at = %(now)s where credential_id = %(credential)s"
    " and first_used_at is null and revoked_at is null returning home_id"
)
REVOKE: Final[LiteralString] = (
    "update enrolment_credential set revoked_at = %(now)s, reason = %(reason)s where home_id = %(home)s"
    " and revoked_at is null and issued_at is not null and (%(serial)s::text is null or serial = %(serial)s)"
    " and (%(older)s::bigint is null or credential_id < %(older)s)"
)
TELL: Final[LiteralString] = (
    "insert into enrolment_event (at, account, home_id, what) values (%(now)s, %(account)s, %(home)s, %(what)s)"
)
#: The keeper's work: requests to sign, connections to cut, predecessors whose successors never spoke.
WAITING: Final[LiteralString] = (
    "select credential_id, home_id, request from enrolment_credential"
    " where kind = 'certificate' and issued_at is null and revoked_at is null order by credential_id limit 100"
)
ISSUE: Final[LiteralString] = (
    "update enrolment_credential set serial = %(serial)s, certificate = %(certificate)s, issued_at = %(now)s,"
    " expires_at = %(until)s where credential_id = %(id)s and issued_at is null and revoked_at is null"
)
REFUSE: Final[LiteralString] = (
    "update enrolment_credential set revoked_at = %(now)s, cut_at = %(now)s, reason = 'refused'"
    " where credential_id = %(id)s and issued_at is null"
)
UNCUT: Final[LiteralString] = (
    "select credential_id, home_id from enrolment_credential where revoked_at is not null and cut_at is null"
    " order by credential_id limit 1000"
)
CUT: Final[LiteralString] = "update enrolment_credential set cut_at = %(now)s where credential_id = any(%(ids)s)"
STILL_UNCUT: Final[LiteralString] = (
    "select exists (select from enrolment_credential where home_id = %(home)s and revoked_at is not null"
    " and cut_at is null)"
)
OUTDATED: Final[LiteralString] = (
    "select newer.credential_id, newer.home_id from enrolment_credential newer where newer.issued_at < %(before)s"
    " and newer.first_used_at is null and newer.revoked_at is null and exists (select from enrolment_credential older"
    " where older.home_id = newer.home_id and older.credential_id < newer.credential_id"
    " and older.revoked_at is null and older.issued_at is not null)"
)
TELL_AUTHORITY: Final[LiteralString] = (
    "insert into enrolment_authority (certificate, told_at) values (%(certificate)s, %(now)s)"
    " on conflict (one) do update set certificate = excluded.certificate, told_at = excluded.told_at"
)
