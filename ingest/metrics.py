"""What the bridge measures of itself."""

from prometheus_client import Counter, Gauge, Histogram

messages = Counter("dolbom_ingest_messages_total", "MQTT messages heard, before anything is checked.")
ignored = Counter("dolbom_ingest_ignored_total", "Messages that are known and deliberately hold no reading.")
readings = Counter("dolbom_ingest_readings_total", "Readings admitted and written to Kafka.", ["kind"])
refusals = Counter("dolbom_ingest_refusals_total", "Messages or drafts turned away, or doubted but kept.", ["reason"])
batches = Counter("dolbom_ingest_batches_total", "Records written to the topic of readings.")
connections = Counter("dolbom_ingest_connections_total", "Connections to the MQTT broker, refused ones not counted.")
kafka_troubles = Counter("dolbom_ingest_kafka_troubles_total", "Failed sends; each drops the MQTT connection.")
gaps = Counter("dolbom_ingest_gaps_total", "Times a gap in a gateway's count held back as much as is remembered.")
pauses = Counter("dolbom_ingest_pauses_total", "Times the window was full and the socket was left unread.")
connected = Gauge("dolbom_ingest_connected", "Sessions with the broker that are up: five for each partition we serve.")
partitions = Gauge("dolbom_ingest_partitions", "Partitions that this bridge serves; all bridges together serve 4.")
lost = Counter("dolbom_ingest_lost_total", "Messages that a gateway gave up before Kafka had them.")
declarations = Counter("dolbom_ingest_declarations_total", "Words that gateways explained, or took back.")
declarations_given_up = Counter(
    "dolbom_ingest_declarations_given_up_total", "Words that were not stored, because the database was away too long."
)
commands = Counter("dolbom_ingest_commands_total", "Times a gateway was asked to explain its words again.")
backlog = Gauge("dolbom_ingest_backlog", "Late readings that wait for their pace; the broker holds the rest.")
unacknowledged = Gauge("dolbom_ingest_unacknowledged", "Messages heard that the broker was not yet told to forget.")
waiting_seconds = Gauge(
    "dolbom_ingest_waiting_seconds", "How long the oldest unacknowledged message has waited for Kafka."
)
window = Gauge("dolbom_ingest_window", "As many unacknowledged readings are held at most, by each session.")
homes = Gauge("dolbom_ingest_homes", "Homes that the bridge knows.")
publish_seconds = Histogram(
    "dolbom_ingest_publish_seconds",
    "From hearing a message until Kafka has all of it.",
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 5, 30),
)
clock_offset_seconds = Histogram(
    "dolbom_ingest_clock_offset_seconds",
    "Arrival minus the gateway's own time, of heartbeats that were not late.",
    buckets=(-120, -30, -5, -1, -0.2, 0, 0.2, 1, 5, 30, 120, 300),
)
