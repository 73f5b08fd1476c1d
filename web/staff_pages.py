"""The pages of staff and administrators, in the order in which their routes are tried."""

from web.admin import absences, api_keys, configuration_file, people, setting_form, settings
from web.auth import account, first_run, login
from web.desk import (
    bulk,
    calls,
    clinical_reviews,
    guide,
    insight,
    new_report,
    notices,
    page_list,
    poster,
    problems,
    queue,
    queue_preview,
    reply_drafts,
    saved_views,
    search,
    ticket,
    today,
    training,
    workload,
)
from web.kit import old_addresses

MODULES = (
    old_addresses,
    login,
    today,
    poster,
    account,
    people,
    absences,
    first_run,
    settings,
    api_keys,
    configuration_file,
    setting_form,
    problems,
    new_report,
    calls,
    queue,
    queue_preview,
    workload,
    bulk,
    saved_views,
    search,
    page_list,
    guide,
    reply_drafts,
    notices,
    ticket,
    clinical_reviews,
    training,
    insight,
)
routes = [route for module in MODULES for route in module.router.routes]  # they are whole, so found at once
