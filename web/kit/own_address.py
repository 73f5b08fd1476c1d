"""Addresses of requests as the desk knows them: never with the host, which the caller makes up."""

from urllib.parse import quote

from starlette.types import Scope


def address(scope: Scope) -> str:
    """The path and query of a request. Not those of `request.url`, which believes the caller's host."""
    return _with_query(str(scope["path"]), scope)


def without_last_slash(scope: Scope) -> str:
    """The same address without the slashes at its ends: it leads nowhere else."""
    return _with_query("/" + quote(str(scope["path"]).strip("/")), scope)


def query(scope: Scope) -> str:
    """The query of a request."""
    return bytes(scope["query_string"]).decode("latin-1")


def _with_query(path: str, scope: Scope) -> str:
    return f"{path}?{query(scope)}" if query(scope) else path
