"""Findings in, people called: alerts, their escalation and their deliveries."""
