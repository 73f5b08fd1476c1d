"""Seals: secrets in the database, which are of no use without the secret of the installation.

A copy of the database alone opens none of them. Each purpose has a key of its own.
"""

import base64
from typing import TYPE_CHECKING

from navigator.settings import settings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class SealBroken(Exception):
    """What was sealed cannot be opened: the secret of the installation is another one."""


def seal(text: str, purpose: str) -> str:
    """A text that only this installation can read."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """What was sealed for this purpose, or `SealBroken`."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken from None


def _fernet(purpose: str) -> "Fernet":
    from cryptography.fernet import Fernet  # loaded by whoever seals something: pages do without
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(SHA256(), 32, salt=None, info=f"navigator desk: {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings().signing_key().encode())))
