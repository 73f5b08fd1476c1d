"""Bodies of requests in JSON, made fit before they are read: UTF-8 without half signs."""

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HIGH, _LOW, _HALF = (rf"\\u[dD][{second}][0-9a-fA-F]{{2}}" for second in ("89abAB", "c-fC-F", "89a-fA-F"))
_ESCAPE = re.compile(rf"{_HIGH}{_LOW}|(?P<half>{_HALF})|\\.", re.DOTALL)


class JsonBody:
    """Middleware that puts the sign for "unknown" where a body holds half of a sign, and drops NUL.

    Python reads both, but no database or page can hold them, and no message can quote them. A body comes here
    in one piece, because it was read whole.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with a body of whole signs."""

        async def receive_fit() -> Message:
            message = await receive()
            return {**message, "body": whole_signs(message["body"])} if message.get("body") else message

        await self.app(scope, receive_fit, send)


def whole_signs(body: bytes) -> bytes:
    """A JSON text in UTF-8, with nothing in it that cannot be shown."""
    # Python would guess UTF-16 by its NULs, and let half signs pass in any encoding.
    text = body.decode("utf-8", "replace").replace("\0", "")
    return _ESCAPE.sub(lambda found: "\\ufffd" if found["half"] else found[0], text).encode()
