"""QR codes as pictures in a page."""

import segno
from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """A QR code as an SVG picture, black on white with its quiet edge whatever the colours around it."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(omitsize=True, light="#fff", dark="#000"))  # noqa: S704 - ours alone
