"""Metrics of this process and its siblings for Prometheus: requests by route, how long, connections.

Imported only where NAVIGATOR_METRICS_TOKEN is set. With several workers each writes files of its own in the
folder that PROMETHEUS_MULTIPROC_DIR names (`web.serve` sets it), and whoever is asked adds them up.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from navigator import database, monitoring

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
"""Any other is counted as one: whoever asks can name what they like."""

_OWN = CollectorRegistry()
_requests = Counter(
    "navigator_requests",
    "Requests by method, route and class of status",
    ("method", "route", "status"),
    registry=_OWN,
)
_seconds = Histogram(
    "navigator_request_seconds",
    "How long requests took, by route",
    ("route",),
    buckets=BUCKETS,
    registry=_OWN,
)
_connections = Gauge(
    "navigator_pool_connections",
    "Connections of the pools to the database that are in use",
    ("pool",),
    registry=_OWN,
    multiprocess_mode="livesum",
)

_pool_sizes = Gauge(
    "navigator_pool_size",
    "Connections that the pools can have",
    ("pool",),
    registry=_OWN,
    multiprocess_mode="livesum",
)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request that was answered."""
    known = method if method in METHODS else "other"
    _requests.labels(known, route, f"{status // 100}xx").inc()
    _seconds.labels(route).observe(seconds)


def note_pools() -> None:
    """Note how many connections of this process are in use."""
    for pool, (in_use, most) in database.connections_in_use().items():
        _connections.labels(pool).set(in_use)
        _pool_sizes.labels(pool).set(most)


class _OfDatabase(Collector):
    """What all processes share: asked when somebody asks."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The figures of `navigator.monitoring`."""
        for gauge in monitoring.gauges():
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=[gauge.label] if gauge.label else [])
            for value, number in gauge.values.items():
                family.add_metric([value] if gauge.label else [], number)
            yield family


def exposition() -> bytes:
    """All metrics in Prometheus's text format."""
    note_pools()
    if folder := os.environ.get(FOLDER):
        _bury(Path(folder))
        processes = CollectorRegistry()
        MultiProcessCollector(processes)  # type: ignore[no-untyped-call]
    else:
        processes = _OWN
    shared = CollectorRegistry()
    shared.register(_OfDatabase())
    return generate_latest(processes) + generate_latest(shared)


def _bury(folder: Path) -> None:
    """Take away the figures of now of processes that are gone; what these counted stays."""
    for pid in {file.stem.rpartition("_")[2] for file in folder.glob("gauge_live*.db")}:
        if not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
