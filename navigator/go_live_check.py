"""Go-live check: what is missing before real people may use an installation, for `navigator check`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr

from pydantic import SecretStr
from sqlmodel import Session

from navigator import clock
from navigator.backup import state as backup_state
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.articles import overdue_articles, review_due_on
from navigator.catalogue.business_hours import holidays_known_until
from navigator.catalogue.crisis_card import CrisisCard
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.lookups import english_crisis_card_of, services
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.catalogue.reference_data import ReferenceData, reference_data
from navigator.catalogue.service import Service
from navigator.languages import LANGUAGES
from navigator.mail_in import watch as mail_watch
from navigator.outbox import delivery
from navigator.outbox.outbox_message import DeliveryChannel
from navigator.people import passkeys
from navigator.people.access_rules import AccessRules, access_rules
from navigator.people.user import Role
from navigator.settings import Settings, settings, unknown_variables

_PASSWORD = re.compile(r"(://[^:@/]*:).*@")
"""That of an address, as of a database: user:password@host."""
_REQUIRED_ROLES = {Role.MANAGER: "a manager", Role.ADMIN: "an administrator"}


@dataclass(frozen=True)
class Finding:
    """One requirement of the installation or a service, and whether it is met."""

    ok: bool
    text: str
    subject: str = ""

    def __str__(self) -> str:
        """The text, after the name of its service."""
        return f"{self.subject}: {self.text}" if self.subject else self.text


def findings(session: Session) -> Iterator[Finding]:
    """Check the installation and all services."""
    yield from _check_installation(settings())
    yield from _check_backups(session, settings())
    yield Finding(
        (holidays_known_until() - clock.today()).days > 180,
        f"Bank holidays are known until {holidays_known_until():%-d %B %Y}",
    )
    yield from _check_access(access_rules(session))
    all_services = services(session)
    yield Finding(
        bool(all_services), "There is a service" if all_services else "There is no service yet: add one"
    )
    for service in all_services:
        yield from check_service(session, service)
    yield from _check_help_pages(session)


def _check_access(rules: AccessRules) -> Iterator[Finding]:
    """Check who needs a second factor, and whether pages lock: a desk of before asks for neither."""
    yield Finding(
        Role.ADMIN in rules.factor_roles,
        "Administrators need a second step to log in (Settings, Second step and lock)",
    )
    yield Finding(
        rules.lock_minutes > 0, "Pages that nobody uses are locked (Settings, Second step and lock)"
    )
    yield Finding(passkeys.work_here(), "Passkeys can be used: the desk has a name, by https")


def _check_help_pages(session: Session) -> Iterator[Finding]:
    """Name the help pages that were not checked in time to whoever answers for each."""
    overdue = overdue_articles(session)
    for article in overdue:
        due_on = review_due_on(article)
        since = f"since {due_on:%-d %B %Y}" if due_on else "for nobody ever checked it"
        yield Finding(
            False, f"{article.owner or 'nobody'}: check the help page “{article.title}”, due {since}"
        )
    if not overdue:
        yield Finding(True, "Help pages were checked in time")


def _check_installation(config: Settings) -> Iterator[Finding]:
    for name in unknown_variables():
        yield Finding(False, f"{name} is no setting, and does nothing: look for its name below")
    yield Finding(bool(config.mail_host), "Mail is sent by an SMTP server (NAVIGATOR_MAIL_HOST)")
    yield Finding(
        not parseaddr(config.mail_from)[1].endswith("@localhost"),
        "Mail comes from an address that your mail server sends for (NAVIGATOR_MAIL_FROM)",
    )
    yield Finding(config.mail_security != "none", "Mail is sent over a protected connection")
    yield Finding(
        config.base_url.startswith("https://"), "People reach the desk by https (NAVIGATOR_BASE_URL)"
    )
    if config.base_url.startswith("https://"):
        yield Finding(
            config.proxies > 0,
            "The proxy that speaks https is trusted (NAVIGATOR_PROXIES): without, all visitors count as one, "
            "and share one limit of tries and reports",
        )
    yield _check_security_contact(config)
    yield Finding(
        delivery.leaves(DeliveryChannel.TEXT) or config.texts_by == delivery.NOBODY,
        "Text messages can be sent (NAVIGATOR_NOTIFY_KEY and NAVIGATOR_NOTIFY_TEMPLATE), or are not wanted "
        "(NAVIGATOR_TEXTS_BY=nobody)",
    )


def _check_security_contact(config: Settings) -> Finding:
    """Whether whoever finds a weakness is told whom to write to, for a month to come at least."""
    until = config.security_contact_until
    is_known = bool(config.security_contact and until and (until - clock.today()).days >= 30)
    names = "NAVIGATOR_SECURITY_CONTACT, and NAVIGATOR_SECURITY_CONTACT_UNTIL a month ahead or more"
    return Finding(is_known, f"security.txt says whom to tell of a weakness ({names})")


def _check_backups(session: Session, config: Settings) -> Iterator[Finding]:
    """Check that the desk would come back: a backup each night, and one that was restored and compared."""
    yield Finding(bool(config.backup_dir), "A backup is made each night (NAVIGATOR_BACKUP_DIR)")
    if config.backup_dir:
        wrong = backup_state.what_is_wrong(session, clock.now())
        yield Finding(not wrong, wrong or "Backups are made, and nothing went wrong")
        is_rehearsed = backup_state.is_rehearsed(session)
        yield Finding(is_rehearsed, "A backup was restored beside and compared in the last 35 days")


def check_service(session: Session, service: Service) -> Iterator[Finding]:
    """Check one service."""
    if service.is_demonstration:
        yield Finding(False, "real people: this is a demonstration, use a database without it", service.name)
        return
    missing_items = missing(session, service)
    yield from (Finding(False, item, service.name) for item in missing_items)
    yield Finding(bool(service.phone), "a phone number for patients", service.name)
    data = reference_data(session)
    yield Finding(bool(data.programmes.get(service.id)), "a programme that patients can choose", service.name)
    roles = data.roles.get(service.id, frozenset())
    for role, words in _REQUIRED_ROLES.items():
        yield Finding(role in roles, f"{words} who can log in", service.name)
    reviewed: dict[str, CrisisWording | PrivacyNotice | None] = {
        "crisis wording": data.crisis_wordings.get(service.id),
        "privacy notice": data.privacy_notices.get(service.id),
    }
    for name, row in reviewed.items():
        if row and row.review_on:  # without a date it is missing above
            is_due = row.review_on < clock.today()
            yield Finding(not is_due, f"{name} within its review date", service.name)
    if lacks := mail_watch.missing(session, service):
        yield Finding(False, lacks, service.name)
    yield from _check_languages(data, service, english_crisis_card_of(session, service))


def _check_languages(data: ReferenceData, service: Service, english: CrisisCard) -> Iterator[Finding]:
    """Check the languages that a service has signed: of the others nobody is told."""
    for (service_id, _), row in sorted(data.languages.items()):
        if service_id != service.id or row.language not in LANGUAGES:
            continue
        name = LANGUAGES[row.language].name
        if not row.has_same_words:
            words = f"pages in {name} are not offered: the words have changed since {row.owner} read them"
            yield Finding(False, words, service.name)
        else:
            if row.lines and not row.has_lines_beside(english):
                is_stale = f"crisis wording in {name} is not shown: the English has changed since"
                yield Finding(False, f"{is_stale} {row.owner} read it", service.name)
            is_due = (row.review_on or date.min) < clock.today()
            yield Finding(not is_due, f"pages in {name} within their review date", service.name)


def describe_settings() -> Iterator[tuple[str, str, str]]:
    """Every setting: its variable, its value (secrets and passwords of addresses hidden), its description."""
    config = settings()
    for name, field in Settings.model_fields.items():
        value = getattr(config, name)
        is_secret = isinstance(value, SecretStr) and value.get_secret_value()
        text = "(set)" if is_secret else _PASSWORD.sub(r"\1***@", str(value))
        yield f"NAVIGATOR_{name.upper()}", text or "(empty)", field.description or ""
