"""What those who plan the shifts read and change: rosters, and which policies call them where."""
