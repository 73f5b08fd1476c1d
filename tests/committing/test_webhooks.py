"""Webhooks to a real HTTPS server in a process of its own, by processes that are killed in the middle."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlmodel import select

from navigator import clock, database
from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.webhook_schema import WebhookSetting
from navigator.people.actor import SYSTEM
from navigator.seal import seal
from navigator.settings import settings
from navigator.webhooks import deliver, signing
from navigator.webhooks.tables import WebhookDelivery, WebhookEndpoint
from tests.committing.processes import PATIENCE, ROOT, running
from tests.navigator.tickets.report_factory import tell
from tests.people import settle

pytestmark = pytest.mark.slow


class Elsewhere:
    """The other system: where it is, and which calls it could believe."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self.log = port, log

    def calls(self) -> list[dict[str, Any]]:
        """What it wrote down."""
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


def _certificate(file: Path) -> None:
    """A certificate for this machine alone, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))


def until(is_so: Callable[[], object]) -> None:
    """Wait for something that another process does."""
    ends_at = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends_at
        time.sleep(0.05)


@pytest.fixture
def elsewhere(committing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    clock.set_to(None)  # the receiver has the time of day
    monkeypatch.setenv("NAVIGATOR_ASKS_ITSELF", "yes")
    monkeypatch.setenv("NAVIGATOR_SECRET", "the secret of both processes")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    settings.cache_clear()
    _certificate(tmp_path / "certificate.pem")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        there = Elsewhere(free.getsockname()[1], tmp_path / "calls.jsonl")
    with database.writing() as session:
        settle(session)
        for path in ("ok", "held", "slow", "gone", "moved", "long"):
            setting = WebhookSetting(
                name=path,
                url=f"https://localhost:{there.port}/{path}",
                events=["ticket.reported"],
                is_active=False,
                owner="ada@north.example",
                review_on=date(2027, 1, 1),
            )
            apply_change(session, SYSTEM, kind_of("webhook"), ("north", path), setting)
        ids = session.exec(select(WebhookEndpoint.id)).all()
        secret = signing.make_secret(session, ids[0])
        for id in ids[1:]:  # one secret for all: the receiver knows one
            signing.make_secret(session, id)
            (row,) = signing.live_secrets(session, id)
            row.sealed = seal(secret, f"webhook {id}")
    words = [sys.executable, "-m", "tests.committing.webhook_receiver", str(there.port)]
    words += [str(tmp_path / "certificate.pem"), str(there.log), secret]
    with subprocess.Popen(words, cwd=ROOT, env=os.environ) as receiver:
        until(lambda: _listens(there.port))
        yield there
        receiver.kill()


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _tell_to(*paths: str) -> dict[str, int]:
    """Switch these endpoints on and have something happen; their ids."""
    with database.writing() as session:
        rows = {row.code: row for row in session.exec(select(WebhookEndpoint))}
        for path in paths:
            rows[path].is_active = True
        session.flush()
        tell(session)
        return {path: rows[path].id for path in paths}


def _delivery(endpoint_id: int) -> WebhookDelivery:
    with database.reading() as session:
        found = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
        return session.exec(found).one()


def test_a_real_receiver_believes_each_call_and_gets_each_once(elsewhere: Elsewhere) -> None:
    """T16 of the peers."""
    ids = _tell_to("ok", "gone", "moved", "long")
    for id in ids.values():
        deliver.deliver_to(id)
    calls = elsewhere.calls()
    assert {call["path"] for call in calls} == {"/ok", "/gone", "/moved", "/long"}
    assert len({call["id"] for call in calls}) == 4
    assert {call["body"]["type"] for call in calls} == {"ticket.reported"}
    assert _delivery(ids["ok"]).sent_at
    assert _delivery(ids["gone"]).response_status == 410
    assert _delivery(ids["moved"]).response_status == 302, "a redirect is not followed"
    assert _delivery(ids["long"]).last_error == "The answer is too long."


def test_a_process_killed_in_the_middle_loses_nothing_and_the_repeat_has_the_same_id(
    committing: str, elsewhere: Elsewhere
) -> None:
    id = _tell_to("held")["held"]
    with running("webhooks", committing) as process:
        until(elsewhere.calls)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert _delivery(id).sent_at is None
    with running("webhooks_later", committing) as process:
        process.wait(PATIENCE)
    first, second = elsewhere.calls()
    assert first == second
    assert _delivery(id).sent_at is not None


def test_a_slow_endpoint_holds_up_no_other(elsewhere: Elsewhere) -> None:
    ids = _tell_to("slow", "ok")
    assert deliver.deliver_due() == 2
    assert _delivery(ids["ok"]).sent_at is not None
    assert _delivery(ids["slow"]).sent_at is None
    _tell_to("slow", "ok")
    assert deliver.deliver_due() == 1, "the slow one is busy, the other is served"
    until(lambda: not deliver._busy)
