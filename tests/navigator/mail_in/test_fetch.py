"""Fetching from a real IMAP server: what is new is kept once, then marked; what goes wrong is noted."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from imapclient import IMAPClient
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.mailbox import Mailbox, MailLogIn
from navigator.mail_in import fetch, imap, store
from navigator.mail_in.secrets import keep_secret
from navigator.mail_in.tables import Mail, MailboxState, MailboxStatus, MailOriginal
from navigator.settings import settings
from tests import imap_server
from tests.imap_server import PASSWORD, USER, ImapServer
from tests.navigator.mail_in.mails import give_mailbox, letter
from tests.people import People
from tests.token_server import SECRET, TokenServer, token_server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sqlite_is_enough,
    pytest.mark.skipif(not imap_server.is_there(), reason="Dovecot is not installed"),
]


@pytest.fixture(scope="module")
def tokens() -> Iterator[TokenServer]:
    with token_server(USER) as tokens:
        yield tokens


@pytest.fixture(scope="module")
def server(tokens: TokenServer) -> Iterator[ImapServer]:
    with imap_server.imap_server(introspection_url=tokens.introspection_url) as server:
        yield server


@pytest.fixture
def mailbox(session: Session, people: People, server: ImapServer) -> Iterator[Mailbox]:
    """An empty mailbox that the desk is set up to read."""
    mailbox = give_mailbox(session, people, host="127.0.0.1", port=server.port, security="none", user=USER)
    keep_secret(session, mailbox, PASSWORD)
    session.flush()
    yield mailbox
    with server.client() as client:
        for folder in ("INBOX", "Done"):
            client.select_folder(folder)
            if uids := client.search(["ALL"]):
                client.delete_messages(uids)
                client.expunge()


def kept(session: Session) -> list[Mail]:
    session.expire_all()
    return list(session.exec(select(Mail).order_by(Mail.id)))  # type: ignore[arg-type]


def state(session: Session) -> MailboxState:
    session.expire_all()
    return session.exec(select(MailboxState)).one()


def test_what_is_new_is_kept_as_it_came_and_then_marked(
    session: Session, mailbox: Mailbox, server: ImapServer
):
    content = letter("One")
    server.deliver(content)
    assert (fetch.fetch_all(), fetch.fetch_all()) == (1, 0)
    (mail,) = kept(session)
    assert session.get_one(MailOriginal, mail.id).content == content
    assert (mail.is_marked, server.uids(what="UNSEEN"), len(server.uids())) == (True, [], 1)
    server.deliver(letter("Two"))
    assert fetch.fetch_all() == 1
    assert (len(kept(session)), state(session).status) == (2, MailboxStatus.WORKS)


def test_what_is_kept_is_moved_where_there_is_a_folder_for_it(
    session: Session, mailbox: Mailbox, server: ImapServer
):
    mailbox.done_folder = "Done"
    session.flush()
    server.deliver(letter("One"))
    fetch.fetch_all()
    assert (server.uids("INBOX"), len(server.uids("Done"))) == ([], 1)


def test_what_was_kept_and_not_marked_is_marked_later(session: Session, mailbox: Mailbox, server: ImapServer):
    server.deliver(letter("One"))
    fetch.fetch_all()
    server.deliver(letter("Two"))
    with imap.opened(fetch.accounts()[0]) as folder:  # and the process died before it could say so
        arrived = folder.fetch(folder.after(state(session).last_uid)[0])
        assert arrived
        store.keep_fetched(mailbox.service_id, arrived)
    assert len(server.uids(what="UNSEEN")) == 1
    assert (fetch.fetch_all(), server.uids(what="UNSEEN"), len(kept(session))) == (0, [], 2)


def test_a_mail_that_somebody_has_opened_meanwhile_is_read_all_the_same(
    session: Session, mailbox: Mailbox, server: ImapServer
):
    fetch.fetch_all()
    server.deliver(letter("One"))
    with server.client() as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(["ALL"]), [b"\\Seen"])
    assert fetch.fetch_all() == 1


def test_what_was_read_before_the_desk_came_is_left_alone(
    session: Session, mailbox: Mailbox, server: ImapServer
):
    with server.client() as client:
        client.append("INBOX", letter("Seen"), [b"\\Seen"], clock.now())
        client.append("INBOX", letter("Unread"), [], clock.now())
        client.append("INBOX", letter("Unread and old"), [], clock.now() - timedelta(days=30))
    assert (fetch.fetch_all(), fetch.fetch_all(), len(kept(session))) == (1, 0, 1)


def test_a_mailbox_that_was_made_anew_is_read_and_nothing_is_kept_twice(
    session: Session, mailbox: Mailbox, server: ImapServer
):
    server.deliver(letter("One"))
    fetch.fetch_all()
    row = state(session)
    row.uid_validity, row.last_uid = 1, 4000
    session.flush()
    server.deliver(letter("Two"))
    fetch.fetch_all()
    assert (len(kept(session)), fetch.fetch_all()) == (2, 0)


def test_of_a_mail_that_is_too_large_the_beginning_is_kept_and_it_stays_where_it_is(
    session: Session, people: People, mailbox: Mailbox, server: ImapServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(imap, "LARGEST", 2_000)
    monkeypatch.setattr(imap, "BEGINNING", 1_000)
    fetch.fetch_all()
    server.deliver(letter("I want to talk. " + "x" * 5_000))
    fetch.fetch_all()
    (mail,) = kept(session)
    assert (mail.is_whole, len(server.uids(what="UNSEEN"))) == (False, 1)
    assert mail.size > 5_000


def test_a_token_logs_in_where_no_password_does(
    session: Session,
    mailbox: Mailbox,
    server: ImapServer,
    tokens: TokenServer,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("NAVIGATOR_ASKS_ITSELF", "true")
    settings.cache_clear()
    mailbox.log_in, mailbox.token_url = MailLogIn.OAUTH2, tokens.token_url
    mailbox.client_id, mailbox.scope = "desk", "https://outlook.office365.com/.default"
    keep_secret(session, mailbox, SECRET)
    session.flush()
    server.deliver(letter("One"))
    assert (fetch.fetch_all(), state(session).status) == (1, MailboxStatus.WORKS)
    assert tokens.asked[-1]["grant_type"] == "client_credentials"
    keep_secret(session, mailbox, "another")
    session.flush()
    assert (fetch.fetch_all(), state(session).status) == (0, MailboxStatus.REFUSED)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"folder": "Nowhere"}, MailboxStatus.REFUSED),
        ({"done_folder": "Nowhere"}, MailboxStatus.REFUSED),
        ({"user": "another"}, MailboxStatus.NO_SECRET),
        ({"port": 1}, MailboxStatus.UNREACHABLE),
        ({"security": "tls"}, MailboxStatus.UNREACHABLE),
    ],
)
def test_what_a_person_must_put_right_is_noted(
    session: Session, mailbox: Mailbox, server: ImapServer, values: dict[str, object], expected: MailboxStatus
):
    server.deliver(letter("One"))
    for name, value in values.items():
        setattr(mailbox, name, value)
    session.flush()
    fetch.fetch_all()
    row = state(session)
    assert (row.status, row.failing_since_at) == (expected, clock.now())


@pytest.mark.parametrize("says", ["no", "nothing"])
def test_a_mail_that_its_server_does_not_give_stops_no_other(
    session: Session, mailbox: Mailbox, server: ImapServer, monkeypatch: pytest.MonkeyPatch, says: str
):
    fetch.fetch_all()
    server.deliver(letter("Broken"))
    server.deliver(letter("Good"))
    bad, really = max(server.uids()) - 1, imap.OpenFolder._ask

    def ask(folder: imap.OpenFolder, uid: int, what: str) -> dict[bytes, object]:
        if uid == bad and says == "no":
            raise imap.NotGiven
        return {} if uid == bad else really(folder, uid, what)

    monkeypatch.setattr(imap.OpenFolder, "_ask", ask)
    for _ in range(3):
        fetch.fetch_all()
    assert [(mail.state, mail.reason) for mail in kept(session)] == [
        ("unsorted", "unreadable"),
        ("waiting", ""),
    ]


def test_two_copies_of_a_mail_are_kept_once_and_both_marked(
    session: Session, mailbox: Mailbox, server: ImapServer
):
    content = letter("One")
    server.deliver(content)
    server.deliver(content)
    fetch.fetch_all()
    assert (len(kept(session)), server.uids(what="UNSEEN")) == (1, [])


def test_no_command_names_more_mails_than_servers_take(
    session: Session, mailbox: Mailbox, server: ImapServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(imap, "MOST_NAMED", 2)
    monkeypatch.setattr(store, "MOST_AT_ONCE", 2)
    named: list[int] = []
    really = IMAPClient.add_flags

    def add_flags(client: IMAPClient, uids: list[int], *others: object, **more: object) -> object:
        named.append(len(uids))
        return really(client, uids, *others, **more)

    monkeypatch.setattr(IMAPClient, "add_flags", add_flags)
    for number in range(5):
        server.deliver(letter(f"Mail {number}"))
    assert fetch.fetch_all() == 5
    assert (named, server.uids(what="UNSEEN")) == ([2, 2, 1], [])
    assert all(mail.is_marked for mail in kept(session))


def test_where_a_server_does_not_say_what_is_next_old_mail_stays_old(
    session: Session, mailbox: Mailbox, server: ImapServer, monkeypatch: pytest.MonkeyPatch
):
    server.deliver(letter("Long ago"))
    with server.client() as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(["ALL"]), [b"\\Seen"])
    really = IMAPClient.select_folder
    monkeypatch.setattr(IMAPClient, "select_folder", lambda *asked: {**really(*asked), b"UIDNEXT": 0})
    assert (fetch.fetch_all(), fetch.fetch_all(), kept(session)) == (0, 0, [])
    server.deliver(letter("New"))
    assert fetch.fetch_all() == 1
