"""A booked call as a calendar file (iCalendar, RFC 5545): when, and nothing of whom or what it is about."""

from urllib.parse import urlsplit

from navigator.languages import gettext as _
from navigator.people.reporter import reference
from navigator.settings import settings
from navigator.tickets.booked_call import BookedCall

MEDIA_TYPE = "text/calendar"


def calendar_file(call: BookedCall) -> bytes:
    """The file; opened again after a change it moves or cancels what a calendar holds by the same UID.

    Whoever looks into a shared calendar reads of a phone call and a reference, which opens nothing.
    """
    from icalendar import Calendar, Event

    event = Event()
    event.add("uid", f"call-{call.id}@{urlsplit(settings().base_url).hostname}")
    event.add("dtstamp", call.changed_at)
    event.add("last-modified", call.changed_at)
    event.add("sequence", call.sequence)
    event.add("dtstart", call.starts_at)
    event.add("dtend", call.ends_at)
    event.add("summary", _("Phone call %(reference)s") % {"reference": reference(call.origin_number)})
    event.add("status", "CANCELLED" if call.is_cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    calendar = Calendar()
    calendar.add("prodid", "-//Navigator Desk//Booked calls//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if call.is_cancelled else "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
