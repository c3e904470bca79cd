"""Every path of the console, and the act that it needs. A path that is not here is not served."""

import re
from collections.abc import Mapping
from typing import Final

from console.roles import Act

#: Nobody has to be signed in: the page, or the one who comes, proves itself in another way.
OPEN: Final = None

#: The first row that fits decides, so a path with a word of its own stands before the one with a field in its place.
PATHS: Final[Mapping[tuple[str, str], Act | None]] = {
    # The door.
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): OPEN,
    ("POST", "/sign-out"): Act.SELF,
    ("POST", "/preferences"): OPEN,
    ("GET", "/second-factor"): Act.SELF,
    ("POST", "/second-factor"): Act.SELF,
    ("GET", "/second-factor/enrol"): Act.SELF,
    ("POST", "/second-factor/enrol"): Act.SELF,
    ("GET", "/step-up"): Act.SELF,
    ("POST", "/step-up"): Act.SELF,
    ("POST", "/lock"): Act.SELF,
    ("GET", "/locked"): Act.SELF,
    ("GET", "/locked/state"): Act.SELF,
    ("POST", "/unlock"): Act.SELF,
    ("GET", "/account"): Act.SELF,
    ("POST", "/account/pin"): Act.SELF,
    ("POST", "/account/password"): Act.SELF,
    # What is masked, and what is outside one's districts.
    ("POST", "/homes/{home_id}/reveal"): Act.REVEAL,
    ("GET", "/homes/{home_id}/privacy"): Act.HOMES_READ,
    ("POST", "/homes/{home_id}/privacy/consent"): Act.HOMES_EDIT,
    ("POST", "/homes/{home_id}/privacy/pause"): Act.HOMES_HOLD,
    ("POST", "/homes/{home_id}/privacy/resume"): Act.HOMES_HOLD,
    ("POST", "/homes/{home_id}/privacy/erase"): Act.ERASE,
    ("GET", "/homes/{home_id}/break-glass"): Act.BREAK_GLASS,
    ("POST", "/homes/{home_id}/break-glass"): Act.BREAK_GLASS,
    ("GET", "/admin"): Act.ACCOUNTS,
    ("POST", "/admin/add"): Act.ACCOUNTS,
    ("POST", "/admin/roles"): Act.ACCOUNTS,
    ("POST", "/admin/reset"): Act.ACCOUNTS,
    ("POST", "/admin/end"): Act.ACCOUNTS,
    ("GET", "/audit"): Act.AUDIT_OWN,
    ("GET", "/audit.csv"): Act.AUDIT_OWN,
    ("POST", "/audit/months"): Act.AUDIT_SIGN,
    ("POST", "/audit/glass/{glass_id:int}/sign"): Act.AUDIT_SIGN,
    # Responders come with a link, providers with a signature, gateways with a claim code.
    ("GET", "/sw.js"): OPEN,
    ("GET", "/r/{token}"): OPEN,
    ("GET", "/r/{token}/manifest.webmanifest"): OPEN,
    ("POST", "/r/{token}/push-test"): OPEN,
    ("POST", "/r/{token}/send-code"): OPEN,
    ("POST", "/r/{token}/code"): OPEN,
    ("POST", "/r/{token}/{press}"): OPEN,
    ("GET", "/r/{token}/push"): OPEN,
    ("POST", "/r/{token}/push"): OPEN,
    ("POST", "/r/{token}/push-off"): OPEN,
    ("POST", "/in/{provider}/{what}"): OPEN,
    ("POST", "/enrol/exchange"): OPEN,
    ("POST", "/enrol/confirm"): OPEN,
    # The board.
    ("GET", "/"): Act.BOARD_READ,
    ("GET", "/alerts/{alert_id}"): Act.BOARD_READ,
    ("POST", "/alerts/{alert_id}/close"): Act.CLOSE_FILES,
    ("POST", "/alerts/{alert_id}/{action}"): Act.BOARD_ACT,
    ("POST", "/alerts/{alert_id}/offer/{answer}"): Act.BOARD_ACT,
    ("GET", "/console/offers"): Act.BOARD_READ,
    ("POST", "/alerts/{alert_id}/step/{place:int}"): Act.BOARD_ACT,
    ("POST", "/alerts/claim-next"): Act.BOARD_ACT,
    ("POST", "/alerts/bulk"): Act.BOARD_ACT,
    ("POST", "/console/sound"): Act.BOARD_ACT,
    ("GET", "/alerts/{alert_id}/sheet"): Act.BOARD_ACT,
    ("GET", "/console/feed"): Act.BOARD_READ,
    ("GET", "/console/snapshot"): Act.BOARD_READ,
    ("POST", "/console/find"): Act.BOARD_READ,
    ("GET", "/console/strips"): Act.BOARD_READ,
    ("GET", "/console/incidents"): Act.BOARD_READ,
    ("POST", "/console/presence"): Act.BOARD_ACT,
    ("GET", "/incidents"): Act.DEVICES_READ,
    ("GET", "/incidents/{incident_id}"): Act.DEVICES_READ,
    ("GET", "/unprotected"): Act.DEVICES_READ,
    ("GET", "/follow-ups"): Act.BOARD_READ,
    ("GET", "/demo"): Act.BOARD_READ,
    ("POST", "/demo/scenes/{scene}"): Act.BOARD_ACT,
    # Supervisors: the figures.
    ("GET", "/sup"): Act.REPORTS_READ,
    ("GET", "/sup/sla"): Act.REPORTS_READ,
    ("GET", "/sup/sla/{alert_id}"): Act.REPORTS_READ,
    ("POST", "/sup/sla/{alert_id}"): Act.REPORTS_WORK,
    ("GET", "/sup/reports"): Act.REPORTS_READ,
    ("POST", "/sup/reports"): Act.REPORTS_WORK,
    ("GET", "/sup/reports/{report_id}"): Act.REPORTS_READ,
    ("GET", "/sup/reports/{report_id}/{file}"): Act.REPORTS_READ,
    ("GET", "/sup/quality"): Act.REPORTS_READ,
    ("GET", "/sup/quality/{alert_id}"): Act.REPORTS_READ,
    ("POST", "/sup/quality/{alert_id}/first"): Act.REPORTS_WORK,
    # The second look is a senior's, as the file is.
    ("POST", "/sup/quality/{alert_id}/second"): Act.CLOSE_FILES,
    # Rosters and shifts.
    ("GET", "/shift"): Act.SHIFT,
    ("POST", "/shift/draft"): Act.SHIFT,
    ("POST", "/shift/sign"): Act.SHIFT,
    ("GET", "/shift/{handover_id}.pdf"): Act.SHIFT,
    ("GET", "/shift/{handover_id}"): Act.SHIFT,
    ("GET", "/sup/roster"): Act.ROSTER_READ,
    ("POST", "/sup/roster"): Act.ROSTER_EDIT,
    ("GET", "/sup/roster/{roster_id}.ics"): Act.ROSTER_READ,
    ("POST", "/sup/roster/{roster_id}/feed"): Act.ROSTER_EDIT,
    ("POST", "/sup/roster/{roster_id}/feed-end"): Act.ROSTER_EDIT,
    ("POST", "/sup/roster/{roster_id}/{act}"): Act.ROSTER_EDIT,
    # A calendar comes with a link that only it knows.
    ("GET", "/calendar/{secret}.ics"): OPEN,
    # Care link.
    ("GET", "/referrals"): Act.REFERRALS,
    ("POST", "/referrals"): Act.REFERRALS,
    ("GET", "/referrals/new"): Act.REFERRALS,
    ("GET", "/referrals/council"): Act.REFERRALS,
    ("GET", "/referrals/council.csv"): Act.REFERRALS,
    ("GET", "/referrals/{referral_id}"): Act.REFERRALS,
    ("POST", "/referrals/{referral_id}/{act}"): Act.REFERRALS,
    # Homes.
    ("GET", "/homes"): Act.HOMES_READ,
    ("POST", "/homes"): Act.HOMES_READ,
    ("GET", "/search"): Act.HOMES_READ,
    ("POST", "/search"): Act.HOMES_READ,
    ("GET", "/map"): Act.HOMES_READ,
    ("GET", "/homes/{home_id}"): Act.HOMES_READ,
    ("GET", "/homes/{home_id}/now"): Act.HOMES_READ,
    ("GET", "/homes/{home_id}/devices"): Act.HOMES_READ,
    ("GET", "/homes/{home_id}/limit"): Act.HOMES_READ,
    ("GET", "/homes/{home_id}/activity.svg"): Act.HOMES_READ,
    ("POST", "/homes/{home_id}/hold"): Act.HOMES_HOLD,
    ("POST", "/homes/{home_id}/hold/end"): Act.HOMES_HOLD,
    # Engineers.
    ("GET", "/engineer"): Act.DEVICES_READ,
    ("GET", "/engineer/devices"): Act.DEVICES_READ,
    ("GET", "/engineer/devices.csv"): Act.DEVICES_READ,
    ("POST", "/engineer/jobs"): Act.DEVICES_WORK,
    ("POST", "/engineer/jobs/{job_id}/end"): Act.DEVICES_WORK,
    ("GET", "/engineer/homes/{home_id}/limits"): Act.DEVICES_READ,
    ("POST", "/engineer/homes/{home_id}/limits"): Act.DEVICES_WORK,
    ("GET", "/engineer/homes/{home_id}/messages"): Act.RAW_READ,
    ("GET", "/engineer/homes/{home_id}/messages.ndjson"): Act.RAW_READ,
    ("GET", "/engineer/homes/{home_id}/walk"): Act.DEVICES_WORK,
    ("POST", "/engineer/homes/{home_id}/walk/start"): Act.DEVICES_WORK,
    ("POST", "/engineer/homes/{home_id}/walk/stop"): Act.DEVICES_WORK,
    ("GET", "/engineer/walks/{test_id}"): Act.DEVICES_READ,
    ("GET", "/engineer/walks/{test_id}.pdf"): Act.DEVICES_READ,
    ("GET", "/enrol"): Act.DEVICES_WORK,
    ("GET", "/enrol/homes/{home_id}"): Act.DEVICES_WORK,
    ("POST", "/enrol/do/{action}"): Act.DEVICES_WORK,
    ("GET", "/api/enrolments"): Act.DEVICES_WORK,
    ("POST", "/api/enrolments/{home_id}/{action}"): Act.DEVICES_WORK,
    # Other systems: no session opens these and no cookie is looked at; console/api keeps its own door, by tokens.
    ("GET", "/api/v1/openapi.json"): OPEN,
    ("GET", "/api/v1/homes"): OPEN,
    ("GET", "/api/v1/homes/{home_id}"): OPEN,
    ("GET", "/api/v1/alerts"): OPEN,
    ("GET", "/api/v1/alerts/{alert_id}"): OPEN,
    ("GET", "/api/v1/alerts/{alert_id}/timeline"): OPEN,
    ("POST", "/api/v1/alerts/{alert_id}/acknowledge"): OPEN,
    ("POST", "/api/v1/alerts/{alert_id}/notes"): OPEN,
    ("POST", "/api/v1/alerts/{alert_id}/resolve"): OPEN,
    ("GET", "/sup/tokens"): Act.TOKENS,
    ("POST", "/sup/tokens"): Act.TOKENS,
    ("POST", "/sup/tokens/{token_id}/take"): Act.TOKENS,
    ("POST", "/api/v1/webhooks"): OPEN,
    ("GET", "/api/v1/webhooks"): OPEN,
    ("DELETE", "/api/v1/webhooks/{webhook_id}"): OPEN,
    ("POST", "/api/v1/webhooks/{webhook_id}/test"): OPEN,
    ("GET", "/api/v1/homes/{home_id}/readings"): OPEN,
    ("GET", "/api/v1/fhir/metadata"): OPEN,
    ("GET", "/api/v1/fhir/Observation"): OPEN,
}


def row_for(method: str, path: str) -> tuple[bool, Act | None]:
    """Find a request's row: whether there is one, and the act that it needs."""
    asked = "GET" if method == "HEAD" else method
    for known, pattern, act in _PATTERNS:
        if known == asked and pattern.fullmatch(path):
            return True, act
    return False, None


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+(?::\w+)?\}", path)
    return re.compile("[^/]+".join(re.escape(part) for part in parts))


_PATTERNS: Final = tuple((method, _pattern(path), act) for (method, path), act in PATHS.items())
