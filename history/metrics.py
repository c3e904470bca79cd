"""What history measures of itself."""

from prometheus_client import Counter, Gauge, Histogram

rows = Counter(
    "dolbom_history_rows_total", "Rows written, repeats of known ones not told apart, by source.", ["source"]
)
batches = Counter("dolbom_history_batches_total", "Transactions written.")
careful_batches = Counter(
    "dolbom_history_careful_batches_total", "Transactions that took the slower way because readings were repeated."
)
fenced = Counter("dolbom_history_fenced_total", "Batches given up because another writer had recorded them.")
missed_records = Counter(
    "dolbom_history_missed_records_total", "Records that Kafka had dropped before they could be recorded."
)
dead_letters = Counter("dolbom_history_dead_letters_total", "Records that could not become rows, by fate.", ["fate"])
write_seconds = Histogram("dolbom_history_write_seconds", "Time of one transaction.")
lag_records = Gauge("dolbom_history_lag_records", "Records in Kafka that are not recorded yet, by source.", ["source"])
lag_seconds = Gauge(
    "dolbom_history_lag_seconds", "From the bridge's flush of the newest recorded batch of readings to its recording."
)
