"""What the console measures of itself."""

from prometheus_client import Counter, Gauge, Histogram

streams = Gauge("dolbom_console_streams_total", "Pages that are listening to the feed now.")
ended = Counter(
    "dolbom_console_streams_ended_total", "Pages that were ended because their session opened too many after them."
)
guesses_refused = Counter(
    "dolbom_console_guesses_refused_total",
    "Requests with made-up links that were answered without a look, after too many of one address.",
    ["door"],
)
dropped = Counter(
    "dolbom_console_streams_dropped_total", "Pages that were too slow for the feed and had to start again."
)
resumes = Counter(
    "dolbom_console_resumes_total", "Pages that came back to the feed, by what they were told.", ["result"]
)
changes = Counter("dolbom_console_changes_total", "Changes of alerts that were read from the feed.")
feed_delay = Histogram(
    "dolbom_console_feed_delay_seconds",
    "From the change of an alert to its row being handed to the open pages.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
actions = Counter(
    "dolbom_console_actions_total", "What operators and responders did, and what came of it.", ["action", "result"]
)
sign_ins = Counter("dolbom_console_sign_ins_total", "Attempts to sign in, by how they ended.", ["result"])
looks = Counter(
    "dolbom_console_looks_total", "Looks at a person's record, all of which are in the access log.", ["what"]
)
refused_posts = Counter("dolbom_console_refused_posts_total", "Posts that did not come from our own pages.")
refused_acts = Counter(
    "dolbom_console_refused_acts_total", "Requests that the role of whoever was signed in does not allow.", ["act"]
)
chain_broken = Gauge(
    "dolbom_console_access_log_broken", "1 while the chain of the access log does not hold: somebody changed it."
)
exchanges = Counter(
    "dolbom_console_exchanges_total", "Claim codes that gateways came with, by what came of it.", ["result"]
)
enrolments = Counter(
    "dolbom_console_enrolments_total", "What engineers did to enrolments, and what came of it.", ["action", "result"]
)
inbound = Counter(
    "dolbom_console_inbound_total",
    "Requests of SMS and voice gateways: receipts, replies, pressed keys, and what came of them.",
    ["provider", "what", "result"],
)
subscriptions = Counter(
    "dolbom_console_subscriptions_total", "Browsers that switched Web Push on or off, by what came of it.", ["result"]
)
