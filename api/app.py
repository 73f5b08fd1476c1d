"""The API application: its routers."""

from api import (
    absences,
    admin_settings,
    api_keys,
    attachments,
    audit,
    bulk,
    categories,
    clinical_reviews,
    insight,
    known_problems,
    next_sessions,
    people,
    reports,
    rises,
    services,
    suppliers,
    support_cards,
    ticket_actions,
    tickets,
    training,
    training_sessions,
    unsorted_mail,
    workload,
)
from api.errors import register_error_handlers
from api.json_body import JsonBody
from api.openapi import DESCRIPTION, TAGS, Api
from api.told_headers import ToldHeaders

app = Api(
    title="Navigator Desk API",
    version="1",
    description=DESCRIPTION,
    openapi_tags=[{"name": name, "description": text} for name, text in TAGS.items()],
    docs_url=None,  # its page would be fetched from elsewhere
    redoc_url=None,
    redirect_slashes=False,
    telemetry={"tracing": False, "metrics": False, "logs": False},  # FastAPI’s own tells whole paths
)
for module in (
    services,
    categories,
    reports,
    tickets,
    ticket_actions,
    attachments,
    bulk,
    workload,
    clinical_reviews,
    rises,  # before a problem’s number
    known_problems,
    suppliers,
    next_sessions,
    support_cards,
    unsorted_mail,
    training,
    training_sessions,
    insight,
    admin_settings,
    people,
    absences,
    api_keys,
    audit,
):
    app.router.routes.extend(module.router.routes)  # they are whole: included, each would be made anew
register_error_handlers(app)
app.add_middleware(JsonBody)
app.add_middleware(ToldHeaders)
