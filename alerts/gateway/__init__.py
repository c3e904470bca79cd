"""Gateways for SMS and voice: what each provider wants to hear, and how it answers, is data."""
