"""Seed an empty database with the demonstration, and write the notes of its log-ins."""

import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from random import Random

from pydantic import SecretStr
from sqlmodel import delete, select

from navigator import clock, private_files
from navigator.catalogue.service import Service
from navigator.database import as_one, reading, writing
from navigator.demo import inclusion, scenarios
from navigator.demo.context import DemoContext
from navigator.demo.dates import Dates
from navigator.demo.event_queue import EventQueue
from navigator.demo.job_schedule import job_times, run_jobs
from navigator.demo.people import create_people
from navigator.demo.report_schedule import scheduled_reports
from navigator.demo.story import Person, story
from navigator.demo.ticket_scenarios import ticket_life
from navigator.outbox.delivery import as_in_a_trial
from navigator.outbox.outbox_message import OutboxMessage
from navigator.outbox.urls import CALENDAR, absolute_url
from navigator.people import private_links
from navigator.people.passwords import make_hash
from navigator.people.user import User
from navigator.settings import settings

SEED = 2026


def is_empty() -> bool:
    """Whether there is no service and no user yet."""
    with reading() as session:
        return not (session.exec(select(Service.id)).first() or session.exec(select(User.id)).first())


def fill_if_empty() -> bool:
    """Seed the demonstration if the database is empty; its log-ins lie in a file beside the database.

    It is one transaction: if it is interrupted, the database is as empty as before.
    """
    if not is_empty():
        return False
    passwords = {person.name: "-".join(secrets.token_hex(2) for _ in range(4)) for person in story().people}
    hashes = _hash_passwords(passwords)
    with as_one(), as_in_a_trial():
        context = run_story(hashes)
        with writing() as session:
            session.exec(delete(OutboxMessage))  # notifications of the demonstration's past are not sent now
            _write_notes(passwords, context.calendars, private_links.mint(session, context.followed_ticket))
    return True


def login_notes() -> str | None:
    """The demonstration's log-ins and a patient's link, if there is a demonstration."""
    file = settings().data_dir / "demonstration.txt"
    return file.read_text() if file.exists() else None


def _hash_passwords(passwords: Mapping[str, str]) -> dict[str, str]:
    with ThreadPoolExecutor() as pool:
        return dict(zip(passwords, pool.map(make_hash, map(SecretStr, passwords.values())), strict=True))


def run_story(hashes: Mapping[str, str]) -> DemoContext:
    """Simulate the whole story, up to now; the password hashes are by name."""
    script, now = story(), clock.now()
    dates, rng = Dates(now, script.days), Random(SEED)  # noqa: S311 - a story, no secret
    with clock.stopped_at(dates.start_at), writing() as session:
        people = create_people(session, script, hashes, dates.today)
    context = DemoContext(script, people, dates, EventQueue(), rng)
    with clock.stopped_at(dates.start_at), writing() as session:
        inclusion.set_up(context, session)
    scenarios.add_scenarios(context)
    for report in scheduled_reports(script, dates, rng):
        context.queue.add(ticket_life(context, report))
    for moment, jobs in job_times(dates):
        context.queue.run_until(moment)
        run_jobs(moment, jobs)
    return context


def _write_notes(passwords: Mapping[str, str], calendars: Mapping[str, str], token: str) -> None:
    lines = ["Demonstration log-ins (made for this computer only):"]
    lines += [_login_line(person, passwords[person.name]) for person in story().people]
    lines += [f"Calendar of {name}: {absolute_url(CALENDAR, token=each)}" for name, each in calendars.items()]
    lines.append(f"A patient's private link: {settings().base_url}/t/{token}")
    file = settings().data_dir / "demonstration.txt"
    private_files.make_folder(file.parent)
    private_files.make_file(file).write_text("\n".join(lines) + "\n")


def _login_line(person: Person, password: str) -> str:
    (role,) = {role for roles in person.roles.values() for role in roles}
    return f"  {role:<10} {person.email:<24} {password:<22} {', '.join(map(str.capitalize, person.roles))}"
