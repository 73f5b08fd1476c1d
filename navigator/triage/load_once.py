"""Loading something large once in a process, also where two threads ask for it at the same time."""

from collections.abc import Callable
from functools import _lru_cache_wrapper, cache, update_wrapper
from threading import RLock
from typing import TypeVar, cast

T = TypeVar("T")


def load_once(load: Callable[..., T]) -> "_lru_cache_wrapper[T]":
    """The same as `functools.cache`, but whoever comes second waits for the first and loads nothing."""
    lock, cached = RLock(), cache(load)

    def loaded(*arguments: str) -> T:
        with lock:
            return cached(*arguments)

    update_wrapper(loaded, load)
    loaded.cache_clear = cached.cache_clear  # type: ignore[attr-defined]
    return cast("_lru_cache_wrapper[T]", loaded)
