"""The pages for everybody that come after the first ones, in the order in which their routes are tried."""

from web.public import (
    after_sending,
    booked_call,
    card,
    check,
    check_followed,
    feed,
    help,
    known,
    notify_callbacks,
    report,
    report_asides,
    report_pictures,
    status,
    track,
    usability,
)

_REPORTING = (
    report_asides,
    report_pictures,
    after_sending,
    report,
    check,
    check_followed,
    track,
    usability,
    booked_call,
)
_PAGES = (known, feed, status, notify_callbacks, help, card, *_REPORTING)
routes = [route for module in _PAGES for route in module.router.routes]
