"""Charsets: bytes as text, whatever their mail says that they are; declared charsets are often not true."""

import codecs

from charset_normalizer import from_bytes

_ALIASES = {
    "windows-874": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "x-gbk": "gb18030",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "ascii",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
}
"""As mail programs mean them: what is called Latin-1 is Windows-1252."""
_WITHOUT_CODEC = frozenset({"hex", "base64", "bz2", "zlib", "rot13", "quopri", "uu", "punycode", "idna"})
_ENOUGH_TO_GUESS = 40
_OTHER = ("Cyrillic", "Greek", "Arabic", "Hebrew", "CJK", "Hiragana", "Katakana", "Hangul", "Thai")
"""Alphabets that nobody takes for another: of Latin ones, a guess is worse than what Windows writes."""


def decoded(content: bytes, charset: str) -> str:
    """Text of bytes: as UTF-8 where they are, else as declared, else as they look; never refused."""
    if not content:
        return ""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8)):
        return _try(content, "utf-16" if content[0] >= 0xFE else "utf-8-sig") or _guessed(content)
    name = _codec(charset)
    is_wide = name.startswith(("utf-16", "utf-32", "utf_16", "utf_32", "iso2022", "hz", "utf-7"))
    order: tuple[str, ...] = (name, "utf-8") if is_wide else ("utf-8", name)
    if b"\x1b" in content:
        order = (name, "iso2022_jp", "utf-8")
    return next((text for one in order if one and (text := _try(content, one)) is not None), None) or (
        _guessed(content)
    )


def _codec(charset: str) -> str:
    """The name of a codec for what a mail declares; empty where there is none of text."""
    words = charset.strip().strip("'\"").lower().split()
    name = words[0].rstrip(";,") if words else ""
    name = _ALIASES.get(name, name)
    try:
        found = codecs.lookup(name) if name else None
    except (LookupError, ValueError, UnicodeError):
        return ""
    return "" if found is None or found.name in _WITHOUT_CODEC or not _is_of_text(found) else found.name


def _is_of_text(found: codecs.CodecInfo) -> bool:
    return bool(getattr(found, "_is_text_encoding", True))


def _try(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeError, ValueError, LookupError):
        return None


def _guessed(content: bytes) -> str:
    """As the bytes look: in another alphabet if they do, else as Windows writes the languages of the west."""
    best = from_bytes(content[:50_000]).best() if len(content) >= _ENOUGH_TO_GUESS else None
    is_other = best is not None and any(one in name for name in best.alphabets for one in _OTHER)
    text = _try(content, best.encoding) if best and is_other else None
    return text if text is not None else content.decode("cp1252", "replace")
