"""A QR code of an exchange: an address with the code behind a #, which no server and no log ever sees."""

import io

import segno


def address_of(public_url: str, code: str) -> str:
    """Write what a QR holds."""
    return f"{public_url.rstrip('/')}/enrol/exchange#{code}"


def on_terminal(address: str) -> str:
    """Draw a QR with half blocks, dark on light as cameras want it."""
    text = io.StringIO()
    segno.make(address, error="m").terminal(text, compact=True)
    return text.getvalue()


def as_svg(address: str) -> str:
    """Draw a QR as SVG, dark on white in every theme, at least 240 pixels wide."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=8, light="#fff", xmldecl=False)
    return drawn.getvalue().decode()
