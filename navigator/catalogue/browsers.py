"""Browsers by name and version: what a browser says of itself, and what a supplier asks for."""

import re
from dataclasses import dataclass

_SIGNS = {
    "Edge": r"Edg(?:A|iOS)?/",
    "Opera": r"OPR/",
    "Samsung Internet": r"SamsungBrowser/",
    "Firefox": r"(?:Firefox|FxiOS)/",
    "Chrome": r"(?:Chrome|CriOS)/",
    "Safari": r"Version/(?=[\d.]+ (?:Mobile/\S+ )?Safari/)",
}
"""How each says its version; in this order, for most of them also name Chrome and Safari."""

_SYSTEMS = {
    "an iPhone": "iPhone",
    "an iPad": "iPad",
    "Android": "Android",
    "a Chromebook": "CrOS",
    "Windows": "Windows",
    "a Mac": "Macintosh",
    "Linux": "Linux",
}
"""What a browser says that it runs on; in this order, for phones also name Linux and the Mac."""

NAMES = tuple(_SIGNS)

_HIDDEN_IN_AN_APP = re.compile(r"; wv\)|FBA[NV]/|Instagram|UCBrowser/|YaBrowser/")
_VERSION = r"(\d{1,4})(?:\.(\d{1,4}))?"
_ASKED = re.compile(rf"({'|'.join(NAMES)}) {_VERSION}", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Browser:
    """A browser and the first two parts of its version: no more is kept of what it says of itself."""

    name: str
    major: int
    minor: int = 0

    def __str__(self) -> str:
        return f"{self.name} {self.major}.{self.minor}" if self.minor else f"{self.name} {self.major}"


def browser_of(user_agent: str) -> Browser | None:
    """The browser of a User-Agent header; None for one that we do not know, or that an app has inside it."""
    if _HIDDEN_IN_AN_APP.search(user_agent):
        return None
    found = ((name, re.search(sign + _VERSION, user_agent)) for name, sign in _SIGNS.items())
    return next((_browser(name, match) for name, match in found if match), None)


def device_of(user_agent: str) -> str:
    """A browser and what it runs on, in words, like “Firefox on Windows”; "" where neither is known."""
    found = (name for name, sign in _SIGNS.items() if re.search(sign, user_agent))
    browser = next(found, "")
    system = next((words for words, sign in _SYSTEMS.items() if sign in user_agent), "")
    return " on ".join(filter(None, (browser, system)))


def parse_browser(line: str) -> Browser | None:
    """A browser as an administrator writes it, like “Safari 15.4”; None for anything else."""
    match = _ASKED.fullmatch(" ".join(line.split()))
    name = next((name for name in NAMES if match and name.lower() == match[1].lower()), "")
    return _browser(name, match, after=1) if match else None


def _browser(name: str, match: re.Match[str], after: int = 0) -> Browser:
    return Browser(name, int(match[after + 1]), int(match[after + 2] or 0))
