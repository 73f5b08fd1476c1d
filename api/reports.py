"""Route for submitting a report."""

from api.deps import Caller, Router, Sent, Where, Writing, public
from api.errors import error_responses
from api.told_headers import tells_limits
from navigator.tickets.reports import from_api
from navigator.tickets.reports.from_api import ReportReceipt

router = Router(tags=["for everybody"], dependencies=[public])


@router.post(
    "/reports",
    status_code=201,
    responses=error_responses(401, 403, 409, 429),
    openapi_extra={"security": [{}]},
    dependencies=[tells_limits],
)
def report(
    sent: Sent,
    session: Writing,
    actor: Caller,
    where: Where,
) -> ReportReceipt:
    """Take a problem, with or without a key: who can put it right, why, and what happens by when.

    Show `safety_notice` first when it is not null. `private_url` is given to a caller without a
    key, who is the reporter, and to a key with the role `intake`, which shows it to the reporter and keeps it
    nowhere.
    """
    return from_api.submit_report(session, actor, sent.body, sent.once, where)
