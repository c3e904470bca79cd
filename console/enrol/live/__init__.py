"""The steps of an enrolment, as they are made."""
