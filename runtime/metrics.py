"""What every service measures of itself, and how metrics are served."""

from prometheus_client import Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

loop_turned = Gauge(
    "dolbom_runtime_loop_turned_timestamp_seconds",
    "When each loop of this process last turned; now minus this is how long it has stood still.",
    ["loop"],
)
certificate_until = Gauge(
    "dolbom_runtime_certificate_until_timestamp_seconds",
    "When the certificate ends by which this process is known, by where.",
    ["at"],
)
ready = Gauge("dolbom_runtime_ready", "1 while the service can do its work.")


def exposition() -> tuple[bytes, str]:
    """Write all metrics in the text format of Prometheus, with its content type."""
    return generate_latest(), CONTENT_TYPE_LATEST
