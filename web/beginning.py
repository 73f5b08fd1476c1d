"""The very first page of an empty desk: its first administrator and service."""

from fastapi import APIRouter
from starlette.responses import Response

from navigator.administration import beginning
from navigator.administration.beginning import Beginning
from navigator.people import login
from navigator.people.login import Credentials
from web import cookies
from web.deps import Address, Reading, in_turn, public
from web.forms import ReadForm
from web.pages import Show, see_other

router = APIRouter(prefix="/begin", dependencies=[public])


@router.get("")
def ask(page: Show, form: ReadForm, session: Reading) -> Response:
    """Ask who begins, unless somebody did."""
    return page("login/begin.html", form=form) if beginning.is_empty(session) else see_other("/log-in")


@router.post("", dependencies=[in_turn])
def begin(page: Show, form: ReadForm, caller: Address) -> Response:
    """Make the first administrator, and let them in."""
    if typed := form.read(Beginning):
        with form.trying():
            beginning.begin(typed, caller)
            response = see_other("/settings", "Welcome. Open your service to see what it still needs")
            who = Credentials(email=typed.email, password=typed.password)
            cookies.give(response, cookies.LOG_IN, login.log_in(who, caller))
            return response
    return page("login/begin.html", form=form)
