"""The very first page of an empty desk: its first administrator and service."""

from fastapi import APIRouter
from starlette.responses import Response

from navigator.administration import first_run
from navigator.administration.first_run import Beginning
from navigator.people import login
from navigator.people.login import Credentials
from web.kit import cookies
from web.kit.deps import Address, Reading, in_turn, public
from web.kit.forms import ReadForm
from web.kit.templating import Show, see_other

router = APIRouter(prefix="/begin", dependencies=[public])


@router.get("")
def ask(page: Show, form: ReadForm, session: Reading) -> Response:
    """Ask who begins, unless somebody did."""
    return page("auth/first_run.html", form=form) if first_run.is_empty(session) else see_other("/log-in")


@router.post("", dependencies=[in_turn])
def begin(page: Show, form: ReadForm, caller: Address) -> Response:
    """Make the first administrator, and let them in."""
    if typed := form.read(Beginning):
        with form.trying():
            first_run.begin(typed, caller)
            response = see_other("/settings", "Welcome. Open your service to see what it still needs")
            who = Credentials(email=typed.email, password=typed.password)
            cookies.give(response, cookies.LOG_IN, login.log_in(who, caller))
            return response
    return page("auth/first_run.html", form=form)
