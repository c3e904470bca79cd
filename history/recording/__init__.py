"""Record what Kafka carries: readings, findings and changes of alerts, each once."""
