"""Pages of a check of somebody’s phone: before it starts, and what was found; nothing of it is kept yet."""

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.device_needs import DeviceNeeds, device_needs_of
from navigator.catalogue.lookups import crisis_card_of
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.errors import NotFound
from navigator.tickets.device_check import DeviceFacts, Finding, judge
from web.kit import cookies
from web.kit.forms import Form
from web.kit.security import CONTENT_POLICY, content_policy
from web.kit.templating import PageRenderer

SAMPLE = os.urandom(150_000)
"""What a browser loads to see how fast its connection is: it cannot be made smaller on the way."""

_COOKIE_LASTS = timedelta(hours=1)


@dataclass(frozen=True)
class CheckPages:
    """The check of one programme: `path` is where its forms lead, `back_to` where somebody came from."""

    page: PageRenderer
    session: Session
    programme: Programme
    needs: DeviceNeeds
    path: str
    back_to: str
    service: Service | None = None
    sends: str = "followed"

    def start(self) -> Response:
        """What is looked at and whom the phone will ask, before anything is: this page alone lets it ask."""
        response = self._show("start")
        response.headers[CONTENT_POLICY] = content_policy(self.needs.hosts)
        cookies.set_cookie(response, cookies.CHECK, "yes", _COOKIE_LASTS)
        return response

    def result(self, form: Form) -> Response:
        """What was found and what to do, and whether it is to be sent."""
        facts = self._facts(form)
        return self._show("result", facts=facts, findings=self._judged(facts))

    def findings(self, form: Form) -> list[Finding]:
        """What was found, of the facts that are sent once more: they are judged again."""
        return self._judged(self._facts(form))

    def _facts(self, form: Form) -> DeviceFacts:
        """What a phone could say; what none could is as if it had said nothing."""
        facts = form.read(DeviceFacts) or DeviceFacts()
        keeps_cookies = cookies.read_cookie(self.page.request, cookies.CHECK) == "yes"
        now = {"cookies": keeps_cookies, "clock_ms": None, "clock_minutes": facts.minutes_ahead}
        return facts.model_copy(update=now)

    def _judged(self, facts: DeviceFacts) -> list[Finding]:
        return judge(self.needs, facts, self.page.request.headers.get("user-agent", ""))

    def _show(self, name: str, **context: Any) -> Response:
        crisis = crisis_card_of(self.session, self.service)
        more: dict[str, Any] = {"service": self.service, "crisis": crisis, "check": self, "form": Form()}
        return self.page(f"public/check/{name}.html", **more, **context)


def needs_or_404(session: Session, programme: Programme | None) -> tuple[Programme, DeviceNeeds]:
    """What a programme needs; refused where nobody has said it, for then there is nothing to test."""
    needs = device_needs_of(session, programme.id) if programme else None
    if programme is None or needs is None:
        raise NotFound("There is nothing to check for this programme.")
    return programme, needs
