"""The addresses that take files: for these alone a larger body is read, and waited for longer."""

import re
from collections.abc import Mapping
from typing import Any

LARGEST_BODY = 500_000
"""Bytes: several texts of 5,000 characters, each of which takes up to 60,000 when sent."""

LARGEST_UPLOAD = 64_000_000
"""Bytes of a form with files: of what is beyond three of 8 MB the rest is read, and thrown away, so that the
words beside it are not lost and its sender is told which file was too large."""

FILE_ADDRESS = "/files/"
"""How the short-lived addresses begin under which stored files are served."""

_NUMBER = r"(?:[Dd][Nn][-\s]{0,2})?\d{1,10}"
TAKES_FILES = re.compile(
    rf"/report/pictures|/follow/{_NUMBER}/answer|/tickets/{_NUMBER}/files/[a-z]{{1,20}}"
    rf"|/api/v1/tickets/{_NUMBER}/attachments"
)


def takes_files(scope: Mapping[str, Any], content_type: str) -> bool:
    """Whether a request is a form with files, sent to an address that takes them."""
    is_form = content_type.strip().lower().startswith("multipart/form-data")
    return is_form and scope["method"] == "POST" and TAKES_FILES.fullmatch(scope["path"]) is not None


def largest_body(scope: Mapping[str, Any], content_type: str) -> int:
    """How many bytes are read of a request."""
    return LARGEST_UPLOAD if takes_files(scope, content_type) else LARGEST_BODY
