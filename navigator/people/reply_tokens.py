"""Reply tokens: the signed part of an address to which one recipient’s answer goes, as their link allows.

Whoever holds it holds no more than the private link in the same letter: it ends when that link ends.
"""

import base64
import hmac
import re

from sqlmodel import Session

from navigator.people import private_links
from navigator.people.private_links import MintedLink
from navigator.people.reporter import ReporterLink
from navigator.settings import settings

_TOKEN = re.compile(r"r([0-9]{1,10})\.([a-z2-7]{26})")
_BYTES = 16


def reply_token(link: ReporterLink | MintedLink) -> str:
    """The token of a link that was sent: in lower case, as mail servers change the case of addresses."""
    return f"r{link.id}.{_signature(link)}"


def link_of_reply(session: Session, text: str) -> ReporterLink | None:
    """The live link whose token stands in an address or a header; None for any other text."""
    for id, signature in _TOKEN.findall(text.lower()):
        link = private_links.link_by_id(session, int(id)) if int(id) < 2**31 else None
        if link is not None and hmac.compare_digest(signature, _signature(link)):
            return link
    return None


def has_token(text: str) -> bool:
    """Whether something that looks like a reply token stands in a text."""
    return _TOKEN.search(text.lower()) is not None


def _signature(link: ReporterLink | MintedLink) -> str:
    words = f"reply {link.id} {link.ticket_number} {link.sent_to_hash}".encode()
    digest = hmac.digest(settings().signing_key().encode(), words, "sha256")[:_BYTES]
    return base64.b32encode(digest).decode().rstrip("=").lower()
