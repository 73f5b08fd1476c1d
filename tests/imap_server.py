"""A real IMAP server for tests: Dovecot, on loopback, with mailboxes in a folder that is gone afterwards."""

import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

from tests import system_packages
from tests.free_port import free_port

USER, PASSWORD = "desk", "correct-horse"
PATIENCE = 60

_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain xoauth2
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
{oauth}userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Done {{
    auto = create
  }}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  chroot =
}}
{more}
"""

_OAUTH_PASSDB = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {oauth}
}}
"""
_OAUTH = """
introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""


@dataclass
class ImapServer:
    """Where the server listens, and how a test puts mail into it and looks."""

    port: int
    folder: Path

    def deliver(self, content: bytes, folder: str = "INBOX", user: str = USER) -> None:
        """Put a mail into a mailbox, as if it had been delivered."""
        with self.client(user) as client:
            client.append(folder, content)

    @contextmanager
    def client(self, user: str = USER) -> Iterator[IMAPClient]:
        """A client that is logged in."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False)
        client.login(user, PASSWORD)
        try:
            yield client
        finally:
            client.logout()

    def uids(self, folder: str = "INBOX", what: str = "ALL") -> list[int]:
        """The UIDs of the mails in a folder."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            return list(client.search([what]))


def is_there() -> bool:
    """Whether this machine has Dovecot."""
    return system_packages.dovecot() is not None


@contextmanager
def imap_server(more: str = "", introspection_url: str = "") -> Iterator[ImapServer]:
    """Dovecot with nothing but these mailboxes; every user has the same password.

    With an `introspection_url` (RFC 7662) users may log in by a token that is asked for there.
    """
    folder = Path(tempfile.mkdtemp(prefix="imap"))  # whoever reads mail must get there: pytest's is closed
    folder.chmod(0o755)
    try:
        with _running(folder, more, introspection_url) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(folder: Path, more: str, introspection_url: str) -> Iterator[ImapServer]:
    port, is_root = free_port(), os.geteuid() == 0
    user = getpass.getuser()
    owner = pwd.getpwnam("mail" if is_root else user)  # Dovecot lets nobody read mail as root
    for name in ("mail", "home"):
        (folder / name).mkdir()
        shutil.chown(folder / name, owner.pw_uid, owner.pw_gid)
    oauth = folder / "oauth.conf"
    oauth.write_text(_OAUTH.format(url=introspection_url))
    config = folder / "dovecot.conf"
    names = ("dovecot", "dovenull", "dovecot") if is_root else (user, user, user)
    config.write_text(
        _CONFIG.format(
            folder=folder, port=port, password=PASSWORD, uid=owner.pw_uid, gid=owner.pw_gid,
            internal=names[0], login=names[1], group=names[2], more=more,
            oauth=_OAUTH_PASSDB.format(oauth=oauth) if introspection_url else "",
        )
    )  # fmt: skip
    program = system_packages.dovecot()
    assert program
    process = subprocess.Popen([program, "-F", "-c", str(config)], start_new_session=True)
    try:
        _wait_for(port, process, folder)
        yield ImapServer(port, folder)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=PATIENCE)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    for _ in range(PATIENCE * 20):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    log = folder / "dovecot.log"
    raise RuntimeError(f"Dovecot does not answer: {log.read_text() if log.exists() else 'no log'}")
