"""What enrolment measures of itself."""

from prometheus_client import Counter, Gauge

keeper_changes = Counter("dolbom_homes_keeper_changes_total", "What the keeper wrote for the broker.", ["what"])
signed = Counter("dolbom_homes_keeper_signed_total", "Certificates that the keeper signed.")
cuts = Counter("dolbom_homes_keeper_cuts_total", "Connections that the keeper ended because their credential did.")
denied = Gauge("dolbom_homes_keeper_denied_homes", "Homes of which no credential is valid any more.")
list_until = Gauge(
    "dolbom_homes_revocations_until_timestamp_seconds",
    "When the broker's revocation list ends; after that moment it lets no gateway in.",
)
certificate_until = Gauge(
    "dolbom_homes_broker_certificate_until_timestamp_seconds",
    "When the broker's own certificate ends; after that moment no gateway trusts it.",
)
enrolments = Gauge("dolbom_homes_enrolments", "Homes by how far their enrolment is.", ["state"])
