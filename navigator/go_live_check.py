"""What is missing before real people may use an installation: for `navigator check` and those who run it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pydantic import SecretStr
from sqlmodel import Session

from navigator import clock
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.business_hours import holidays_known_until
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.lookups import services
from navigator.catalogue.service import Service
from navigator.people import directory
from navigator.people.user import Role
from navigator.settings import Settings, settings

_WANTED = (Role.MANAGER, Role.ADMIN)


@dataclass(frozen=True)
class Finding:
    """One thing that must be there, and whether it is: of the installation, or of a service."""

    ok: bool
    words: str
    of: str = ""

    def __str__(self) -> str:
        """The words, and whose it is."""
        return f"{self.of}: {self.words}" if self.of else self.words


def findings(session: Session) -> Iterator[Finding]:
    """All that must be right before a real person reports a problem here."""
    yield from _of_installation(settings())
    yield Finding(
        (holidays_known_until() - clock.today()).days > 180,
        f"Bank holidays are known until {holidays_known_until():%-d %B %Y}",
    )
    known = services(session)
    yield Finding(bool(known), "There is a service" if known else "There is no service yet: add one")
    for service in known:
        yield from of_service(session, service)


def _of_installation(now: Settings) -> Iterator[Finding]:
    yield Finding(bool(now.mail_host), "Mail is sent by an SMTP server (NAVIGATOR_MAIL_HOST)")
    yield Finding(now.mail_security != "none", "Mail is sent over a protected connection")
    yield Finding(now.base_url.startswith("https://"), "People reach the desk by https (NAVIGATOR_BASE_URL)")
    yield Finding(bool(now.notify_key.get_secret_value()), "Text messages can be sent (NAVIGATOR_NOTIFY_KEY)")


def of_service(session: Session, service: Service) -> Iterator[Finding]:
    """All that must be right in one service."""
    if service.is_demonstration:
        yield Finding(False, "real people: this is a demonstration, use a database without it", service.name)
        return
    lacks = missing(session, service)
    yield from (Finding(False, lack, service.name) for lack in lacks)
    able = directory.active_roles(session, service.id)
    for role in _WANTED:
        yield Finding(role in able, f"a {role} who can log in", service.name)
    wording = session.get(CrisisWording, service.id)
    review_on = wording.review_on if wording else None
    yield Finding(
        (review_on or date.min) >= clock.today(), "crisis wording within its review date", service.name
    )


def settings_in_words() -> Iterator[tuple[str, str, str]]:
    """Every setting: its variable, its value (secrets hidden) and what it is for."""
    now = settings()
    for name, field in Settings.model_fields.items():
        value = getattr(now, name)
        shown = "(set)" if isinstance(value, SecretStr) and value.get_secret_value() else str(value)
        yield f"NAVIGATOR_{name.upper()}", shown or "(empty)", field.description or ""
