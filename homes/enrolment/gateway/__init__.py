"""The gateway's side of an enrolment."""
