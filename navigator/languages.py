"""Languages of patients’ pages: which there are, which one is spoken now, and gettext with its catalogues.

The words stand in `locale/…/messages.po`, and are read from there when a language is first spoken. A language
is a machine's draft until a service signs it: what is not offered (`offer`) is spoken as English.
"""

import re
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property, lru_cache
from gettext import GNUTranslations
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babel import Locale

ENGLISH = "en"
FOLDER = Path(__file__).with_name("locale")


@dataclass(frozen=True)
class Language:
    """A language: its name as its readers write it and in English, its `lang` and `dir`, and its folder."""

    code: str
    own_name: str
    name: str
    lang: str
    locale: str
    direction: str = "ltr"

    @property
    def file(self) -> Path:
        """The catalogue of its words."""
        return FOLDER / self.locale / "LC_MESSAGES" / "messages.po"

    @cached_property
    def babel(self) -> "Locale":
        """How dates, times and numbers are written in it."""
        from babel import Locale  # pages in English do not wait for it

        return Locale.parse(self.locale)

    def words(self) -> list[tuple[str, str]]:
        """All its words beside the English, in the order of these."""
        from babel.messages.pofile import read_po

        with self.file.open("rb") as file:
            entries = [each for each in read_po(file) if each.id]
        return [pair for each in entries for pair in _pairs(each.id, each.string)]

    @cached_property
    def mark(self) -> str:
        """The mark of all its words: another one as soon as a single word is."""
        if self.code == ENGLISH:
            return ""
        lines = self.file.read_text(encoding="utf-8").partition("\n\n")[2].splitlines()
        words = (line for line in lines if line and (not line.startswith("#") or line.startswith("#, ")))
        return sha256("\n".join(words).encode()).hexdigest()[:16]


def _pairs(id: Any, string: Any) -> list[tuple[str, str]]:
    """An entry's English and its translation; of one with plurals, each form."""
    if isinstance(id, str):
        return [(id, string)]
    return [(id[min(form, 1)], words) for form, words in enumerate(string)]


LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        language.code: language
        for language in (
            Language(ENGLISH, "English", "English", "en", "en_GB"),
            Language("easyread", "Easy Read", "Easy Read English", "en", "en@easyread"),
            Language("pl", "Polski", "Polish", "pl", "pl"),
            Language("ur", "اردو", "Urdu", "ur", "ur", "rtl"),
            Language("bn", "বাংলা", "Bengali", "bn", "bn"),
            Language("cy", "Cymraeg", "Welsh", "cy", "cy"),
        )
    }
)
"""By their codes, as cookies, links (`?lang=pl`) and reporters have them."""

TRANSLATIONS = tuple(language for language in LANGUAGES.values() if language.code != ENGLISH)

_SENTENCE_ENDS = re.compile(r"(?<=[.?!]) ")

_asked: ContextVar[str] = ContextVar("language", default=ENGLISH)


class _Offered:
    """The languages that services of this installation have signed, by the services’ codes.

    And how each answers people who read them, in their language; empty where it did not say.
    """

    by_service: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    codes: frozenset[str] = frozenset()


def offer(by_service: Mapping[str, Mapping[str, str]]) -> None:
    """Offer these languages from now on, and no others."""
    _Offered.by_service = by_service
    _Offered.codes = frozenset().union(*by_service.values())


def offered(service: str = "") -> tuple[Language, ...]:
    """English and the languages that a service has signed, or any service; English alone is no choice."""
    codes = _codes_of(service)
    chosen = tuple(each for each in TRANSLATIONS if each.code in codes)
    return (LANGUAGES[ENGLISH], *chosen) if chosen else ()


def is_offered(code: str, service: str = "") -> bool:
    """Whether a service has signed this language, or any service has; English needs none."""
    return code == ENGLISH or code in _codes_of(service)


def _codes_of(service: str) -> Container[str]:
    return _Offered.by_service.get(service, {}) if service else _Offered.codes


def how_answered(service: str) -> str:
    """How a service answers people who read the language that is spoken now, in its own words."""
    return _Offered.by_service.get(service, {}).get(current().code, "")


def ask_for(code: str) -> None:
    """Speak a language in what is left of this request: as soon, and as long, as it is offered."""
    _asked.set(code if code in LANGUAGES else ENGLISH)


def is_asked_for() -> bool:
    """Whether another language than English was asked for, be it offered or not."""
    return _asked.get() != ENGLISH


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language meanwhile."""
    token = _asked.set(code)
    try:
        yield
    finally:
        _asked.reset(token)


def current() -> Language:
    """The language that is spoken now."""
    code = _asked.get()
    return LANGUAGES[code if code in _Offered.codes else ENGLISH]


def gettext(words: str) -> str:
    """English words in the language that is spoken now; as they are where it has none for them."""
    code = _asked.get()
    return _catalogue(code).gettext(words) if words and code in _Offered.codes else words


def ngettext(one: str, many: str, count: int) -> str:
    """The same of words that differ by a number."""
    code = _asked.get()
    if code in _Offered.codes:
        return _catalogue(code).ngettext(one, many, count)
    return one if count == 1 else many


def by_sentences(words: str) -> str:
    """English words that were put together and stored, sentence by sentence in the language spoken now."""
    if (whole := gettext(words)) != words or current().code == ENGLISH:
        return whole
    return " ".join(map(gettext, _SENTENCE_ENDS.split(words)))


def N_(words: str) -> str:  # noqa: N802 - gettext's own name
    """Words to be translated later, where they are shown."""
    return words


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> GNUTranslations:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with LANGUAGES[code].file.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return GNUTranslations(compiled)
