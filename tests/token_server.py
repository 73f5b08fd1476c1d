"""A token service for tests: client credentials (RFC 6749) and introspection (RFC 7662), on loopback."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

from tests.loopback_server import served

SECRET = "Sunny-42-canary"


@dataclass
class TokenServer:
    """What it was asked, and the token that it gives."""

    user: str
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    token: str = "a-token-of-an-hour"

    @property
    def token_url(self) -> str:
        """Where a token is asked for."""
        return f"{self.url}/token"

    @property
    def introspection_url(self) -> str:
        """Where a mail server asks whose a token is."""
        return f"{self.url}/introspect"


@contextmanager
def token_server(user: str) -> Iterator[TokenServer]:
    """Serve tokens for one mailbox user, for one secret."""
    found = TokenServer(user)

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            if self.path == "/token":
                found.asked.append(form)
                is_right = form.get("client_secret") == SECRET
                answer = {"access_token": found.token, "token_type": "Bearer", "expires_in": 3599}
                self._say(200 if is_right else 401, answer if is_right else {"error": "invalid_client"})
                return
            is_ours = form.get("token") == found.token
            self._say(200, {"active": is_ours, "username": found.user})

        def _say(self, status: int, words: dict[str, object]) -> None:
            content = json.dumps(words).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with served(Door) as found.url:
        yield found
