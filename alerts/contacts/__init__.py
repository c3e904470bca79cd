"""Whether contacts work: proved by a code, tested by a message, failing since a call did not arrive."""
