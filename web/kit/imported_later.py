"""An application that is imported when it is first asked, or before that in the background."""

from collections.abc import Callable, Sequence
from threading import Lock

from anyio import to_thread
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send


class ImportedLater:
    """What is mounted in the place of an application: whoever asks for it first waits for its import."""

    def __init__(self, load: Callable[[], Starlette]) -> None:
        self._load = load
        self._lock = Lock()
        self._app: Starlette | None = None

    def load(self) -> Starlette:
        """The application, imported and made ready once, in whichever thread asks first."""
        with self._lock:
            if self._app is None:
                self._app = self._load()
        return self._app

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Its routes."""
        return self.load().routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to it."""
        app = await to_thread.run_sync(self.load) if self._app is None else self._app
        await app(scope, receive, send)
