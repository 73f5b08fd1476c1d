"""The web server, `python -m web.serve HOST PORT`: what `navigator serve` becomes when all is ready."""

import sys

import uvicorn

from navigator import safe_logging
from navigator.settings import settings


def serve(host: str, port: int) -> None:
    """Serve the desk until it is stopped."""
    safe_logging.configure(settings().log_level)
    uvicorn.run(
        "web.app:app",
        http="web.kit.connection:Connection",  # which gives up on whoever does not go on
        ws="none",
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,  # open streams never end by themselves
    )


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
