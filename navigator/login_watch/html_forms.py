"""The forms of a page: where each leads, and what a browser would send of it if nothing were touched."""

from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser

MAX_FORMS = 50


@dataclass
class HtmlForm:
    """One form, with its fields, hidden ones included, and the name and value of its first button."""

    id: str = ""
    name: str = ""
    action: str = ""
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    button: tuple[str, str] | None = None

    def is_called(self, selector: str) -> bool:
        """Whether a recipe means this one, by "#id" or its name."""
        return self.id == selector[1:] if selector.startswith("#") else self.name == selector


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self._open: HtmlForm | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in reversed(attrs)}
        if tag == "form" and len(self.forms) < MAX_FORMS:
            self._open = HtmlForm(
                have.get("id", ""), have.get("name", ""), have.get("action", ""), have.get("method", "get")
            )
            self.forms.append(self._open)
        elif self._open is not None and tag in ("input", "button", "select", "textarea", "option"):
            self._field(self._open, tag, have)

    def _field(self, form: HtmlForm, tag: str, have: dict[str, str]) -> None:
        name, value = have.get("name", ""), have.get("value", "")
        kind = have.get("type", "submit" if tag == "button" else "text").lower()
        if tag == "option":
            if self._select and ("selected" in have or self._select not in form.fields):
                form.fields[self._select] = value
            return
        self._select = name if tag == "select" else ""
        if kind in ("submit", "image"):
            form.button = form.button or (name, value)
        elif name and kind not in ("button", "reset", "file"):
            form.names.add(name)
            is_box = kind in ("checkbox", "radio")
            if tag != "select" and (not is_box or "checked" in have):
                form.fields[name] = value or ("on" if is_box else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def forms_of(html: str) -> list[HtmlForm]:
    """Every form of a page, in their order."""
    parser = _Forms()
    with suppress(AssertionError):  # the parser stops so at "<![x["; what came before is read
        parser.feed(html)
        parser.close()
    return parser.forms


def chosen_form(forms: list[HtmlForm], selector: str, filled: set[str]) -> HtmlForm | None:
    """The form that a step means: the one it names, else the first that has each box that was filled in."""
    if selector:
        return next((form for form in forms if form.is_called(selector)), None)
    return next((form for form in forms if filled <= form.names), None)
