"""Jobs beside the web server: what does not begin is tried again, and leaves nothing half begun."""

from threading import Event, Thread
from typing import Any

import pytest

from navigator import scheduler
from navigator.interval_timer import IntervalTimer
from web import app


def test_jobs_that_do_not_begin_are_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """They were not: the desk served pages, sent nothing and alerted nobody, until somebody restarted it."""
    tries, begun, ready = list[int](), list[Any](), list[int]()

    def start() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise RuntimeError("can't start new thread")
        return "running"

    monkeypatch.setattr(scheduler, "start", start)
    monkeypatch.setattr(app, "_get_ready", lambda: ready.append(len(tries)))
    monkeypatch.setattr(app, "AGAIN", 0.01)
    app._begin_work(begun, Event())
    assert (len(tries), begun, ready) == (3, ["running"], [1])


def test_a_desk_that_ends_waits_for_no_further_try(monkeypatch: pytest.MonkeyPatch) -> None:
    ending, begun = Event(), list[Any]()

    def start() -> str:
        if ending.is_set():
            raise AssertionError("the desk has ended")
        ending.set()
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(scheduler, "start", start)
    monkeypatch.setattr(app, "_get_ready", lambda: None)
    app._begin_work(begun, ending)
    assert begun == []


def test_a_timer_that_cannot_begin_leaves_nothing_running(monkeypatch: pytest.MonkeyPatch) -> None:
    timer = IntervalTimer(1)

    def refuse(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(timer._thread, "start", lambda: refuse(timer._thread))
        with pytest.raises(RuntimeError):
            timer.start()
    assert not timer._scheduler.running
    timer.stop()
