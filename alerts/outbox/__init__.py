"""The outbox: every call to a person is a row, from the moment it is decided until it is known what came of it."""
