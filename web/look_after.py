"""Looking after workers: another begins where one ends or falls silent, and all end in the end.

`workers` becomes this program when it has forked them. It imports nothing of the desk: it is to be small.
"""

import json
import os
import select
import signal
import sys
from time import monotonic
from typing import Any

ENDED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COULD_NOT_BEGIN = 3
"""How a worker ends that could not begin to serve, as uvicorn says it: no other could."""
PATIENCE = 60.0
"""Seconds within which a worker says that it lives: it is not ended for being busy."""
SERVES = b"s"
"""What a worker says that serves; one that does not yet says something else."""
_LOOKS_EVERY = 0.5
_WAS_PAUSED = 5.0
"""Seconds without a look after which this program stood still, and its workers may have too."""
_LAST_WORDS = 5.0
"""Seconds that the first worker has when all are ended: as long as the others."""


class Workers:
    """Workers of one socket, by their numbers, each with the pipe through which it says that it lives.

    The `first` one serves until all of them do, or is 0.
    """

    def __init__(self, listening: int, pipes: dict[int, int], first: int, again: list[str]) -> None:
        self.listening, self.pipes, self.first, self.again = listening, pipes, first, again
        self.heard_at = dict.fromkeys(pipes, monotonic())
        self.serving: set[int] = set()
        self.looked_at = monotonic()
        self.is_ending = False
        self.ends_at = float("inf")
        self.code = 0
        for inherited in (listening, *pipes.values()):
            os.set_inheritable(inherited, False)

    def end(self, *_: Any) -> None:
        """End all of them."""
        if not self.is_ending:
            self.is_ending, self.ends_at = True, monotonic() + _LAST_WORDS
        for worker in (*self.pipes, self.first):
            _send(worker, signal.SIGTERM)

    def look_after(self) -> int:
        """Go on until all have ended; how this program ends then."""
        while self.pipes or self.first:
            self._hear()
            while ended := _ended():
                self._note_end(*ended)
        return self.code

    def _hear(self) -> None:
        by_pipe = {pipe: worker for worker, pipe in self.pipes.items()}
        for pipe in select.select(list(by_pipe), [], [], _LOOKS_EVERY)[0]:
            self._heard(by_pipe[pipe], os.read(pipe, 1000))
        self._end_who_is_silent(monotonic())

    def _end_who_is_silent(self, now: float) -> None:
        if now - self.looked_at > _WAS_PAUSED:  # a whole container or terminal was: nobody could say anything
            self.heard_at = dict.fromkeys(self.heard_at, now)
        self.looked_at = now
        for worker, heard_at in self.heard_at.items():
            if now - heard_at > PATIENCE:
                _send(worker, signal.SIGKILL)
        if now > self.ends_at:
            _send(self.first, signal.SIGKILL)

    def _heard(self, worker: int, said: bytes) -> None:
        if said:
            self.heard_at[worker] = monotonic()
        if SERVES in said:
            self.serving.add(worker)
            if self.serving >= self.pipes.keys():
                _send(self.first, signal.SIGTERM)

    def _note_end(self, worker: int, code: int) -> None:
        if worker == self.first:
            self.first = 0
        elif worker in self.pipes:
            os.close(self.pipes.pop(worker))
            del self.heard_at[worker]
            self.serving.discard(worker)
            if code == COULD_NOT_BEGIN and not self.is_ending:
                self.code = code
                self.end()
            if not self.is_ending:
                self._begin_another()

    def _begin_another(self) -> None:
        pipe, beat = os.pipe()
        for passed_on in (self.listening, beat):
            os.set_inheritable(passed_on, True)
        words = [*self.again, str(self.listening), str(beat)]
        begun = os.posix_spawn(words[0], words, os.environ)
        os.set_inheritable(self.listening, False)
        os.close(beat)
        self.pipes[begun], self.heard_at[begun] = pipe, monotonic()
        if self.is_ending:  # since a moment
            _send(begun, signal.SIGTERM)


def heeded() -> list[signal.Signals]:
    """The signals that end all, but for those that are ignored, as `nohup` asks."""
    return [each for each in ENDED_BY if signal.getsignal(each) is not signal.SIG_IGN]


def _ended() -> tuple[int, int] | None:
    try:
        worker, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    return (worker, os.waitstatus_to_exitcode(status)) if worker else None


def _send(worker: int, number: int) -> None:
    try:
        if worker:
            os.kill(worker, number)
    except ProcessLookupError:  # it has ended, which is not noted yet
        pass


def main() -> int:
    """Look after the workers of whom a JSON object tells."""
    told = json.loads(sys.argv[1])
    pipes = {int(worker): pipe for worker, pipe in told["pipes"].items()}
    workers = Workers(told["listening"], pipes, told["first"], told["again"])
    for each in heeded():
        signal.signal(each, workers.end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDED_BY)
    return workers.look_after()


if __name__ == "__main__":
    sys.exit(main())
