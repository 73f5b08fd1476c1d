"""Running a recipe: one step after the other, at the hosts that were named, until one fails.

What failed is said in fixed words: never what a page said, nor what was sent to it.
"""

from collections.abc import Mapping
from urllib.parse import urldefrag, urljoin, urlsplit

from navigator.login_watch.html_forms import chosen_form, forms_of
from navigator.login_watch.recipe import SECRET, Expected, Recipe, Step, may_ask
from navigator.outgoing import Answer, Browser, Limits, NotAllowed, Unreachable

LIMITS = Limits(size=3_000_000, seconds=60)
CONTROL_LIMITS = Limits(size=1_000_000, seconds=15)
MAX_REDIRECTS = 5
_MOVED_WITH_BODY = (307, 308)


class StepFailed(Exception):
    """A step failed; the message says which, and how, and nothing of what was sent or read."""


class _Visit:
    """One visit of a programme: what was filled in, and the page that came last."""

    def __init__(self, browser: Browser, hosts: list[str], secrets: Mapping[str, str]) -> None:
        self.browser, self.hosts, self.secrets = browser, hosts, secrets
        self.filled: dict[str, str] = {}
        self.page: Answer | None = None

    def do(self, step: Step) -> None:
        """Do one step."""
        if step.get is not None:
            self._go(step.get)
        elif step.fill is not None:
            self.filled |= {name: self._value(value) for name, value in step.fill.items()}
        elif step.post is not None:
            self._post(step.post)
        else:
            self._expect(step.expected)

    def _value(self, value: str) -> str:
        match = SECRET.fullmatch(value)
        return self.secrets[match[1]] if match else value

    def _go(self, url: str, form: Mapping[str, str] | None = None) -> None:
        for _ in range(MAX_REDIRECTS + 1):
            if not may_ask(url, self.hosts):
                raise StepFailed("it leads to a host that is not named")
            self.page = self.browser.ask(url, form)
            if not self.page.location:
                return
            url = urldefrag(urljoin(url, self.page.location)).url  # what follows a # is no server's
            form = form if self.page.status in _MOVED_WITH_BODY else None
        raise StepFailed("it leads on and on")

    def _post(self, selector: str) -> None:
        page = self.page
        form = chosen_form(forms_of(page.text), selector, set(self.filled)) if page else None
        if page is None or form is None:
            raise StepFailed("there is no such form on the page")
        if missing := set(self.filled) - form.names:
            raise StepFailed(f"the form has no box {min(missing)}")
        button = dict([form.button]) if form.button and form.button[0] else {}
        values = form.fields | self.filled | button
        self.filled = {}
        target = urldefrag(urljoin(page.url, form.action)).url
        if form.method.lower() == "post":
            self._go(target, values)
        else:
            raise StepFailed("the form would put what is typed into an address")

    def _expect(self, expected: Expected) -> None:
        page = self.page
        if page is None or (expected.status or page.status) != page.status:
            raise StepFailed(f"it answers with {page.status if page else 'nothing'}")
        if expected.text not in page.text:
            raise StepFailed("the words that are expected are not on the page")
        if expected.url and not urlsplit(page.url).path.endswith(expected.url):
            raise StepFailed("it leads to another page than expected")


def failed_step(recipe: Recipe, hosts: list[str], secrets: Mapping[str, str]) -> str:
    """Log in by a recipe; which step failed and how, or nothing if all went well."""
    with Browser(LIMITS) as browser:
        visit = _Visit(browser, hosts, secrets)
        for number, step in enumerate(recipe.steps, 1):
            try:
                visit.do(step)
            except StepFailed as failed:
                return f"Step {number} ({step.kind}): {failed}"
            except NotAllowed:
                return f"Step {number} ({step.kind}): what it asks or answers is not allowed"
            except Unreachable:
                return f"Step {number} ({step.kind}): there is no answer"
    return ""


def network_works(control_url: str) -> bool:
    """Whether our own network is there: the control address answers, whatever it says."""
    try:
        with Browser(CONTROL_LIMITS) as browser:
            browser.ask(control_url)
    except Unreachable:
        return False
    return True
