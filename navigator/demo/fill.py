"""Filling an empty database with the demonstration, and the notes of its log-ins."""

import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from random import Random

from pydantic import SecretStr
from sqlmodel import delete, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.database import as_one, reading, writing
from navigator.demo import scenarios
from navigator.demo.context import DemoContext
from navigator.demo.dates import Dates
from navigator.demo.event_queue import EventQueue
from navigator.demo.job_schedule import job_times, run_jobs
from navigator.demo.people import create_people
from navigator.demo.report_schedule import scheduled_reports
from navigator.demo.story import Person, story
from navigator.demo.ticket_scenarios import ticket_life
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import private_links
from navigator.people.passwords import make_hash
from navigator.people.user import User
from navigator.settings import settings

SEED = 2026


def is_empty() -> bool:
    """Whether there is no service and nobody yet."""
    with reading() as session:
        return not (session.exec(select(Service.id)).first() or session.exec(select(User.id)).first())


def fill_if_empty() -> bool:
    """Make the demonstration if there is nothing yet; its notes lie beside the database.

    It is one transaction: if it is interrupted, the database is as empty as before.
    """
    if not is_empty():
        return False
    passwords = {one.name: "-".join(secrets.token_hex(2) for _ in range(4)) for one in story().people}
    hashes = _hashed(passwords)
    with as_one():
        stage = live_through(hashes)
        with writing() as session:
            session.exec(delete(OutboxMessage))  # what was told in the demonstration's past is not sent now
            _keep_notes(passwords, private_links.mint(session, stage.followed))
    return True


def notes() -> str | None:
    """The demonstration's log-ins and a patient's link, if there is a demonstration."""
    file = settings().data_dir / "demonstration.txt"
    return file.read_text() if file.exists() else None


def _hashed(passwords: Mapping[str, str]) -> dict[str, str]:
    with ThreadPoolExecutor() as pool:
        return dict(zip(passwords, pool.map(make_hash, map(SecretStr, passwords.values())), strict=True))


def live_through(hashes: Mapping[str, str]) -> DemoContext:
    """Let everything happen that the story tells of, up to now; the passwords' hashes are by name."""
    told, now = story(), clock.now()
    dates, chance = Dates(now, told.days), Random(SEED)  # noqa: S311 - a story, no secret
    with clock.stopped_at(dates.start_at), writing() as session:
        cast = create_people(session, told, hashes, dates.today)
    stage = DemoContext(told, cast, dates, EventQueue(), chance)
    scenarios.all_scenarios(stage)
    for one in scheduled_reports(told, dates, chance):
        stage.diary.enter(ticket_life(stage, one))
    for moment, jobs in job_times(dates):
        stage.diary.live(moment)
        run_jobs(moment, jobs)
    return stage


def _keep_notes(passwords: Mapping[str, str], token: str) -> None:
    lines = ["Demonstration log-ins (made for this computer only):"]
    lines += [_log_in(person, passwords[person.name]) for person in story().people]
    lines.append(f"A patient's private link: {settings().base_url}/t/{token}")
    file = settings().data_dir / "demonstration.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n")


def _log_in(person: Person, password: str) -> str:
    (role,) = {role for roles in person.roles.values() for role in roles}
    return f"  {role:<10} {person.email:<24} {password:<22} {', '.join(map(str.capitalize, person.roles))}"
