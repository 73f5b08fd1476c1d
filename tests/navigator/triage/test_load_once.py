"""Two that ask at the same time for something large get one thing, loaded once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

from navigator.triage.load_once import load_once


def test_two_threads_that_ask_together_load_once() -> None:
    """The first report after a start loaded the encoder and the models beside the warm-up: both were kept."""
    loads, together = list[str](), Barrier(2)

    @load_once
    def load(name: str) -> object:
        loads.append(name)
        sleep(0.02)
        return object()

    def ask(_: int) -> object:
        together.wait()
        return load("the encoder")

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(ask, range(2))
    assert first is second
    assert loads == ["the encoder"]
