"""Health checks for monitoring: whether the desk runs, and whether it can be relied on."""

from starlette.responses import JSONResponse, PlainTextResponse, Response

from web.kit.deps import Router, needs_no_database, public

router = Router(dependencies=[public])


@router.get("/healthz", dependencies=[needs_no_database])
def healthz() -> Response:
    """Liveness: the process answers."""
    return PlainTextResponse("ok")


@router.get("/readyz")
def readyz() -> Response:
    """Readiness: database, migrations, scheduler, outbox, clinical reviews; 503 when any check fails."""
    from navigator import models, readiness  # noqa: F401 - the first page does not wait for them

    checks = readiness.run_checks()
    statuses = {check.name: check.message or "ok" for check in checks}
    return JSONResponse(statuses, 200 if all(check.ok for check in checks) else 503)
