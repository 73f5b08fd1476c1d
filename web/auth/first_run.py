"""First run: onboarding of an empty desk, with its first administrator and service."""

from fastapi import Request
from starlette.responses import Response

from navigator.administration import first_run
from navigator.administration.first_run import FirstRun
from navigator.people import login
from navigator.people.login import Credentials
from web.auth.entering import device_words
from web.kit import cookies
from web.kit.deps import Address, Reading, Router, hashes_password, in_english, public
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect

router = Router(prefix="/begin", dependencies=[public, in_english])


@router.get("")
def ask(page: Render, form: ReadForm, session: Reading) -> Response:
    """The form for the first administrator, while nobody has an account."""
    return page("auth/first_run.html", form=form) if first_run.is_first_run(session) else redirect("/log-in")


@router.post("", dependencies=[hashes_password])
def begin(page: Render, form: ReadForm, caller: Address, request: Request) -> Response:
    """Create the first administrator, and log them in."""
    if first_admin := form.read(FirstRun):
        with form.trying():
            first_run.create_first_admin(first_admin, caller)
            response = redirect("/settings", "Welcome. Open your service to see what it still needs")
            device = device_words(request)
            credentials = Credentials(email=first_admin.email, password=first_admin.password)
            cookies.set_cookie(response, cookies.LOG_IN, login.log_in(credentials, caller, device).token)
            return response
    return page("auth/first_run.html", form=form)
