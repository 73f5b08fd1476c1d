"""The virus check, against a stand-in that speaks clamd's protocol; against clamd itself where one is set."""

import os
import socket
import struct
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import BinaryIO

import pytest

from navigator.attachments import virus_check
from navigator.attachments.virus_check import Infected
from navigator.settings import settings

HARMFUL = b"HARMFUL-TEST-MARK-OF-NAVIGATOR"
"""What the stand-in, and the signature of our own of a real one, finds."""


class Clamd:
    """A stand-in for clamd: PING and INSTREAM, as its manual says."""

    def __init__(self, path: Path, says: bytes = b"") -> None:
        self.says, self.path = says, path
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listening.bind(str(path))
        self.listening.listen()
        Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> "Clamd":
        return self

    def __exit__(self, *_: object) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as asked:
                connection.sendall(self.says or self._answer(asked) + b"\0")

    def _answer(self, asked: BinaryIO) -> bytes:
        command = b""
        while not command.endswith(b"\0"):
            command += asked.read(1)
        if command == b"zPING\0":
            return b"PONG"
        assert command == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", asked.read(4))[0]:
            content += asked.read(size)
        return b"stream: Own.Test FOUND" if HARMFUL in content else b"stream: OK"


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:  # a short path: that of a socket may not be long
        yield Path(folder) / "clamd"


def use(monkeypatch: pytest.MonkeyPatch, where: object) -> None:
    monkeypatch.setenv("NAVIGATOR_CLAMAV_SOCKET", str(where))
    settings.cache_clear()


def is_clean(content: bytes) -> bool:
    with BytesIO(content) as file:
        return virus_check.is_clean(file)


def test_what_is_clean_and_what_is_not(monkeypatch: pytest.MonkeyPatch, place: Path):
    use(monkeypatch, os.environ.get("REAL_CLAMD", place))
    with Clamd(place):
        assert virus_check.answers()
        assert is_clean(b"%PDF-1.4 " + bytes(3_000_000))
        with pytest.raises(Infected, match="harmful"):
            is_clean(bytes(70_000) + HARMFUL + bytes(70_000))


def test_without_a_check_nothing_is_said_to_be_clean(monkeypatch: pytest.MonkeyPatch):
    assert not is_clean(b"anything")


def test_a_check_that_does_not_answer_is_no_reason_to_lose_a_picture(
    monkeypatch: pytest.MonkeyPatch, place: Path
):
    use(monkeypatch, place)
    assert not virus_check.answers()
    assert not is_clean(b"anything")
    with Clamd(place, b"INSTREAM size limit exceeded. ERROR\0"):
        assert not is_clean(b"anything")
