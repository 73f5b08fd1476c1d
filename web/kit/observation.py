"""What watches requests of a served desk: metrics where a token is set, traces where a collector is."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from starlette.datastructures import Headers
from starlette.types import Scope

from navigator import clock
from navigator.settings import settings
from web.kit import tracing
from web.kit.request_log import Observer, observed_by

POOLS_EVERY_SECONDS = 5.0


@contextmanager
def observing() -> Iterator[None]:
    """Watch requests as the settings and the environment say; nothing is imported for what is not set."""
    with ExitStack() as stack:
        if settings().metrics_token.get_secret_value():
            stack.enter_context(_measured())
        if tracing.is_asked_for():
            stack.enter_context(_traced())
        yield


@contextmanager
def _measured() -> Iterator[None]:
    from navigator.interval_timer import IntervalTimer
    from web.kit import request_metrics

    def observe(scope: Scope, route: str, status: int, seconds: float) -> None:
        request_metrics.observe(scope["method"], route, status, seconds)

    timer = IntervalTimer(1)
    timer.every(POOLS_EVERY_SECONDS, request_metrics.note_pools)
    timer.start()
    with observed_by(observe):
        yield
    timer.stop()


@contextmanager
def _traced() -> Iterator[None]:
    if (started := tracing.start()) is None:
        yield
        return
    make_span, stop = started

    def observe(scope: Scope, route: str, status: int, seconds: float) -> None:
        ended = int(clock.machine_time().timestamp() * 1e9)
        times = ended - int(seconds * 1e9), ended
        make_span(scope["method"], route, status, times, Headers(scope=scope))

    observers: tuple[Observer, ...] = (observe,)
    with observed_by(*observers):
        yield
    stop()
