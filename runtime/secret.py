"""What settings are made of: a field with its sentence, and a value that is never printed."""

from dataclasses import field
from typing import Any


class Secret(str):
    """A value that shows itself as `***` wherever it is printed; only `reveal` tells it."""

    def __repr__(self) -> str:
        return "'***'"

    def __str__(self) -> str:
        return "***"

    def __format__(self, form: str) -> str:
        return format("***", form)

    def reveal(self) -> str:
        """Tell the secret, to whoever it is for."""
        return super().__str__()


def setting(default: object, about: str) -> Any:  # dataclasses.field itself answers Any
    """Make a field of a section, with the sentence that says what it is for."""
    return field(default=default, metadata={"about": about})
