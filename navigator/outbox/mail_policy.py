"""The policy by which mail is written: a header that is plain stands as it is, every other one is parsed.

The parser of the standard library takes most of the time that a letter needs, and gives back of plain words
what they were.
"""

import re
from email.headerregistry import Address, HeaderRegistry
from email.policy import EmailPolicy
from functools import cache, lru_cache
from typing import Any

_LONGEST_LINE = 78
# Visible ASCII with spaces within: no line can end in it, and so no other header begin.
_PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_ENCODED = "=?"
"""What a mail program may read as encoded words (RFC 2047)."""
_OF_ADDRESSES = frozenset({"from", "to", "reply-to", "sender", "cc", "bcc"})


class _Headers(HeaderRegistry):
    """The kinds of headers, of which the standard library makes a class anew each time."""

    __getitem__ = cache(HeaderRegistry.__getitem__)


class _Policy(EmailPolicy):
    """The policy for SMTP, but that plain headers are not taken apart and put together again."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """A header as it is kept: plain words as they stand, of addresses only such as were parsed before."""
        words = str(value)
        is_known = isinstance(value, Address) or name.lower() not in _OF_ADDRESSES
        if is_known and is_plain(name, words):
            return name, words
        return super().header_store_parse(name, value)

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """A header as it is read; those of parts are alike in all letters."""
        is_of_part = name.lower().startswith("content-") and not hasattr(value, "name")
        return _parsed(name, value) if is_of_part else super().header_fetch_parse(name, value)


def is_plain(name: str, words: str) -> bool:
    """Whether a header is one line of ASCII that says what it says."""
    is_short = len(name) + len(": ") + len(words) <= _LONGEST_LINE
    return is_short and _ENCODED not in words and _PLAIN.fullmatch(words) is not None


MAIL = _Policy(linesep="\r\n", header_factory=_Headers())


@lru_cache(maxsize=32)
def _parsed(name: str, value: str) -> Any:
    return MAIL.header_factory(name, value)
