"""What every page stands on: the guard, the logbook, the error pages, the shelf and the crisis card."""

import re
from collections.abc import Iterator

import pytest
import structlog
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy.exc import OperationalError
from starlette.responses import PlainTextResponse, Response

from navigator.catalogue.crisis_card import default_crisis_card
from navigator.errors import Conflict, Forbidden, Invalid, NotFound, NotLoggedIn, TooMany, Unavailable
from navigator.settings import settings
from tests.page_visitor import Visitor
from web.app import Desk, app
from web.kit import template_filters, templating
from web.kit.error_pages import WORDS, error_page, register_error_handlers
from web.kit.file_paths import LARGEST_BODY
from web.kit.static_files import STATIC

OURS = {"sec-fetch-site": "same-origin"}
PATIENTS_PAGES = ("/", "/privacy", "/accessibility")
RAISED = {
    "invalid": Invalid("There is a problem", {"x": "Choose one."}),
    "forbidden": Forbidden("Only managers can do this."),
    "missing": NotFound("There is no such ticket."),
    "conflict": Conflict("It is closed."),
    "many": TooMany("Too many reports."),
    "unavailable": Unavailable("Northshire does not take reports yet."),
    "stranger": NotLoggedIn("Log in first."),
    "storage": OperationalError("SELECT password FROM user", {}, Exception("the secret host is down")),
    "mistake": RuntimeError("secret"),
}


def troubled() -> Desk:
    desk = Desk()
    register_error_handlers(desk)

    @desk.get("/fails/{how}")
    @desk.post("/fails/{how}")
    def fails(how: str) -> Response:
        raise RAISED[how]

    @desk.get("/number/{number}")
    def number(number: int) -> Response:
        return PlainTextResponse(str(number))

    @desk.get("/go")
    def go() -> Response:
        return templating.redirect("/")

    @desk.post("/take")
    def take() -> Response:
        return PlainTextResponse("taken")

    desk.mount("/static", STATIC)
    return desk


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with Visitor(troubled(), raise_server_exceptions=False) as visitor:
        yield visitor


@pytest.fixture
def desk() -> Visitor:
    return Visitor(app)


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, False),
        ({"origin": "http://testserver"}, True),
        ({"origin": "http://127.0.0.1:8000"}, True),  # what the settings say that people reach the desk at
        ({"origin": "http://testserver:80"}, True),
        ({"origin": "https://testserver"}, False),  # another scheme, and so another origin
        ({"origin": "http://testserver:8000"}, False),  # another port
        ({"origin": "http://127.0.0.1"}, False),
        ({"origin": "http://testserver:port"}, False),
        ({"origin": "http://testserver.evil.example"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({}, False),
    ],
)
def test_only_our_own_pages_can_change_anything(visitor: Visitor, headers: dict[str, str], passes: bool):
    del visitor.headers["sec-fetch-site"]
    assert visitor.post("/take", headers=headers).status_code == (200 if passes else 403)


