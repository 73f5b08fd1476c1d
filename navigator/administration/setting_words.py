"""Words for the codes of settings: of what is chosen in a form, and of what a setting is for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from navigator.administration.lookups import Key
from navigator.administration.setting_kind import SettingKind
from navigator.catalogue.catalogue import Blocks, Cue, Fixability, catalogue
from navigator.catalogue.contact import ContactKind
from navigator.catalogue.enums import FIXERS
from navigator.catalogue.programme import Programme
from navigator.catalogue.retention_period import RECORD_CLASSES
from navigator.catalogue.service import Division, DraftPolicy, Service
from navigator.languages import LANGUAGES
from navigator.openid.tables import LoginProvider
from navigator.people.composed_role import ComposedRole
from navigator.tickets.inclusion_offer import USUAL

Words = Mapping[str, str]

CONTACTS: Words = {
    ContactKind.DUTY_CLINICIAN: "Duty clinician",
    ContactKind.DEPUTY: "Deputy",
    ContactKind.MANAGER: "Manager",
    ContactKind.SAFEGUARDING: "Safeguarding lead",
    ContactKind.PWP: "Practitioners (PWPs)",
    ContactKind.BOOKING: "Booking line",
    ContactKind.CLINICAL_SAFETY: "Clinical safety officer",
    ContactKind.COMPLAINTS: "Complaints",
    ContactKind.DATA_PROTECTION: "Data protection",
    ContactKind.APPLICATION_MANAGER: "Application manager",
    ContactKind.CLINICAL_LEAD: "Clinical lead",
}
FIELDS: Mapping[str, Words] = {
    "contact": CONTACTS,
    "division": {
        Division.ENGLAND_AND_WALES: "England and Wales",
        Division.SCOTLAND: "Scotland",
        Division.NORTHERN_IRELAND: "Northern Ireland",
    },
    "draft_policy": {
        DraftPolicy.HELP_ONLY: "Show help, and keep nothing",
        DraftPolicy.REQUEST_REVIEW: "Show help, and tell a clinician",
    },
    "fixability": {fixer: words for fixer, words in FIXERS.items() if fixer is not Fixability.DIVERT},
    "blocks_session": {Blocks.YES: "Yes", Blocks.MAYBE: "Perhaps", Blocks.NO: "No"},
    "cue": {
        "": "Nothing",
        Cue.TRIED_USUAL_FIX: "The usual fix failed",
        Cue.AFTER_UPDATE: "It began after an update",
        Cue.SEVERAL_PEOPLE: "Others have it too",
        Cue.DATA_WRONG: "Information is wrong or lost",
    },
    "usual": USUAL,
    "security": {
        "tls": "TLS",
        "starttls": "STARTTLS",
        "none": "Not at all: a server on this machine",
    },
    "log_in": {"password": "By a password", "oauth2": "By OAuth 2.0, with a client secret"},
    "strangers": {
        "link": "It is answered once with the link to the form, and waits under Unsorted mail",
        "report": "It becomes a report",
    },
}
"""What a setting can be, by field, in the words of its form."""

_OF_PROGRAMMES = ("programme", "device", "supplier", "override")


def words_of_fields(session: Session) -> Mapping[str, Words]:
    """What the fields of all settings can be, with what this installation named itself."""
    programmes = _names(session, Programme)
    categories = _categories()
    languages = {code: language.name for code, language in LANGUAGES.items()}
    return {
        **FIELDS,
        "programmes": programmes,
        "programme": programmes,
        "provider": _names(session, LoginProvider),
        "composed": _names(session, ComposedRole),
        "category": categories,
        "sort_as": categories,
        "group": categories,
        "language": languages,
    }


def in_words(value: Any, words: Words) -> Any:
    """A value of a field in words: each of several; what has none stays."""
    if isinstance(value, list | tuple):
        return tuple(in_words(each, words) for each in value)
    return words.get(value, value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Named:
    """The names of services and programmes, by their codes."""

    services: Words
    programmes: Words


def named(session: Session) -> Named:
    """What this installation named itself, read once for many keys."""
    return Named(_names(session, Service), _names(session, Programme))


def words_of_key(names: Named, kind: SettingKind, key: Key, title: str = "") -> str:
    """What a setting is for, in words: the service or programme, then its own name if it has one."""
    first = names.services if kind.of_service else names.programmes
    is_of_one = kind.of_service or kind.name in _OF_PROGRAMMES
    parts = [first.get(key[0], key[0])] if is_of_one else []
    own = _own_words(names, kind).get(key[-1], "")
    if len(key) > 1 or not parts:
        parts.append(own or title or key[-1])
    return " · ".join(parts)


def _own_words(names: Named, kind: SettingKind) -> Words:
    """The words for the last part of a key, of kinds whose settings have no name of their own."""
    fixed: dict[str, Words] = {
        "contact": CONTACTS,
        "retention": {code: each.title for code, each in RECORD_CLASSES.items()},
        "language": {code: language.name for code, language in LANGUAGES.items()},
        "override": _categories(),
        "category": _categories(),
    }
    return names.programmes if kind.name == "watch" else fixed.get(kind.name, {})


def _categories() -> Words:
    leaves = {leaf.id: leaf.staff_label for leaf in catalogue().leaves}
    return leaves | {group.id: group.label for group in catalogue().groups}


def _names(
    session: Session, table: type[Service | Programme | LoginProvider | ComposedRole]
) -> dict[str, str]:
    rows: Sequence[tuple[str, str]] = session.exec(select(table.code, table.name)).all()
    return dict(rows)
