"""Follow-up in the story: somebody reports again and again, and a supplier tells who got in."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from navigator import clock
from navigator.demo.context import DemoContext
from navigator.demo.event_queue import Scenario
from navigator.demo.story import FollowedUp
from navigator.people.actor import ANONYMOUS
from navigator.support_cards import engagement
from navigator.support_cards.card_input import CardInput
from navigator.support_cards.cards import make_card
from navigator.tickets.actions import staff
from navigator.tickets.enums import Resolution
from navigator.tickets.inputs import ResolveInput
from navigator.tickets.report_input import ReportInput


def followed_up(context: DemoContext, told: FollowedUp) -> Scenario:
    """Cards are made; one patient reports three times; a list of the supplier comes in."""
    session = yield context.dates.moment(told.made)
    codes = {label: _make_card(context, session, told, label) for label in told.cards}
    for report in told.reports:
        session = yield context.dates.moment(report.at)
        said = {"service": told.service, "category": report.category, "text": report.text}
        said["support_code"] = codes[told.reporter]
        number = staff.report(session, ANONYMOUS, ReportInput.model_validate(said)).ticket.number
        if report.put_right:
            session = yield context.people.calendars[told.service].add(clock.now(), report.minutes)
            resolved = ResolveInput(resolution=Resolution.FIXED, body=report.put_right)
            staff.resolve(session, context.people.actors[told.navigator], number, resolved)
    session = yield context.dates.moment(told.listed)
    _put_in(context, session, told, codes)


def _make_card(context: DemoContext, session: Session, told: FollowedUp, label: str) -> str:
    known: dict[str, Any] = {"service": told.service, "programme": told.programme, "label": label}
    known |= {"next_session": _session_on(context, told.cards[label]), "session_is_weekly": True}
    return make_card(session, context.people.actors[told.practitioner], CardInput.model_validate(known)).code


def _session_on(context: DemoContext, working_days: int) -> date:
    """The weekly session that comes so many working days after the story’s end."""
    return context.dates.calendar.working_day_after(context.dates.today, working_days)


def _put_in(context: DemoContext, session: Session, told: FollowedUp, codes: dict[str, str]) -> None:
    today = clock.today()
    lines = [
        f"{codes[label]},{today - timedelta(days=first)},{today - timedelta(days=last)}"
        for label, (first, last) in told.got_in.items()
    ]
    lines += [f"{codes[label]},," for label in told.never_in]
    read = engagement.read_list("\n".join((",".join(engagement.COLUMNS), *lines)))
    engagement.import_list(session, context.people.actors[told.navigator], told.service, read)
