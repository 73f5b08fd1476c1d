"""A visitor of the pages: every page it is shown is checked, and it fills in forms as a person would."""

import re
from io import StringIO
from itertools import pairwise
from typing import Any

import html5lib  # type: ignore[import-untyped]
from httpx2 import Response
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from selectolax.lexbor import LexborNode as Node
from starlette.testclient import TestClient
from starlette.types import ASGIApp

_ERROR = ("Error: ", "Błąd: ", "غلطی: ", "ভুল: ", "Gwall: ")
"""How the title of a page begins on which something is wrong, in each language."""
_OWN_NAME = "input:not([type=hidden]), select, textarea"
_POINTERS = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "data-aria-controls")


class Visitor(TestClient):
    """A browser without scripts; it fails a test that shows it a page which breaks a rule of the house."""

    def __init__(self, app: ASGIApp, **kwargs: Any) -> None:
        super().__init__(app, headers={"sec-fetch-site": "same-origin", "accept": "text/html"}, **kwargs)
        self.page = HTMLParser("")
        self.path = "/"

    def request(self, *args: Any, **kwargs: Any) -> Response:
        """Ask for a page, and check the one that comes."""
        response = super().request(*args, **kwargs)
        is_page = response.headers.get("content-type", "").startswith("text/html")
        if is_page and response.request.method != "HEAD":
            self.page = checked(response)
            self.path = response.url.path
        return response

    def press(self, button: str, **typed: str | list[str]) -> Response:
        """Fill in the form around this button and press it; `contact__email` is the box `contact.email`."""
        pressed = next(one for one in self.page.css("form button") if one.text(strip=True) == button)
        form = _around(pressed, "form")
        fields = _as_shown(form)
        fields |= {name.replace("__", "."): value for name, value in typed.items()}
        unknown = fields.keys() - {one.attributes.get("name") for one in form.css("[name]")}
        assert not unknown, f"the form has no {unknown}"
        if name := pressed.attributes.get("name"):
            fields[name] = pressed.attributes.get("value") or ""
        to = pressed.attributes.get("formaction") or form.attributes["action"] or self.path
        if form.attributes["method"] == "get":
            return self.get(to, params=fields)
        return self.post(to, data=fields)

    def one(self, selector: str) -> Node:
        """The one thing on the page that the CSS selector finds."""
        found = self.page.css(selector)
        assert len(found) == 1, f"{len(found)} of {selector}"
        return found[0]

    @property
    def text(self) -> str:
        """The words of the page's main part, on one line."""
        main = self.page.css_first("main") or self.page.body
        return " ".join(main.text(separator=" ").split()) if main else ""

    @property
    def problems(self) -> list[str]:
        """What the error summary says."""
        return [one.text(strip=True) for one in self.page.css(".nhsuk-error-summary__list li")]


def checked(response: Response) -> HTMLParser:
    """The page of a response, after every rule that a page can break without a browser."""
    _parse_strictly(response.text)
    page = HTMLParser(response.text)
    wrong = [*_document(page), *_references(page), *_forms(page), *_policy(response, page), *_help(page)]
    assert not wrong, f"{response.url}: " + "; ".join(wrong)
    return page


def _parse_strictly(text: str) -> None:
    shape = hash(_WORDS.sub("", text))
    if shape not in _WELL_FORMED:  # many tests are shown a page of the same tags, and it takes a while
        html5lib.HTMLParser(strict=True).parse(StringIO(text))
        _WELL_FORMED.add(shape)


_WORDS = re.compile(r'"[^"]*"|(?<=>)[^<]+')
"""What stands in a page beside its tags and the names of their attributes."""
_WELL_FORMED: set[int] = set()


def _document(page: HTMLParser) -> list[str]:
    levels = [int((one.tag or "h0")[1]) for one in page.css("h1, h2, h3, h4, h5, h6")]
    title = page.css_first("title")
    found = {
        f"{levels.count(1)} h1": levels.count(1) != 1,
        f"heading levels {levels}": any(after - before > 1 for before, after in pairwise(levels)),
        "no language": not page.css("html[lang]"),
        "no title": not title or not title.text(strip=True).strip("– "),
        "no main part": len(page.css("main#maincontent")) != 1,
        '"sign in" instead of "log in"': re.search(r"\bsign(ed)? (in|out)\b", page.text(), re.I) is not None,
    }
    problem = bool(page.css(".nhsuk-error-summary"))
    found["title and error summary disagree"] = problem != (
        title is not None and title.text().startswith(_ERROR)
    )
    return [words for words, is_so in found.items() if is_so]


