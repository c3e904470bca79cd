"""Replay: what the detectors would have found, or think at a moment, told from readings that are already there."""
