"""Readings in, findings out: what the homes' sensors saw is remembered, watched and told."""
