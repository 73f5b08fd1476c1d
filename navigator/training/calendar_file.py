"""A place in a training session as a calendar's invitation, change or cancellation (RFC 5545, RFC 5546)."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from navigator.outbox.urls import TRAINING_SESSION, absolute_url
from navigator.people.user import User
from navigator.settings import settings
from navigator.training.tables import TrainingSession

MEDIA_TYPE = "text/calendar"
REQUEST, CANCEL = "REQUEST", "CANCEL"


def calendar_file(training_session: TrainingSession, user: User, method: str) -> bytes:
    """The file for one person: by UID and sequence a calendar finds what it holds, and moves or removes it.

    The organiser is whoever the letters are from, as some calendars believe nobody else; the one who comes is
    the only one named, and is not asked for an answer, as nobody would read it.
    """
    from icalendar import Calendar, Event, vCalAddress

    organiser = vCalAddress(f"mailto:{parseaddr(settings().mail_from)[1]}")
    attendee = vCalAddress(f"mailto:{user.email}")
    organiser.params["CN"], attendee.params["CN"] = "Navigator Desk", user.name
    attendee.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
    address = absolute_url(TRAINING_SESSION, id=training_session.id)
    event = Event()
    event.add("uid", f"training-{training_session.id}@{urlsplit(settings().base_url).hostname}")
    event.add("sequence", training_session.sequence)
    event.add("dtstamp", training_session.changed_at)
    event.add("dtstart", training_session.starts_at)
    event.add("dtend", training_session.ends_at)
    event.add("summary", training_session.title)
    event.add("location", training_session.venue)
    event.add("description", f"Training. To give up your place: {address}")
    event.add("url", address)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("organizer", organiser)
    event.add("attendee", attendee)
    calendar = Calendar()
    calendar.add("prodid", "-//Navigator Desk//Training//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