def _references(page: HTMLParser) -> list[str]:
    ids = [one.attributes["id"] or "" for one in page.css("[id]")]
    twice = [f"two of #{one}" for one in set(ids) if ids.count(one) > 1]
    named = [
        target
        for pointer in _POINTERS
        for one in page.css(f"[{pointer}]")
        for target in (one.attributes[pointer] or "").split()
    ]
    named += [(one.attributes["href"] or "")[1:] for one in page.css("a[href^='#']")]
    return twice + [f"nothing is #{one}" for one in sorted(set(named) - set(ids))]


def _forms(page: HTMLParser) -> list[str]:
    found = [
        f"form {one.attributes}"
        for one in page.css("form")
        if one.attributes.get("method") not in ("get", "post") or "action" not in one.attributes
    ]
    found += [
        f"no one-use mark in {one.attributes}"
        for one in page.css("form[method=post]")
        if not re.match(r"/(log-|report/|account/log-|search$|help(/|$))", one.attributes.get("action") or "")
        and not one.css("input[type=hidden][name=once]")
    ]
    labels = {one.attributes.get("for") for one in page.css("label") if one.text(strip=True)}
    nameless = [
        one
        for one in page.css(_OWN_NAME)
        if one.attributes.get("id") not in labels
        and not one.attributes.keys() & {"aria-label", "aria-labelledby"}
    ]
    return found + [f"no label for {one.attributes}" for one in nameless]


def _policy(response: Response, page: HTMLParser) -> list[str]:
    policy = response.headers.get("content-security-policy", "")
    found = [] if "default-src 'none'" in policy and "unsafe" not in policy else ["no strict content policy"]
    if response.headers.get("x-content-type-options") != "nosniff" or "cache-control" not in response.headers:
        found.append("a safe header is missing")
    found += [f"inline {one.tag}" for one in page.css("script:not([src]), style, [style]")]
    for one in page.css("*"):
        found += [f"{name} on {one.tag}" for name in one.attributes if name.startswith("on")]
    elsewhere = page.css("script[src], link[href], img[src], iframe[src], source[src], form[action]")
    for one in elsewhere:
        where = one.attributes.get("src") or one.attributes.get("href") or one.attributes.get("action") or "/"
        found += [f"asks {where}"] if not re.match(r"/(?!/)|\?|#", where) else []
    return found


def _help(page: HTMLParser) -> list[str]:
    """On a patient's page help in a crisis stands in the footer, and before any free text."""
    if page.css("body.desk-staff"):
        return []
    found = (
        [] if page.css("footer .desk-footer-crisis a[href='tel:999']") else ["no urgent help in the footer"]
    )
    order = [one.tag for one in page.css("main textarea, main .desk-crisis")]
    return found + (["free text before the crisis card"] if order[:1] == ["textarea"] else [])


def _around(node: Node, tag: str) -> Node:
    while node.tag != tag:
        assert node.parent, f"not in a {tag}"
        node = node.parent
    return node


def _as_shown(form: Node) -> dict[str, Any]:
    """What a browser would send if nothing were touched."""
    fields: dict[str, Any] = {}
    for one in form.css(_OWN_NAME + ", input[type=hidden]"):
        have, name = one.attributes, one.attributes.get("name") or ""
        if one.tag == "textarea":
            fields[name] = one.text()
        elif one.tag == "select":
            chosen = one.css_first("option[selected]") or one.css_first("option")
            fields[name] = chosen.attributes.get("value") or "" if chosen else ""
        elif have.get("type") not in ("radio", "checkbox"):
            fields[name] = have.get("value") or ""
        elif "checked" in have:
            fields.setdefault(name, []).append(have.get("value") or "")
    return fields
