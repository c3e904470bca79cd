"""What a supervisor answers for: the figures, the month's reports, and the sample of cases that is read again."""
