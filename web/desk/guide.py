"""The guide: one page for each role, by tasks, written in Markdown in `web/guide`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path as File
from typing import Annotated

from fastapi import Path
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.responses import Response

from navigator.people.actor import Actor
from navigator.people.user import Role
from web.kit.deps import Router, Staff
from web.kit.static_files import STATIC
from web.kit.templating import Render, redirect

router = Router(prefix="/guide")

FOLDER = File(__file__).parents[1] / "guide"
PICTURES = "guide"
"""The folder of static files with the pictures that `tests/browser/pictures.py` takes."""
WIDTH, HEIGHT = 1120, 700
"""Pixels of each picture."""

GUIDES: Mapping[str, str] = {
    "navigator": "navigators",
    "practitioner": "practitioners",
    "clinician": "clinicians",
    "manager": "managers",
    "administrator": "administrators",
}
"""For whom there is a page, by its address."""

OF_ROLES: Mapping[str, Role] = {
    "navigator": Role.NAVIGATOR,
    "clinician": Role.CLINICIAN,
    "manager": Role.MANAGER,
    "administrator": Role.ADMIN,
    "practitioner": Role.PWP,
}

GuideName = Annotated[str, Path(pattern=f"^({'|'.join(GUIDES)})$")]


@router.get("")
def own_guide(actor: Staff) -> Response:
    """The guide for what somebody is."""
    return redirect(f"/guide/{guide_of(actor)}")


@router.get("/{name}")
def guide(page: Render, actor: Staff, name: GuideName) -> Response:  # noqa: ARG001 - who asks must be staff
    """The guide for one role, and links to the others."""
    return page("desk/guide.html", name=name, guides=GUIDES, text=as_html(name))


def guide_of(actor: Actor) -> str:
    """The name of the guide for the first of somebody's roles."""
    return next((name for name, role in OF_ROLES.items() if actor.has(role)), next(iter(GUIDES)))


@cache
def as_html(name: str) -> Markup:
    """A page of the guide: our own text, so with pictures, which are static files named without a folder."""
    markdown = MarkdownIt("commonmark", {"html": False})
    tokens = markdown.parse((FOLDER / f"{name}.md").read_text())
    for token in tokens:
        for part in token.children or ():
            if part.type == "image":
                part.attrs["src"] = STATIC.url(f"{PICTURES}/{part.attrs['src']}")
                part.attrs |= {"loading": "lazy", "width": WIDTH, "height": HEIGHT}
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S704 - our own text
