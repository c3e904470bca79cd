"""Whether the centre keeps its own duties: rosters without a gap, shifts that were signed for."""
