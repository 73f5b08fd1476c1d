"""A small demonstration, made through the use cases on a set clock: people, programmes and a few tickets."""

import secrets
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr
from sqlmodel import Session, delete, select

from navigator import clock
from navigator.catalogue.crisis import printed_card
from navigator.catalogue.directory import calendar_of
from navigator.catalogue.place import (
    Contact,
    ContactKind,
    CrisisWording,
    Programme,
    ProgrammeOverride,
    Service,
    ServiceProgramme,
)
from navigator.database import reading, writing
from navigator.outbox.letter import Letter
from navigator.people import links
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.login import actor_of
from navigator.people.passwords import make_hash
from navigator.people.person import Membership, Role, User
from navigator.people.reporter import ReporterKind, Route
from navigator.settings import settings
from navigator.tickets import desk
from navigator.tickets.desk import Receipt
from navigator.tickets.handovers import acknowledge, open_on
from navigator.tickets.inputs import ContactInput, ReportInput, ResolveInput, SayInput
from navigator.tickets.ticket import Door, Resolution, Ticket

STAFF = {
    "Amina Yusuf": (Role.NAVIGATOR,),
    "Tom Reid": (Role.NAVIGATOR,),
    "Priya Shah": (Role.PWP,),
    "Helen Cole": (Role.CLINICIAN,),
    "Mo Lewis": (Role.MANAGER,),
    "Ada Bright": (Role.ADMIN,),
}

REPORTS = Path(__file__).with_name("demo.yaml")


def fill_if_empty() -> bool:
    """Make the demonstration if there is no service and nobody yet; its notes lie beside the database."""
    with reading() as session:
        if session.exec(select(Service.id)).first() or session.exec(select(User.id)).first():
            return False
    passwords = {name: "-".join(secrets.token_hex(2) for _ in range(4)) for name in STAFF}
    hashes = {name: make_hash(SecretStr(password)) for name, password in passwords.items()}
    with writing() as session:
        service = _service(session)
        people = {name: _user(session, service, name, hashes[name]) for name in STAFF}
        token = _tickets(session, service, people)
        session.execute(delete(Letter))  # what was told in the demonstration's past is not sent now
        _keep_notes(passwords, token)
    return True


def notes() -> str | None:
    """The demonstration's log-ins and a patient's link, if there is a demonstration."""
    file = settings().data_dir / "demonstration.txt"
    return file.read_text() if file.exists() else None


def _keep_notes(passwords: dict[str, str], token: str) -> None:
    lines = ["Demonstration log-ins (made for this computer only):"]
    for name, password in passwords.items():
        lines.append(f"  {STAFF[name][0]:<10} {_email(name):<24} {password}")
    lines.append(f"A patient's private link: {settings().base_url}/t/{token}")
    file = settings().data_dir / "demonstration.txt"
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n")


def _email(name: str) -> str:
    return f"{name.split(maxsplit=1)[0].lower()}@demo.example"


def _service(session: Session) -> Service:
    service = Service(code="riverside", name="Riverside Talking Therapies", is_demonstration=True)
    steps = Programme(code="steps", name="Steps Online", supplier="Stepwise Ltd (invented)")
    bright = Programme(code="brightside", name="Brightside", supplier="Brightside Health (invented)")
    session.add_all([service, steps, bright])
    session.flush()
    for programme in (steps, bright):
        session.add(ServiceProgramme(service_id=service.id, programme_id=programme.id))
    for kind in ContactKind:
        name = kind.replace("_", " ").capitalize()
        session.add(Contact(service_id=service.id, kind=kind, role_name=name, email=f"{kind}@demo.example"))
    card = printed_card()
    review_on = clock.today() + timedelta(days=180)
    session.add(
        CrisisWording(service_id=service.id, lines=card.lines, owner="Demonstration", review_on=review_on)
    )
    session.add(
        ProgrammeOverride(
            programme_id=bright.id,
            category="notify.too_many",
            fixability="service",
            reason="Your practitioner can change how often Brightside writes to you.",
            next_step="We will ask your practitioner to set fewer reminders.",
            verified_on=clock.today() - timedelta(days=30),
            verified_by="Demonstration",
        )
    )
    return service


def _user(session: Session, service: Service, name: str, password_hash: str) -> Actor:
    user = User(name=name, email=_email(name), password_hash=password_hash)
    session.add(user)
    session.flush()
    for role in STAFF[name]:
        session.add(Membership(user_id=user.id, service_id=service.id, role=role))
    session.flush()
    actor = actor_of(session, user.id)
    assert actor is not None  # noqa: S101 - made two lines above
    return actor


def _tickets(session: Session, service: Service, people: dict[str, Actor]) -> str:
    """Make the reports, oldest first, each at its own time; the last one's private link comes back."""
    number = 0
    for one in yaml.safe_load(REPORTS.read_text(encoding="utf-8")):
        one["session_on"] = _working_day_ahead(service, one["session_in"]) if "session_in" in one else None
        with clock.stopped_at(_working_hours_before(service, one["hours_ago"])):
            receipt = _report(session, service, people, one)
        for verb, words in one.get("then", {}).items():
            with clock.stopped_at(_working_hours_before(service, one["hours_ago"] - 1)):
                _then(session, people, receipt.ticket, verb, words)
        number = receipt.ticket.number
    return links.mint(session, number)


def _report(session: Session, service: Service, people: dict[str, Actor], one: dict[str, Any]) -> Receipt:
    told = ReportInput(
        service=service.code,
        contact=ContactInput(route=Route.EMAIL, email=f"patient{one['hours_ago']}@demo.example"),
        next_session=one["session_on"],
        **one["told"],
    )
    who = people["Priya Shah"] if told.reporter is ReporterKind.PWP else ANONYMOUS
    return desk.report(session, who, told, Door.STAFF if who.is_staff else Door.WEB)


def _then(session: Session, people: dict[str, Actor], ticket: Ticket, verb: str, words: str) -> None:
    """What was done to a report since, by the navigator who has it or by the clinician."""
    navigator = next(who for who in people.values() if who.user_id == ticket.assignee_id)
    desk.claim(session, navigator, ticket.number)
    match verb:
        case "reply" | "wait" | "park":
            getattr(desk, verb)(session, navigator, ticket.number, SayInput(body=words))
        case "resolve":
            told = ResolveInput(resolution=Resolution.FIXED, body=words)
            desk.resolve(session, navigator, ticket.number, told)
        case "acknowledge":
            for handed in open_on(session, ticket.number):
                acknowledge(session, people["Helen Cole"], handed.id)


def _working_day_ahead(service: Service, days: int) -> date:
    """The day that is so many working days from today."""
    calendar, day = calendar_of(service), clock.today()
    while calendar.working_days_between(clock.today(), day) < days:
        day += timedelta(days=1)
    return day


def _working_hours_before(service: Service, hours: int) -> datetime:
    """Whole working hours before now: found by stepping back until as many lie between."""
    calendar, now = calendar_of(service), clock.now()
    at = now - timedelta(hours=hours)
    while calendar.minutes_between(at, now) < hours * 60:
        at -= timedelta(hours=1)
    return at
