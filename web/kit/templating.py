"""Templating: the Jinja environment with its macros, rendering a page, redirects and flash messages."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from itsdangerous import BadData, URLSafeTimedSerializer
from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse

from navigator import clock, languages
from navigator.catalogue.crisis_card import default_crisis_card
from navigator.languages import gettext
from navigator.outbox import delivery
from navigator.settings import settings
from navigator.tickets.kept_forms import KeptForm
from web.kit import cookies, form_marks, nhsuk_components, page_language, template_filters
from web.kit.compiled_templates import CompiledTemplates, NoIndent
from web.kit.forms import Form
from web.kit.static_files import STATIC
from web.kit.template_calls import Environment

PRODUCT = "Navigator Desk"
TEMPLATES = Path(__file__).parents[1] / "templates"
FLASH = "desk_flash"
UPLOADING = "x-uploading"
"""The header of what `uploads.js` sends: the page to which it leads is loaded once more, with its message."""
_CACHED_MACROS = frozenset({
    "action_bar", "button", "filter_select", "fixability_tag", "row_end", "row_start", "staff_header",
    "tag",
})  # fmt: skip
"""Macros that say the same often, depend on their arguments alone, and hold nothing that a reporter typed."""
BELL = "/notices"
_MACROS = (
    "components.html",
    "form.html",
    "replies.html",
    "tickets.html",
    "rows.html",
    "suppliers.html",
    "queue.html",
    "desk.html",
    "practitioner.html",
    "reviews.html",
    "ticket_page.html",
    "bulk.html",
    "notices.html",
    "charts.html",
    "person.html",
    "second_step.html",
    "webhooks.html",
)
"""The files of macros, in an order in which each finds those that it uses."""
_FLASH_LASTS = timedelta(seconds=60)
MOST_DRAWN = 200
_DRAWN: dict[Hashable, str] = {}
"""Pages that are the same for many, as they were drawn."""


@dataclass(frozen=True)
class Link:
    """A link in the staff navigation; `count` is shown behind it when there is any, of what is `counted`."""

    text: str
    href: str
    count: int = 0
    counted: str = "unread"


@dataclass(frozen=True)
class StaffBar:
    """The navigation bar of staff pages; `alarm` is the banner for what must not fail silently.

    `own_links` stand in the person's own menu; `alarm_href` leads to what must be read, for whoever may
    read it; `log_in_ends_at` is when they must log in again; `lock_minutes` after how many
    idle ones their pages are locked.
    """

    name: str
    links: tuple[Link, ...] = ()
    own_links: tuple[Link, ...] = ()
    alarm: str = ""
    alarm_href: str = ""
    searches: bool = False
    log_out: str = "/log-out"
    log_in_ends_at: datetime | None = None
    lock_minutes: int = 0
    uses_single_keys: bool = True
    unread_notices: int = 0

    def current(self, path: str) -> str:
        """The address of the link whose page, or a page below it, is shown; "" of none."""
        hrefs = (BELL, *(link.href for link in self.links + self.own_links))
        return max((href for href in hrefs if f"{path}/".startswith(f"{href}/")), key=len, default="")

    @property
    def log_in_lasts(self) -> int:
        """The seconds until they must log in again."""
        return max(0, int((self.log_in_ends_at - clock.now()).total_seconds())) if self.log_in_ends_at else 0


@dataclass
class PageRenderer:
    """Renders pages for one request; `context` set by a dependency is added to every template.

    Whoever is shown a page loses the cookies in `ended_cookies`; `owner` is whom it is made for, as the
    marks of its forms say it; `kept` is what they typed on it before.
    """

    request: Request
    context: dict[str, Any] = field(default_factory=dict)
    ended_cookies: set[str] = field(default_factory=set)
    owner: str = ""
    kept: KeptForm | None = None

    def __call__(
        self,
        template: str,
        /,
        *,
        status: int = 0,
        public: bool = False,
        same: Hashable = None,
        **context: Any,
    ) -> HTMLResponse:
        """A page: its status is the form's unless given; `public` says that anyone may keep and index it.

        `same` is given where all that differs between two such pages is in it: each is drawn once."""
        path, flash = self.request.scope["path"], gettext(self._flash())
        context = {**self.context, **context}
        form = context.get("form") or Form()
        if suggested := page_language.suggested(self.request):
            context["suggested"] = suggested
        if languages.offered() and (rest := page_language.rest_of_query(self.request)):
            context["rest_of_query"] = rest
        if public:
            same = tuple(context.items())
        if same is not None and not (flash or self.kept or form.errors):
            html = self._drawn_once(template, same, {"path": path, "flash": ""} | context)
        else:
            html = self._marked(template, form, {"path": path, "flash": flash} | context)
        response = HTMLResponse(html, status or form.status)
        is_shown = UPLOADING not in self.request.headers  # else it is fetched, and then shown
        for name in self.ended_cookies | ({FLASH} if flash and is_shown else set()):
            cookies.delete_cookie(response, name)
        page_language.keep(self.request, response)
        if public:
            response.headers.update({"cache-control": "no-cache", "x-robots-tag": "all"})
            response.headers["vary"] = "Cookie, Accept-Language"
        return response

    def _drawn_once(self, template: str, same: Hashable, context: dict[str, Any]) -> str:
        """The page as it was drawn for somebody who is shown the same, with marks of its own."""
        spoken = languages.current().code, languages.offered(), context.get("suggested")
        shown = context["path"], context.get("rest_of_query", ""), clock.today(), settings().source_url
        key = (template, same, *spoken, *shown)
        if (html := _DRAWN.get(key)) is None:  # looked at once: another thread may empty it meanwhile
            if len(_DRAWN) >= MOST_DRAWN:
                _DRAWN.clear()
            html = _DRAWN[key] = render(template, **context)
        return form_marks.mark_forms(html, self.owner)

    def _marked(self, template: str, form: Form, context: dict[str, Any]) -> str:
        """The page with what was kept of its forms, and with their marks."""
        if self.kept:
            form.typed.update(self.kept.typed)
            context["kept"] = self.kept
        html = render(template, **context)
        return form_marks.mark_forms(html, self.owner, self.kept.path if self.kept else form.kept_at)

    def _flash(self) -> str:
        if not (cookie := cookies.read_cookie(self.request, FLASH)):
            return ""
        try:
            return str(_signer().loads(cookie, max_age=_FLASH_LASTS.seconds))
        except BadData:
            return ""


async def page_of(request: Request) -> PageRenderer:
    """The page renderer of a request: one and the same for all its dependencies."""
    if not hasattr(request.state, "page"):
        request.state.page = PageRenderer(request)
        page_language.speak(request, page_language.chosen(request))
    page: PageRenderer = request.state.page
    return page


Render = Annotated[PageRenderer, Depends(page_of)]


def render(template: str, **context: Any) -> str:
    """A template as text, with the globals that every page needs."""
    return environment.get_template(template).render(context)


def redirect(href: str, flash: str = "") -> RedirectResponse:
    """Redirect (303) to a page of the desk, with a flash message to show there once: nothing personal."""
    if not href.startswith("/") or href.startswith(("//", "/\\")):
        raise ValueError("only addresses of the desk itself")
    response = RedirectResponse(href, 303)
    form_marks.note_result(href, flash)
    if flash:
        cookies.set_cookie(response, FLASH, _signer().dumps(flash), _FLASH_LASTS)
    return response


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().signing_key(), salt="flash")


def url(path: str, **query: object) -> str:
    """A path with a query string, empty values left out: for pagination and filters."""
    parameters = {
        name: value for name, value in query.items() if value is not False and value not in (None, "", [])
    }
    return f"{path}?{urlencode(parameters, doseq=True)}" if parameters else path


def _environment() -> Environment:
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=CompiledTemplates(TEMPLATES),
        extensions=["jinja2.ext.do", "jinja2.ext.i18n", NoIndent],
    )
    jinja.policies["ext.i18n.trimmed"] = True
    jinja.newstyle_gettext = True  # type: ignore[attr-defined] # the i18n extension adds it
    jinja.globals.update({"_": _words, "gettext": _words, "ngettext": _counted_words})
    jinja.filters.update(template_filters.FILTERS, translated=gettext)
    jinja.globals.update(
        at=template_filters.time_tag,
        product=PRODUCT,
        static=STATIC.url,
        address=url,
        crisis=default_crisis_card(),
        nhsuk=nhsuk_components,
    )
    jinja.globals.update(what_cannot_leave=delivery.what_cannot_leave, works=delivery.works)
    jinja.globals.update(template_filters.GLOBALS, now=clock.now, today=clock.today)
    jinja.globals.update(base_url=settings().base_url, source_url=lambda: settings().source_url)
    jinja.globals.update(
        speaks=languages.current,
        languages_offered=languages.offered,
        suggested=None,
        own_words_on_answers=languages.how_answered,
    )
    jinja.globals.update(
        large_print=False, form=None, staff=None, flash="", path="", rest_of_query="", service=None, kept=None
    )
    for name in _MACROS:
        jinja.globals.update(_macros(jinja, name))
    return jinja


def _words(words: str, /, **facts: object) -> Markup:
    """Words of a template in the language that is spoken: those are markup, the facts in them are escaped.

    As Jinja's own, which takes ten times as long: there are sixty on a page.
    """
    if facts:
        return Markup(gettext(words)) % facts  # noqa: S704 - words of templates and catalogues
    return _words_alone(words, languages.spoken())


@lru_cache(maxsize=10_000)
def _words_alone(words: str, _language: str) -> Markup:
    return Markup(gettext(words).replace("%%", "%"))  # noqa: S704 - words of templates and catalogues


def _counted_words(one: str, many: str, num: int, /, **facts: object) -> Markup:
    said = Markup(languages.ngettext(one, many, num))  # noqa: S704 - words of templates and catalogues
    return said % ({"num": num} | facts)


def _macros(jinja: Environment, name: str) -> Mapping[str, Any]:
    module = vars(jinja.get_template(f"kit/macros/{name}").module)
    macros = {name: macro for name, macro in module.items() if not name.startswith("_")}
    # Typed, for text and markup may look alike.
    cached = lru_cache(maxsize=500, typed=True)
    return macros | {name: cached(macros[name]) for name in _CACHED_MACROS & macros.keys()}


environment = _environment()


def compile_all() -> None:
    """Compile every template where whoever serves them later may not write (an image)."""
    for name in environment.list_templates(["html"]):
        environment.get_template(name)
