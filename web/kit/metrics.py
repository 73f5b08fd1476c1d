"""`/metrics` for Prometheus: nothing is there until a token is set, and nothing is measured."""

from hmac import compare_digest
from typing import Annotated

from fastapi import Depends, Header
from starlette.exceptions import HTTPException
from starlette.responses import Response

from navigator.settings import settings
from web.kit.deps import Router

TEXT = "text/plain; version=1.0.0; charset=utf-8"


class Monitoring:
    """The audience of metrics: whoever has the token that is set for it."""

    audience = "monitoring"

    async def __call__(self, authorization: Annotated[str, Header()] = "") -> None:
        """Let a monitoring system in."""
        token = settings().metrics_token.get_secret_value()
        if not token:
            raise HTTPException(404)
        if not compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, headers={"www-authenticate": "Bearer"})


router = Router(dependencies=[Depends(Monitoring())])


@router.get("/metrics")
def metrics() -> Response:
    """What is measured, in Prometheus's text format."""
    import navigator.models  # noqa: F401 - the first page does not wait for them
    from web.kit import request_metrics  # 3 MB, that a desk without metrics does not pay

    return Response(request_metrics.exposition(), media_type=TEXT)
