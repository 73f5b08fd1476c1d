"""The proxies of docs/proxy, run: TLS, the caller, live streams, uploads, and no secret in their logs."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from navigator import database
from navigator.people.client_ip import client_ip
from navigator.settings import settings
from tests.browser.conftest import served
from tests.cases import each_case
from tests.committing.processes import PATIENCE, ROOT
from tests.committing.test_live import Ear
from tests.free_port import free_port
from tests.navigator.tickets.report_factory import tell
from tests.people import People, settle, token_of
from web.kit import deps

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_is_enough]

EXAMPLES = ROOT / "docs" / "proxy"
NAME = "desk.example.nhs.uk"
MEGABYTE = b"x" * 1_000_000


def proxy(name: str, folder: Path, port: int, desk: str) -> list[str]:
    """The program with the example of the documentation, in which places alone are others."""
    text = (EXAMPLES / {"nginx": "nginx.conf", "caddy": "Caddyfile"}[name]).read_text()
    text = text.replace("127.0.0.1:8000", desk.removeprefix("http://")).replace("/etc/ssl", str(folder))
    text = text.replace(f"/var/log/{name}", str(folder))
    if name == "nginx":
        text = text.replace("listen 443", f"listen 127.0.0.1:{port}")
        text = text.replace("listen 80", f"listen 127.0.0.1:{free_port()}")
        around = f"daemon off; pid {folder}/pid; error_log {folder}/start.log; events {{}}\nhttp {{ "
        around += " ".join(
            f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi")
        )
        around += " ".join(f"{each}_temp_path {folder}/{each};" for each in ("uwsgi", "scgi"))
        (folder / "conf").write_text(f"{around}\n{text}\n}}")
        return ["nginx", "-c", str(folder / "conf"), "-e", f"{folder}/start.log"]
    text = text.replace(f"{NAME} {{", f"https://127.0.0.1:{port} {{")
    text = text.replace("\tgrace_period", "\tadmin off\n\tauto_https disable_redirects\n\tgrace_period")
    (folder / "conf").write_text(text)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "conf")]


@contextmanager
def running(words: list[str], port: int) -> Iterator[str]:
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as process:
        try:
            ends = monotonic() + PATIENCE
            while True:
                try:
                    httpx.get(f"https://127.0.0.1:{port}/healthz", verify=False, timeout=30)  # noqa: S501
                    break
                except httpx.TransportError:
                    assert process.poll() is None, "the proxy did not start"
                    assert monotonic() < ends
                    sleep(0.1)
            yield f"https://127.0.0.1:{port}"
        finally:
            process.kill()  # it would wait for the live stream


@pytest.fixture
def people(committing: str) -> People:
    with database.writing() as session:
        return settle(session)


PACKAGES = {"nginx": "nginx-light", "caddy": "caddy"}


@each_case("name", PACKAGES)
def test_the_example_carries_what_the_desk_needs_and_logs_no_secret(
    name: str, people: People, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"apt-get install {PACKAGES[name]}")
    port, certificate = free_port(), tmp_path / "desk.pem"
    make = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=desk -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run(
        [*make.split(), "-keyout", tmp_path / "desk.key", "-out", certificate],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("NAVIGATOR_BASE_URL", f"https://127.0.0.1:{port}")
    monkeypatch.setenv("NAVIGATOR_PROXIES", "1")
    settings.cache_clear()
    seen = list[str]()

    def note(peer: str, forwarded: list[str]) -> str:
        seen.append(client_ip(peer, forwarded))
        return seen[-1]

    monkeypatch.setattr(deps, "client_ip", note)
    with database.writing() as session:
        token = token_of(session, people.amina)
    with (
        served() as desk,
        running(proxy(name, tmp_path, port, desk), port) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        start = client.get("/")
        assert start.status_code == 200
        assert "strict-transport-security" in start.headers

        for secret in (
            "/t/Sesame1",
            "/c/SESAME2",
            "/password/Sesame3",
            "/files/Sesame4",
            "/calendar/Sesame5.ics",
        ):
            client.get(secret)
            client.get("/known?of=Sesame5", headers={"referer": f"{address}{secret}"})

        own = {"origin": address, "x-forwarded-for": "6.6.6.6"}
        sent = client.post("/log-in", data={"email": "nobody@north.example", "password": "x"}, headers=own)
        assert sent.status_code in (200, 401, 422), "a form of our own is taken"
        assert set(seen) == {"127.0.0.1"}, "the proxy's word counts, and not the caller's"

        large = {"files": ("a.jpg", MEGABYTE * 30, "image/jpeg")}
        answer = client.post("/report/pictures", files=large, headers=own)
        assert answer.status_code != 413
        assert answer.headers["x-content-type-options"] == "nosniff", "the desk itself answers"

        ear = Ear(address, token, cookie="__Host-desk_log_in")
        assert ear.hears() == "retry: 3000"
        with database.writing() as session:
            tell(session)
        assert ear.hears() == "event: changed", "nothing is held back on the way"
    logged = "".join(file.read_text() for file in tmp_path.glob("*.log"))
    assert "/known" in logged
    assert "sesame" not in logged.lower()
