"""The API’s OpenAPI document as its page shows it: groups of operations, what each takes and answers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
Piece = tuple[str, str]
"""Some words of a type, and the name of the shape that they lead to, or nothing."""

_JSON, _REF = "application/json", "#/components/schemas/"
_PROBLEM = "ProblemDetails"
_KINDS = {
    "integer": "number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
}
_FORMATS = {"date": "day (2027-03-31)", "date-time": "time (UTC)", "binary": "file"}
_SHARED_STATUSES = frozenset({"400", "408", "413", "415", "422", "500", "503"})
"""Any call may be answered so: the first page says it once."""


@dataclass(frozen=True)
class Value:
    """A field of a body or an answer, or a parameter: its type, whether it is needed, what it means."""

    name: str
    kind: tuple[Piece, ...]
    is_needed: bool
    about: str
    place: str = ""


@dataclass(frozen=True)
class Shape:
    """A named kind of body or answer."""

    name: str
    about: str
    fields: tuple[Value, ...]


@dataclass(frozen=True)
class Reply:
    """An answer of an operation: its status, and what it holds."""

    status: str
    words: str
    kind: tuple[Piece, ...]


@dataclass(frozen=True)
class Operation:
    """One operation: how it is called, by whom, and what comes of it."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    audience: str
    parameters: tuple[Value, ...]
    body: tuple[Piece, ...]
    example: str
    replies: tuple[Reply, ...]

    def curl(self, base_url: str) -> str:
        """A call as it is typed."""
        path = self.path.replace("{number}", "DN-000123").replace("{id}", "1")
        method = "" if self.method == "GET" else f"-X {self.method} "
        words = [f"curl {method}{base_url}/api/v1{path}"]
        if self.audience != "everybody":
            words.append("-H 'Authorization: Bearer ndk_YOUR_KEY'")
        if self.example:
            quoted = self.example.replace("'", "'\\''")
            words += ["-H 'Content-Type: application/json'", f"-d '{quoted}'"]
        return " \\\n  ".join(words)

    def is_about(self, sought: str) -> bool:
        """Whether all words that somebody looks for are in what it is called."""
        heard = (
            f"{self.method} {self.path} {self.summary} {self.id.replace('_', ' ')} {self.about}".casefold()
        )
        return all(word in heard for word in sought.casefold().split())


@dataclass(frozen=True)
class Group:
    """Operations that belong together, with every shape that they name."""

    name: str
    about: str
    operations: tuple[Operation, ...]
    shapes: tuple[Shape, ...]

    @property
    def slug(self) -> str:
        """Its name in an address."""
        return self.name.replace(" ", "-")


class _Read:
    """The document that was read last, and its groups: there is one, which the API makes once."""

    last: tuple[Document, tuple[Group, ...]] = ({}, ())


def groups(document: Document) -> tuple[Group, ...]:
    """All groups of the document, in its order."""
    if _Read.last[0] is not document:
        _Read.last = document, tuple(_group(document, tag) for tag in document["tags"])
    return _Read.last[1]


def _group(document: Document, tag: Mapping[str, str]) -> Group:
    own = [
        (method, path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if operation["tags"] == [tag["name"]]
    ]
    shapes = document["components"]["schemas"]
    named: dict[str, Any] = {}
    for _, _, operation in own:
        for name in _named(operation, shapes, named):
            named[name] = shapes[name]
    own_shapes = tuple(_shape(name, named[name]) for name in sorted(named) if name != _PROBLEM)
    return Group(tag["name"], tag["description"], tuple(_operation(*each) for each in own), own_shapes)


def _named(part: Any, shapes: Mapping[str, Any], known: dict[str, Any]) -> Iterator[str]:
    """The shapes that a part of the document names, and those that these name."""
    if isinstance(part, dict):
        name = str(part.get("$ref", "")).removeprefix(_REF)
        if name and name not in known:
            known[name] = shapes[name]
            yield name
            yield from _named(shapes[name], shapes, known)
        for each in part.values():
            yield from _named(each, shapes, known)
    elif isinstance(part, list):
        for each in part:
            yield from _named(each, shapes, known)


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Operation:
    content = operation.get("requestBody", {}).get("content", {})
    media: Document = content.get(_JSON) or next(iter(content.values()), {})
    example = json.dumps(media["example"], indent=2, ensure_ascii=False) if "example" in media else ""
    replies = operation["responses"].items()
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        about=operation["description"],
        audience=operation.get("x-audience", ""),
        parameters=tuple(map(_parameter, operation.get("parameters", ()))),
        body=kind_of(media["schema"]) if "schema" in media else (),
        example=example,
        replies=tuple(_reply(*each) for each in replies if each[0] not in _SHARED_STATUSES),
    )


def _parameter(parameter: Mapping[str, Any]) -> Value:
    about = parameter.get("description") or parameter["schema"].get("description", "")
    is_needed = parameter.get("required", False)
    return Value(parameter["name"], kind_of(parameter["schema"]), is_needed, about, parameter["in"])


def _reply(status: str, response: Mapping[str, Any]) -> Reply:
    is_good = status < "400"
    media: Document = next(iter(response.get("content", {}).values()), {})
    schema = media.get("schema", {})
    words = "Done" if is_good else response["description"]
    return Reply(status, words, kind_of(schema) if is_good and schema else ())


def _shape(name: str, schema: Mapping[str, Any]) -> Shape:
    needed = schema.get("required", ())
    fields = tuple(
        Value(field, kind_of(each), field in needed, each.get("description", ""))
        for field, each in schema.get("properties", {}).items()
    )
    about = schema.get("description", "")
    if not fields:
        about = f"{about} {''.join(words for words, _ in kind_of(schema))}".strip()
    return Shape(name, about, fields)


def kind_of(schema: Mapping[str, Any]) -> tuple[Piece, ...]:
    """A schema in words, with links to the shapes that it names."""
    if name := str(schema.get("$ref", "")).removeprefix(_REF):
        return ((name, name),)
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        kinds = list(dict.fromkeys(kind_of(choice) for choice in choices))
        return sum((kinds[:1] + [((" or ", ""), *kind) for kind in kinds[1:]]), ())
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return ((f"one of: {', '.join(map(str, values))}", ""),)
    if schema.get("type") == "array":
        return (("list of ", ""), *kind_of(schema.get("items", {})))
    return ((_plain(schema), ""),)


def _plain(schema: Mapping[str, Any]) -> str:
    kind = str(schema.get("type", "anything"))
    if kind != "string":
        return _KINDS.get(kind, kind)
    longest = schema.get("maxLength")
    return _FORMATS.get(schema.get("format", "")) or (
        "text" + (f" up to {longest:,} characters" if longest else "")
    )
