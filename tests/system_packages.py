"""What this machine has for the tests: PostgreSQL's programs, a browser and a mail server."""

import os
import shutil
import subprocess
from pathlib import Path

DEBIAN = {
    "postgresql": "PostgreSQL",
    "chromium-headless-shell": "Chromium",
    "dovecot-imapd": "a mail server (Dovecot)",
    "nginx-light": "a proxy (nginx)",
    "caddy": "a proxy (Caddy)",
}
SHELL = "chromium-headless-shell"
"""The same browser without its windows: it takes a third less of a core."""


def postgresql() -> Path | None:
    """The folder of PostgreSQL's server programs, newest first, if there is one."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    found += sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=lambda bin: -float(bin.parent.name))
    return next((bin for bin in found if (bin / "initdb").exists() and (bin / "postgres").exists()), None)


def chromium() -> str | None:
    """The path of a Chromium or Chrome, if there is one; that without windows first."""
    names = (SHELL, "chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


def dovecot() -> str | None:
    """The path of Dovecot, an IMAP server, if there is one."""
    return shutil.which("dovecot") or shutil.which("/usr/sbin/dovecot")


def missing() -> list[str]:
    """The Debian packages that would be needed to run everything."""
    return [name for name, found in _found(chromium()).items() if not found]


def wanted() -> list[str]:
    """The Debian packages with which everything would run, and run as quickly as it can."""
    return [name for name, found in _found(shutil.which(SHELL)).items() if not found]


def _found(browser: str | None) -> dict[str, object]:
    proxies = {"nginx-light": shutil.which("nginx"), "caddy": shutil.which("caddy")}
    return {"postgresql": postgresql(), SHELL: browser, "dovecot-imapd": dovecot(), **proxies}


def install(packages: list[str]) -> bool:
    """Install Debian packages if this machine and this user may; say whether that was tried and worked."""
    if not packages or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    return all(
        subprocess.run(
            ["apt-get", "-qq", *words],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdout=subprocess.DEVNULL,
            check=False,
        ).returncode
        == 0
        for words in (["update"], ["install", "-y", "--no-install-recommends", *packages])
    )