def test_behind_a_proxy_that_speaks_https_our_own_pages_are_those_of_https(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("NAVIGATOR_BASE_URL", "https://desk.example")
    settings.cache_clear()
    del visitor.headers["sec-fetch-site"]
    for origin, status in {
        "https://desk.example": 200,
        "https://testserver": 200,  # another name of the same desk, as the browser asked for it
        "http://desk.example": 403,
        "http://testserver": 403,
        "https://desk.example:8443": 403,
    }.items():
        assert visitor.post("/take", headers={"origin": origin}).status_code == status, origin


def test_other_sites_can_link_to_us(visitor: Visitor):
    assert visitor.get("/number/1", headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_a_program_without_a_browser_is_let_through_to_the_api_alone(visitor: Visitor):
    del visitor.headers["sec-fetch-site"]
    answer = visitor.post("/api/v1/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    answer = visitor.post("/api/v1/nothing", headers={"origin": "http://evil.example"})
    assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden")


@pytest.mark.parametrize(
    "path", ["/number/1", "/nothing", "/go", "/fails/mistake", "/fails/storage", "/static/x/nothing"]
)
def test_every_answer_wears_the_safe_headers(visitor: Visitor, path: str):
    """T14 of the peers."""
    headers = visitor.get(path, follow_redirects=False).headers
    assert headers["content-security-policy"].startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'"
    )
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert "strict-transport-security" not in headers


def test_a_refusal_of_the_guard_wears_them_too(visitor: Visitor):
    answer = visitor.post("/take", headers={"sec-fetch-site": "cross-site"})
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_browsers_are_told_to_stay_with_https_once_they_came_by_it():
    with Visitor(troubled(), base_url="https://testserver") as visitor:
        assert visitor.get("/number/1").headers["strict-transport-security"] == "max-age=31536000"


def test_they_are_told_so_behind_a_proxy_that_speaks_https_for_us(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("NAVIGATOR_BASE_URL", "https://desk.example")
    settings.cache_clear()
    assert visitor.get("/number/1").headers["strict-transport-security"] == "max-age=31536000"


def test_only_pages_for_everyone_may_be_kept_and_found(desk: Visitor):
    for path in PATIENTS_PAGES:
        headers = desk.get(path).headers
        assert (headers["cache-control"], headers["x-robots-tag"]) == ("no-cache", "all")


def test_too_large_a_body_is_refused_with_a_page_before_it_is_read(visitor: Visitor):
    assert visitor.post("/take", content=b"x" * LARGEST_BODY).status_code == 200
    assert visitor.post("/take", content=b"x" * (LARGEST_BODY + 1)).status_code == 413
    assert "too much" in visitor.text


def test_the_logbook_leaves_out_tokens_and_queries(visitor: Visitor):
    token = "aB3-_xYz" * 4
    with structlog.testing.capture_logs() as written:
        visitor.get(f"/of/{token}", params={"name": "Alex"})
        visitor.get(f"/of/{token}/messages")
        visitor.get(f"/t/{token}/no-such-page")
        visitor.get("/accessibility-of-these-pages")
    assert [line["path"] for line in written] == ["(no page)"] * 4
    assert token not in str(written)
    assert "Alex" not in str(written)
    assert {line["status"] for line in written} == {404}


@pytest.mark.parametrize(
    ("how", "status", "says"),
    [
        ("invalid", 422, "Choose one."),
        ("forbidden", 403, "Only managers can do this."),
        ("missing", 404, "There is no such ticket."),
        ("conflict", 409, "It is closed."),
        ("many", 429, "Too many reports."),
        ("unavailable", 503, "Northshire does not take reports yet."),
        ("storage", 503, "116 123"),
        ("mistake", 500, "It is our mistake"),
    ],
)
def test_each_refusal_is_a_page_that_says_what_to_do(visitor: Visitor, how: str, status: int, says: str):
    answer = visitor.get(f"/fails/{how}")
    assert answer.status_code == status
    assert says in visitor.text
    assert WORDS[status][1] in visitor.text
    assert not re.search("secret|password|Traceback|Error", answer.text)


@pytest.mark.parametrize("status", [404, 500, 503])
def test_staff_are_told_so_in_the_frame_that_they_know(status: int):
    """They were shown the header of patients and their first page, and told to phone a practitioner."""

    def page(path: str) -> LexborHTMLParser:
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
        return LexborHTMLParser(bytes(error_page(scope, status).body).decode())

    of_staff = page("/tickets/1")
    assert of_staff.css_first("body.desk-staff")
    assert {"/home"} == {link.attributes["href"] for link in of_staff.css("main a")}
    assert not re.search("116 123|practitioner|your service", of_staff.css("main")[0].text())
    assert not page("/report/words").css("body.desk-staff")


def test_a_mistake_of_ours_has_a_code_that_stands_in_the_logbook(visitor: Visitor):
    """T21 of the peers."""
    with structlog.testing.capture_logs() as written:
        visitor.get("/fails/mistake")
    assert written[-1]["code"] in visitor.text
    assert written[-1]["status"] == 500


def test_storage_that_is_down_is_logged_without_what_it_held(visitor: Visitor):
    with structlog.testing.capture_logs() as written:
        visitor.get("/fails/storage")
    assert written[0]["log_level"] == "error"
    assert "password" not in str(written)


def test_who_is_not_logged_in_is_asked_to(visitor: Visitor):
    answer = visitor.get("/fails/stranger", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/log-in?next=%2Ffails%2Fstranger")
    assert visitor.post("/fails/stranger").status_code == 401


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/number/x", 404), ("/take", 405)])
def test_an_address_that_leads_nowhere_has_a_page(visitor: Visitor, path: str, status: int):
    assert visitor.get(path).status_code == status


def test_a_file_is_kept_for_as_long_as_its_address_is_good(visitor: Visitor):
    answer = visitor.get(STATIC.url("desk.css"))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    assert (answer.headers["content-encoding"], answer.content) == ("gzip", STATIC.files["desk.css"])
    plain = visitor.get(STATIC.url("desk.css"), headers={"accept-encoding": "identity"})
    assert (plain.headers.get("content-encoding"), plain.content) == (None, STATIC.files["desk.css"])
    assert visitor.get("/static/before/desk.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["../app.py", "%2e%2e/app.py", "nhsuk", "", "/etc/passwd"])
def test_nothing_else_lies_on_the_shelf(visitor: Visitor, name: str):
    assert visitor.get(f"{STATIC.address}/{name}").status_code == 404


def test_no_file_asks_another_site_or_names_a_file_that_is_not_there():
    for name, body in STATIC.files.items():
        if name.endswith((".css", ".js")):
            text = body.decode().replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?:|sourceMappingURL|Frutiger|@import", text), name
            for file in re.findall(r"url\(([^)]+)\)", text):
                folder = name.rpartition("/")[0]
                assert f"{folder}/{file}".lstrip("/") in STATIC.files


def test_the_pages_of_everyone_are_short_and_plain(desk: Visitor):
    for path in PATIENTS_PAGES:
        desk.get(path)
        words = " ".join(
            one.text(separator=" ") + "." for one in desk.page.css("main :is(h1, h2, p, li, dd)")
        )
        long = [said for said in re.split(r"[.!?:]\s", words) if len(said.split()) > 20]
        assert not long, long


def test_what_only_a_service_knows_is_not_made_up(desk: Visitor):
    desk.get("/privacy")
    assert desk.text.count("Your service will tell you") == 3


def test_the_printed_card_has_the_numbers_that_were_checked_and_says_that_nobody_reviewed_it():
    card = default_crisis_card()
    called = [line.get("call") or line["text"] for line in card.lines]
    assert called == ["999", "111", "116 123", "85258", "18001 111"]
    assert "A&E" in card.lines[0]["do"]
    assert "mental health option" in card.lines[1]["do"]
    assert "SHOUT" in card.lines[3]["do"]
    assert not any("text" in line and "amaritans" in str(line) for line in card.lines)
    assert (card.reviewed, card.owner, card.review_on) == (False, "", None)


def test_the_card_can_be_dialled_from_every_page(desk: Visitor):
    for path in (*PATIENTS_PAGES, "/nothing"):
        desk.get(path)
        dialled = [one.attributes["href"] for one in desk.page.css("footer .desk-number")]
        assert dialled == ["tel:999", "tel:111", "tel:116123", "sms:85258", "tel:18001111"]


def test_staff_see_where_they_are_and_what_is_failing():
    links = (
        templating.Link("Queue", "/desk", 3),
        templating.Link("Tickets", "/desk/tickets"),
        templating.Link("People", "/people"),
    )
    blocks = "{% block title %}x{% endblock %}{% block content %}<h1>x</h1>{% endblock %}"
    shown = templating.environment.from_string('{% extends "kit/staff.html" %}' + blocks).render(
        staff=templating.StaffBar("Sam", links, alarm="Mail is not sent"), path="/desk/tickets/7"
    )
    assert set(re.findall(r'href="([^"]+)" aria-current', shown)) == {"/desk/tickets"}
    assert "Mail is not sent" in shown
    assert '<span class="desk-count">3<span class="nhsuk-u-visually-hidden"> unread</span></span>' in shown


def test_times_in_tables_are_short_and_can_be_read_by_machines(moment):
    at = moment.replace(month=4, day=7, hour=8, minute=5)
    assert template_filters.short(at) == "7 Apr, 09:05"
    assert template_filters.short(at.replace(year=2027)) == "7 Apr 2027, 09:05"
    assert (
        template_filters.time_tag(at, "short")
        == '<time datetime="2026-04-07T08:05+00:00">7 Apr, 09:05</time>'
    )


def test_what_was_typed_is_never_markup():
    """T14 of the peers."""
    said = template_filters.paragraphs("<script>x</script>\nnext line\n\nnext part")
    assert said == "<p>&lt;script&gt;x&lt;/script&gt;<br>next line</p><p>next part</p>"


def test_the_address_of_the_desk_decides_whether_cookies_need_https(monkeypatch: pytest.MonkeyPatch):
    assert templating.redirect("/", "Saved").headers["set-cookie"].startswith("desk_flash=")
    monkeypatch.setenv("NAVIGATOR_BASE_URL", "https://desk.example")
    settings.cache_clear()
    kept = templating.redirect("/", "Saved").headers["set-cookie"]
    assert kept.startswith("__Host-desk_flash=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(kept.split("; "))
    assert "Domain" not in kept


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "https://testserver"])
def test_a_message_is_shown_once(monkeypatch: pytest.MonkeyPatch, address: str):
    monkeypatch.setenv("NAVIGATOR_BASE_URL", address)
    settings.cache_clear()
    desk = Desk()

    @desk.get("/go")
    def go() -> Response:
        return templating.redirect("/shown", "Saved it")

    @desk.get("/shown")
    def shown(page: templating.Render) -> Response:
        return page("auth/link_expired.html")

    visitor = Visitor(desk, base_url=address)
    visitor.get("/go")
    assert "Saved it" in visitor.text
    visitor.get("/shown")
    assert "Saved it" not in visitor.text


@pytest.mark.parametrize("path", ["/number/1", "/go", "/nothing", "/fails/missing", STATIC.url("desk.css")])
def test_whoever_asks_for_the_head_alone_gets_that_of_the_page(visitor: Visitor, path: str):
    whole, head = (ask(path, follow_redirects=False) for ask in (visitor.get, visitor.head))
    assert head.content == b""
    assert head.status_code == whole.status_code
    assert head.headers == whole.headers


def test_the_head_of_what_can_only_be_sent_is_refused_as_the_page_is(visitor: Visitor):
    assert visitor.head("/take").status_code == 405


def test_the_source_code_is_linked_where_somebody_says_where_it_is(
    desk: Visitor, monkeypatch: pytest.MonkeyPatch
):
    desk.get("/privacy")
    assert "Source code" not in desk.page.text()
    monkeypatch.setenv("NAVIGATOR_SOURCE_URL", "https://code.example/desk")
    settings.cache_clear()
    for path in ("/privacy", "/log-in"):
        desk.get(path)
        assert desk.one("footer a[href='https://code.example/desk']").text() == "Source code"
    monkeypatch.setenv("NAVIGATOR_SOURCE_URL", "javascript:alert(1)")
    settings.cache_clear()
    with pytest.raises(ValueError, match="source_url"):
        settings()


def test_a_large_page_is_compressed_for_whoever_can_read_that(desk: Visitor):
    packed = desk.get("/", headers={"accept-encoding": "gzip"})
    plain = desk.get("/", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    for answer in (packed, plain):
        assert "accept-encoding" in answer.headers["vary"].lower()
    assert "content-encoding" not in desk.get("/healthz", headers={"accept-encoding": "gzip"}).headers


def test_a_request_to_two_hosts_is_refused(visitor: Visitor):
    assert visitor.get("/number/1", headers=[("host", "testserver")]).status_code == 200
    twice = [("host", "testserver"), ("host", "evil.example")]
    assert visitor.get("/number/1", headers=twice).status_code == 400
