"""The clock that all due times are told by went back: what waits is due that much earlier."""
