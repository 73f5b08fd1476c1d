"""Codes of support cards: Crockford’s base32 without look-alikes, with a check character, in groups."""

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No I, L, O and U: they look like 1 and 0, or make words that nobody wants on a card."""
RANDOM_SIGNS = 9
"""45 bits: with a million cards, one in 35 million guesses opens one; and guesses are limited."""
EXAMPLE = "7K3-M9P-QX2C"

_LOOK_ALIKES = str.maketrans("ILO", "110")
_GROUPS = (3, 6)


def mint() -> str:
    """A new random code, as it is kept and shown: 7K3-M9P-QX2C."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SIGNS))
    return _grouped(signs + ALPHABET[_doubled(_checksum(signs))])


def canonical(typed: str) -> str | None:
    """A code as it is kept, however it was typed; None where its check character shows a slip."""
    text = unicodedata.normalize("NFKC", typed).upper().translate(_LOOK_ALIKES)
    signs = "".join(sign for sign in text if sign.isalnum())
    is_code = len(signs) == RANDOM_SIGNS + 1 and all(sign in ALPHABET for sign in signs)
    return _grouped(signs) if is_code and _checksum(signs) == 0 else None


def _grouped(signs: str) -> str:
    first, second = _GROUPS
    return f"{signs[:first]}-{signs[first:second]}-{signs[second:]}"


def _checksum(signs: str) -> int:
    """0 for a whole code; never with one sign that is wrong, or two neighbours that changed places."""
    total = 0
    for sign in signs:
        total = _doubled(total) ^ ALPHABET.index(sign)
    return total


def _doubled(value: int) -> int:
    """Twice a number of the field of 32 elements, by the polynomial x⁵ + x² + 1."""
    return (value << 1) ^ (0b100101 if value & 16 else 0)
