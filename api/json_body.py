"""Bodies of requests in JSON, made fit before they are read: UTF-8 without half signs, within limits."""

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem_response

_HIGH, _LOW, _HALF = (rf"\\u[dD][{second}][0-9a-fA-F]{{2}}" for second in ("89abAB", "c-fC-F", "89a-fA-F"))
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*+\"?", re.DOTALL)
MAX_DEPTH = 20
MAX_DIGITS = 100
_LONG_NUMBER = re.compile(rf"[-+.0-9eE]{{{MAX_DIGITS + 1}}}")
_ESCAPE = re.compile(rf"{_HIGH}{_LOW}|(?P<half>{_HALF})|\\.", re.DOTALL)


class JsonBody:
    """Middleware that puts a question mark where a body holds half of a sign, and drops NUL.

    Python reads both, but no database or page can hold them, and no message can quote them. A body comes here
    in one piece, because it was read whole.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with a body of whole signs, or refuse it."""
        if "files" in scope:  # a form, and no JSON
            await self.app(scope, receive, send)
            return
        message = await receive() if scope["type"] == "http" else {}
        body = whole_signs(message.get("body", b""))
        if problem := _problem(body):
            await problem_response(400, detail=problem)(scope, receive, send)
            return
        is_given = False

        async def receive_fit() -> Message:
            nonlocal is_given
            if is_given or not message:
                return await receive()
            is_given = True
            return {**message, "body": body.encode()} if body else message

        await self.app(scope, receive_fit, send)


def whole_signs(body: bytes) -> str:
    """A JSON text in UTF-8, with nothing in it that cannot be shown."""
    # Python would guess UTF-16 by its NULs, and let half signs pass in any encoding.
    text = body.decode("utf-8", "replace").replace("\0", "")
    return _ESCAPE.sub(lambda found: "?" if found["half"] else found[0], text)


def _problem(body: str) -> str:
    """What is not read, in words; empty for anything else."""
    plain = _STRING.sub("", body)
    if _LONG_NUMBER.search(plain):
        return f"A number has at most {MAX_DIGITS} digits."
    brackets = re.sub(r"[^\[\]{}]+", "", plain)
    for _ in range(MAX_DEPTH):  # each time without the innermost
        brackets = re.sub(r"\[\]|{}", "", brackets)
    is_deep = "[]" in brackets or "{}" in brackets or len(brackets) > MAX_DEPTH
    return f"The body is nested too deep: at most {MAX_DEPTH} levels are read." if is_deep else ""
