"""What the API measures of itself."""

from prometheus_client import Counter

requests = Counter(
    "dolbom_console_api_requests_total",
    "Requests of other systems, by what they asked and the status.",
    ["operation", "status"],
)
refused = Counter(
    "dolbom_console_api_refused_total", "Requests of other systems that were turned away at the door.", ["reason"]
)
events = Counter("dolbom_console_api_events_total", "Changes brought to other systems, by what came of it.", ["result"])
