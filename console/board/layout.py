"""What stands on the board beside the alerts: columns, keys and the words that its script needs."""

from typing import Final

from console.words import Words

COLUMNS: Final = (
    ("priority", ""),
    ("due", ""),
    ("person", ""),
    ("what", ""),
    ("strip", "c-strip"),
    ("progress", "c-st"),
    ("owner", ""),
    ("raised", "c-at"),
)
_ACTIONS: Final = (
    (("Enter",), "open"),
    (("G",), "next"),
    (("A",), "ack"),
    (("D",), "step"),
    (("C",), "call"),
    (("O",), "dispatch"),
    (("E",), "escalate"),
    (("N",), "note"),
    (("W",), "watch"),
    (("T",), "hand_over"),
    (("H",), "hold"),
    (("R",), "resolve"),
)
FOOT: Final = (
    (("J", "K"), "move"),
    *_ACTIONS,
    (("M",), "quiet"),
    (("Shift", "L"), "language"),
    (("?",), "keys"),
)
HELP: Final = (
    (("J", "↓"), "down"),
    (("K", "↑"), "up"),
    *_ACTIONS,
    (("D", "1", "2", "3"), "answer"),
    (("C", "1–9"), "who"),
    (("Shift", "E"), "fire"),
    (("Shift", "A"), "accept"),
    (("V",), "reveal"),
    (("1–5",), "filter"),
    (("0",), "mine"),
    (("/",), "search"),
    (("Ctrl", "Enter"), "save"),
    (("Esc",), "close"),
    (("M",), "quiet"),
    (("Shift", "L"), "language"),
    (("Shift", "N"), "theme"),
)


def script_words(words: Words) -> dict[str, str]:
    """Give the sentences that the board's script says, by the name it knows them by."""
    return words.starting("script.")
