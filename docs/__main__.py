"""Write the reference from the code: `python -m docs`; a test fails while it differs."""

from pathlib import Path
from typing import Final

from docs import reference

HERE: Final = Path(__file__).parent / "reference"


def main() -> None:
    """Write every page of the reference anew."""
    for name, text in reference.pages().items():
        (HERE / name).write_text(text)


if __name__ == "__main__":
    main()
