"""Drawing pages: one environment, one way to show a template, one way to send somebody on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from itsdangerous import BadData, URLSafeTimedSerializer
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse

from navigator import clock
from navigator.catalogue.crisis_card import default_crisis_card
from navigator.settings import settings
from web.kit import cookies, template_filters
from web.kit.forms import Form
from web.kit.static_files import STATIC

PRODUCT = "Navigator Desk"
TEMPLATES = Path(__file__).parents[1] / "templates"
FLASH = "desk_flash"
_DRAWN_ONCE = frozenset({"tag", "fixer"})
"""Macros that say the same few things hundreds of times a page, and hold nothing that anybody typed."""
_FLASH_LASTS = timedelta(seconds=60)


@dataclass(frozen=True)
class Link:
    """A link in the staff navigation; `count` is shown behind it when there is anything to count."""

    text: str
    href: str
    count: int = 0


@dataclass(frozen=True)
class StaffBar:
    """What stands above every staff page; `alarm` is the banner for what must not fail silently."""

    name: str
    links: tuple[Link, ...] = ()
    alarm: str = ""
    searches: bool = False
    log_out: str = "/log-out"


@dataclass
class PageRenderer:
    """Shows templates to the one who asked; `facts` set by a dependency are added to every template."""

    request: Request
    facts: dict[str, Any] = field(default_factory=dict)

    def __call__(
        self, template: str, /, *, status: int = 0, public: bool = False, **facts: Any
    ) -> HTMLResponse:
        """A page: its status is the form's unless given; `public` says that anyone may keep and index it."""
        known = {"path": self.request.url.path, "flash": self._flash(), **self.facts, **facts}
        form = known.get("form") or Form()
        response = HTMLResponse(render(template, **known), status or form.status)
        if known["flash"]:
            cookies.delete_cookie(response, FLASH)
        if public:
            response.headers.update({"cache-control": "no-cache", "x-robots-tag": "all"})
        return response

    def _flash(self) -> str:
        if not (cookie := cookies.read_cookie(self.request, FLASH)):
            return ""
        try:
            return str(_signer().loads(cookie, max_age=_FLASH_LASTS.seconds))
        except BadData:
            return ""


def page_of(request: Request) -> PageRenderer:
    """The page of a request: one and the same for all its dependencies."""
    if not hasattr(request.state, "page"):
        request.state.page = PageRenderer(request)
    page: PageRenderer = request.state.page
    return page


Render = Annotated[PageRenderer, Depends(page_of)]


def render(template: str, **facts: Any) -> str:
    """A template as text, with what every page needs."""
    return environment.get_template(template).render(facts)


def redirect(href: str, flash: str = "") -> RedirectResponse:
    """Send somebody on to another page of the desk, with a message to show there once: nothing personal."""
    if not href.startswith("/") or href.startswith(("//", "/\\")):
        raise ValueError("only addresses of the desk itself")
    response = RedirectResponse(href, 303)
    if flash:
        cookies.set_cookie(response, FLASH, _signer().dumps(flash), _FLASH_LASTS)
    return response


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().signing_key(), salt="flash")


def url(path: str, **query: object) -> str:
    """A path with a query, empty values left out: for pagination and filters."""
    kept = {
        name: value for name, value in query.items() if value is not False and value not in (None, "", [])
    }
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.do"],
    )
    made.filters.update(template_filters.FILTERS)
    made.globals.update(
        at=template_filters.time_tag,
        product=PRODUCT,
        static=STATIC.url,
        address=url,
        crisis=default_crisis_card(),
    )
    made.globals.update(now=clock.now, today=clock.today)
    made.globals.update(base_url=settings().base_url, source_url=lambda: settings().source_url)
    made.globals.update(form=None, staff=None, flash="", path="", service=None)
    for name in ("shapes.html", "form.html", "tickets.html", "desk.html", "bulk.html", "charts.html"):
        made.globals.update(_macros(made, name))
    return made


def _macros(made: Environment, name: str) -> Mapping[str, Any]:
    held = vars(made.get_template(f"kit/macros/{name}").module)
    macros = {name: macro for name, macro in held.items() if not name.startswith("_")}
    # Typed, for text and markup may look alike.
    once = lru_cache(maxsize=500, typed=True)
    return macros | {name: once(macros[name]) for name in _DRAWN_ONCE & macros.keys()}


environment = _environment()
