"""The real provider as tests see it: started, told what to say of people, and logged in to."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from sqlmodel import Session

from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.log_in_providers import SecretInput, keep_secret
from navigator.administration.log_in_schemas import LoginRuleSetting, ProviderSetting
from navigator.people.actor import SYSTEM
from navigator.people.user import Role

PASSWORD = "seven dry umbrellas"
CLIENT_ID, SECRET = "navigator-desk", "a secret of the desk"
PEOPLE: dict[str, dict[str, Any]] = {
    "amina": {
        "name": "Amina Yusuf",
        "email": "amina@north.example",
        "email_verified": True,
        "groups": ["desk-navigators"],
    },
    "ada": {
        "name": "Ada Byrne",
        "email": "ada@north.example",
        "email_verified": True,
        "groups": ["desk-administrators"],
    },
    "nia": {
        "name": "Nia New",
        "email": "nia@north.example",
        "email_verified": True,
        "groups": ["desk-navigators", "desk-managers"],
    },
    "una": {"name": "Una Unchecked", "email": "tom@north.example", "groups": ["desk-navigators"]},
    "lee": {"name": "Lee Left", "email": "lee@north.example", "email_verified": True, "groups": []},
}


class Provider:
    """The provider in its process; `issuer` is its address."""

    def __init__(self, port: int, folder: Path) -> None:
        self.issuer = f"http://127.0.0.1:{port}/o"
        self._claims = folder / "claims.json"
        self.say(**PEOPLE)

    def say(self, **people: dict[str, Any]) -> None:
        """Say this of people from now on."""
        self._claims.write_text(json.dumps(PEOPLE | people))

    def log_in(self, url: str, who: str) -> str:
        """Log in there as a person would; returns the address of the desk to which the browser is sent."""
        with httpx.Client(follow_redirects=True) as browser:
            page = browser.get(url)
            mark = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
            assert mark, page.text
            typed = {"username": who, "password": PASSWORD, "csrfmiddlewaretoken": mark[1]}
            answer = browser.post(str(page.url), data=typed, follow_redirects=False)
            answer = browser.get(
                answer.headers["location"]
                if "://" in answer.headers["location"]
                else str(page.url.join(answer.headers["location"])),
                follow_redirects=False,
            )
            return answer.headers["location"]


@contextmanager
def real_provider(folder: Path, desks: Sequence[str]) -> Iterator[Provider]:
    """A provider that knows these desks."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    provider = Provider(port, folder)
    (folder / "desks").write_text("\n".join(desks))
    script = str(Path(__file__).parent / "real_provider.py")
    with subprocess.Popen(
        [sys.executable, script, str(port), str(folder)], stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
            yield provider
        finally:
            process.kill()


def set_up(session: Session, issuer: str, **provider: Any) -> None:
    """Let people log in at North by this provider: roles there by their groups."""
    values = {"owner": "Ada Byrne", "review_on": date(2030, 1, 1), "client_id": CLIENT_ID}
    setting = ProviderSetting.model_validate(values | {"name": "Works", "issuer": issuer} | provider)
    apply_change(session, SYSTEM, kind_of("provider"), ("works",), setting)
    keep_secret(session, SYSTEM, "works", SecretInput.model_validate({"password": SECRET}))
    for role in (Role.NAVIGATOR, Role.MANAGER, Role.ADMIN):
        group = "desk-administrators" if role is Role.ADMIN else f"desk-{role}s"
        rule = LoginRuleSetting(title=group, provider="works", value=group, roles=[role])
        apply_change(session, SYSTEM, kind_of("loginrule"), ("north", group), rule)
    session.flush()
