"""What the alarm receiver measures of itself."""

from prometheus_client import Counter, Gauge, Histogram

frames = Counter("dolbom_ingest_dc09_frames_total", "Frames heard whole, by their transport.", ["transport"])
answers = Counter(
    "dolbom_ingest_dc09_answers_total", "Answers given; `nothing`: the panel will send it again.", ["answer"]
)
ignored = Counter("dolbom_ingest_dc09_ignored_total", "Events that are known and mean nothing to us.")
repeats = Counter("dolbom_ingest_dc09_repeats_total", "Messages that were heard before and make no second reading.")
faults = Counter("dolbom_ingest_dc09_faults_total", "Bytes or frames turned away unanswered or with DUH.", ["reason"])
held_back = Counter("dolbom_ingest_dc09_held_back_total", "Times an address had to wait because it said too much.")
refused_connections = Counter(
    "dolbom_ingest_dc09_refused_connections_total", "Connections closed at once because there were too many."
)
connections = Gauge("dolbom_ingest_dc09_connections", "Open TCP connections.")
accounts = Gauge("dolbom_ingest_dc09_accounts", "Accounts that the receiver knows.")
locked_accounts = Gauge("dolbom_ingest_dc09_locked_accounts", "Accounts whose key our secret does not open.")
unanswered = Gauge("dolbom_ingest_dc09_unanswered", "Messages on their way to Kafka, whose panels wait.")
waiting_seconds = Gauge("dolbom_ingest_dc09_waiting_seconds", "How long the oldest of them has waited.")
answer_seconds = Histogram(
    "dolbom_ingest_dc09_answer_seconds",
    "From hearing a frame until its panel is answered.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
)
