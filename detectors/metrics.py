"""What the detectors measure of themselves."""

from prometheus_client import Counter, Gauge

readings = Counter("dolbom_detectors_readings_total", "Readings that were judged; a replay counts again.")
findings = Counter("dolbom_detectors_findings_total", "Findings that were told.", ["hazard", "phase"])
lag = Gauge("dolbom_detectors_lag_seconds", "Now minus the newest batch of the partition that is furthest behind.")
replayed = Counter("dolbom_detectors_replayed_records_total", "Records that were read again after a restart.")
gaps = Counter("dolbom_detectors_gaps_total", "Times that records were skipped and reading was set back.")
expired = Counter("dolbom_detectors_expired_records_total", "Records that Kafka had dropped before we read them.")
poison = Counter(
    "dolbom_detectors_undecodable_records_total", "Records that nobody can read, sent to readings.refused."
)
chunks_written = Counter("dolbom_detectors_chunks_written_total", "Chunks that were made durable.")
checkpoint_age = Gauge(
    "dolbom_detectors_checkpoint_timestamp_seconds", "When a chunk was made durable last; now minus this is its age."
)
homes = Gauge("dolbom_detectors_homes", "Homes that this worker was told to watch.")
partitions = Gauge("dolbom_detectors_partitions", "Partitions that this worker holds.")
