"""Plumbing that knows no home: settings, clock, lifecycle, Kafka, PostgreSQL, logs and metrics."""
