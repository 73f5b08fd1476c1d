"""Jobs beside the web server: what does not begin is tried again, and leaves nothing half begun."""

import sqlite3
from threading import Event, Thread
from typing import Any

import pytest

from navigator import database, scheduler
from navigator.interval_timer import IntervalTimer
from navigator.triage import warm_up
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


def test_jobs_are_tried_again_where_the_rest_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that did not answer then left a desk that served pages and sent nothing."""
    tries, begun = list[int](), list[Any]()

    def start() -> str:
        tries.append(1)
        if len(tries) < 2:
            raise RuntimeError("can't start new thread")
        return "running"

    def fail() -> None:
        raise RuntimeError("the database does not answer")

    monkeypatch.setattr(scheduler, "start", start)
    monkeypatch.setattr(app, "_get_ready", fail)
    monkeypatch.setattr(app, "AGAIN", 0.01)
    app._begin_work(begun, Event())
    assert begun == ["running"]


def test_what_cannot_be_loaded_for_all_ends_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ended the process that loads, and with it the worker that was answering."""

    def fail() -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(warm_up, "warm_up", fail)
    monkeypatch.setattr(database, "close", fail)
    app.load_all()


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
