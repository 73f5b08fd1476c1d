"""The page of the API that a person can read, drawn from its OpenAPI document: nothing from elsewhere."""

from typing import Any

from starlette.responses import Response

from navigator.errors import NotFound
from navigator.settings import settings
from web.kit.api_reference import Document, Group, Operation, groups
from web.kit.deps import Router, in_english, needs_no_database, public
from web.kit.forms import ReadForm
from web.kit.templating import PageRenderer, Render

router = Router(prefix="/api/v1/docs", dependencies=[public, in_english, needs_no_database])


@router.get("")
def index(page: Render, form: ReadForm) -> Response:
    """How the API is used, and all that it can do, or what of it was looked for."""
    document, sought = _document(page), form.value("find").strip()[:100]
    shown: dict[str, Any] = {"found": _found(document, sought), "sought": sought, "form": form}
    return page("kit/api_docs.html", document=document, **shown)


def _found(document: Document, sought: str) -> list[tuple[Group, list[Operation]]]:
    """The groups with those of their operations that are called so; without any a group is left out."""
    found = [
        (group, [each for each in group.operations if each.is_about(sought)]) for group in groups(document)
    ]
    return [pair for pair in found if pair[1]]


@router.get("/{group}")
def one_group(page: Render, group: str) -> Response:
    """One group of operations, with all that each takes and answers."""
    every = groups(_document(page))
    found = next((each for each in every if each.slug == group), None)
    if found is None:
        raise NotFound("We cannot find that.")
    return page("kit/api_group.html", group=found, groups=every, desk=settings().base_url.rstrip("/"))


def _document(page: PageRenderer) -> Document:
    document: Document = page.request.app.state.api_document()
    return document
