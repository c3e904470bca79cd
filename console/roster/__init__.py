"""The on-call roster: a week as a grid, its gaps first, changed by forms, and read as a calendar."""
