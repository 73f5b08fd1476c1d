"""What a desk loads in its first second, loaded once for all that are forked from this process."""

from navigator.triage.warm_up import warm_up
from web.app import api, staff_routes

staff_routes()
api.load()
warm_up()
