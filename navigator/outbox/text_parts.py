"""In how many parts (fragments) a text message is charged, by the rule that GOV.UK Notify publishes.

Up to 160 characters are one part, longer ones are charged by 153; []{}^\\|~€ count twice. What is not in the
GSM alphabet (3GPP TS 23.038) is sent as UCS-2: 70 characters, longer ones by 67.
"""

from math import ceil

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("[]{}^\\|~€\f")


def parts_of(text: str) -> int:
    """How many parts a text is charged as; at least one."""
    if all(sign in _GSM or sign in _TWICE for sign in text):
        return _parts(sum(2 if sign in _TWICE else 1 for sign in text), 160, 153)
    return _parts(len(text.encode("utf-16-le")) // 2, 70, 67)


def _parts(length: int, alone: int, joined: int) -> int:
    return 1 if length <= alone else ceil(length / joined)
