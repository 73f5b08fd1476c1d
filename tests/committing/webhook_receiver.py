"""Another system that webhooks call: an HTTPS server in a process of its own, which checks signatures."""

import json
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

HELD = 120
"""Seconds for which an answer is held back: longer than whoever waits."""


class Receiver(BaseHTTPRequestHandler):
    """Answers by path, and writes down each call that it could believe."""

    log: Path
    secret: str

    def do_POST(self) -> None:
        """Check a call, write it down and answer as the path says."""
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            Webhook(self.secret).verify(body, dict(self.headers))
        except WebhookVerificationError:
            self._answer(401)
            return
        with self.log.open("a") as log:
            line = {"path": self.path, "id": self.headers["webhook-id"], "body": json.loads(body)}
            log.write(json.dumps(line) + "\n")
        if self.path == "/held" and self.log.read_text().count('"/held"') == 1:
            time.sleep(HELD)
        if self.path == "/slow":
            time.sleep(8)
        self._answer({"/gone": 410, "/moved": 302}.get(self.path, 200))

    def _answer(self, status: int) -> None:
        self.send_response(status)
        if status == 302:
            self.send_header("location", "/ok")
        self.end_headers()
        self.wfile.write(b"x" * (1_000_000 if self.path == "/long" else 2))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve(port: int, certificate: str, log: str, secret: str) -> None:
    """Serve until killed."""
    Receiver.log, Receiver.secret = Path(log), secret
    server = ThreadingHTTPServer(("127.0.0.1", port), Receiver)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), *sys.argv[2:5])
