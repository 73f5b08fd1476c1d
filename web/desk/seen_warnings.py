"""Warnings before something is sent: each is shown once for one wording."""

from collections.abc import Sequence
from hashlib import sha256

from web.kit.forms import Form


def text_hash(body: str) -> str:
    """A hash of a text, by which it is known to have been shown with its warnings."""
    return sha256(body.encode()).hexdigest()[:16]


def new_warnings(form: Form, warnings: Sequence[str], name: str = "body") -> Sequence[str]:
    """The warnings about the text of a form; none if this wording was shown with them."""
    return () if form.value("seen") == text_hash(form.value(name)) else warnings
