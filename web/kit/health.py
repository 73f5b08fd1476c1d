"""Whether the desk runs, and whether it can be relied on: for those who watch over it."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, PlainTextResponse, Response

from navigator import readiness
from web.kit.deps import public

router = APIRouter(dependencies=[public])


@router.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


@router.get("/readyz")
def readyz() -> Response:
    """Database, migrations, scheduler, letters and hand-overs: 503 when any of them is wrong."""
    checks = readiness.run_checks()
    told = {check.name: check.words or "ok" for check in checks}
    return JSONResponse(told, 200 if all(check.ok for check in checks) else 503)
