"""Who may do what: the roles of a centre, the acts of the pages, and one table between them."""

from collections.abc import Iterable, Mapping, Set
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is in the centre; one person may be several."""

    #: 관제: works at the board.
    OPERATOR = "operator"
    #: 선임: the same, and takes the second look.
    SENIOR = "senior"
    #: 감독: answers for the centre.
    SUPERVISOR = "supervisor"
    #: 기사: puts up and mends gateways.
    ENGINEER = "engineer"
    #: 조회: reads, with names masked, and changes nothing.
    AUDITOR = "auditor"
    #: 관리: gives accounts and roles, and sees no resident.
    ADMIN = "admin"


class Act(StrEnum):
    """What a path lets one do. Every path of the console names one: see `matrix`."""

    #: One's own session, language and lock.
    SELF = "self"
    BOARD_READ = "board_read"
    BOARD_ACT = "board_act"
    #: Read a file once its case is over, and close it.
    CLOSE_FILES = "close_files"
    SHIFT = "shift"
    HOMES_READ = "homes_read"
    HOMES_HOLD = "homes_hold"
    HOMES_EDIT = "homes_edit"
    #: Show a code, a telephone number or an illness that a page masks.
    REVEAL = "reveal"
    #: Open the record of a home outside one's own districts, with a reason.
    BREAK_GLASS = "break_glass"
    DEVICES_READ = "devices_read"
    DEVICES_WORK = "devices_work"
    #: A gateway's own messages.
    RAW_READ = "raw_read"
    REPORTS_READ = "reports_read"
    #: Give the reason of a late answer, order a report, judge a sample.
    REPORTS_WORK = "reports_work"
    ROSTER_READ = "roster_read"
    ROSTER_EDIT = "roster_edit"
    #: Refer a resident to a service, and follow what came of it.
    REFERRALS = "referrals"
    AUDIT_OWN = "audit_own"
    AUDIT_READ = "audit_read"
    #: Sign off the month's check of the access log.
    AUDIT_SIGN = "audit_sign"
    #: Erase a resident's record.
    ERASE = "erase"
    ACCOUNTS = "accounts"
    #: Give and take back the tokens of other systems.
    TOKENS = "tokens"


_READING: Final = {Act.SELF, Act.BOARD_READ, Act.HOMES_READ, Act.DEVICES_READ, Act.AUDIT_OWN}
_OPERATING: Final = _READING | {
    Act.BOARD_ACT,
    Act.SHIFT,
    Act.HOMES_HOLD,
    Act.REVEAL,
    Act.ROSTER_READ,
    Act.REFERRALS,
}
_LEADING: Final = _OPERATING | {Act.CLOSE_FILES, Act.HOMES_EDIT, Act.REPORTS_READ, Act.AUDIT_READ, Act.BREAK_GLASS}

#: The table of the specification, role by role; tests walk every path with every role from it.
GRANTS: Final[Mapping[Role, frozenset[Act]]] = {
    Role.OPERATOR: frozenset(_OPERATING),
    Role.SENIOR: frozenset(_LEADING),
    Role.SUPERVISOR: frozenset(_LEADING | {Act.REPORTS_WORK, Act.ROSTER_EDIT, Act.AUDIT_SIGN, Act.TOKENS, Act.ERASE}),
    Role.ENGINEER: frozenset(
        {Act.SELF, Act.HOMES_READ, Act.REVEAL, Act.DEVICES_READ, Act.DEVICES_WORK, Act.RAW_READ, Act.AUDIT_OWN}
    ),
    Role.AUDITOR: frozenset(_READING | {Act.REPORTS_READ, Act.ROSTER_READ, Act.AUDIT_READ}),
    Role.ADMIN: frozenset({Act.SELF, Act.AUDIT_OWN, Act.AUDIT_READ, Act.ACCOUNTS}),
}


def reads_masked(acts: Set[Act]) -> bool:
    """Tell who reads with names, numbers, codes and illnesses masked: whoever neither acts on a case nor reveals."""
    return not acts & {Act.BOARD_ACT, Act.REVEAL}


def acts_of(roles: Iterable[Role]) -> frozenset[Act]:
    """Put together what somebody may do who is all of these."""
    return frozenset(act for role in roles for act in GRANTS[role])
