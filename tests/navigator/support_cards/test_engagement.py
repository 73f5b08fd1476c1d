"""Who got in, by a supplier’s list: read by line, kept by code alone, and a worklist of who never did."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Forbidden, Invalid, NotFound
from navigator.jobs import retention
from navigator.people.actor import Actor
from navigator.people.audit_log import AuditEntry
from navigator.people.support_card import SupportCard
from navigator.people.user import Role
from navigator.support_cards import cards, engagement, never_in
from navigator.support_cards.cards_today import cards_today
from navigator.support_cards.engagement import MOST_LINES, ImportedUse
from navigator.support_cards.never_in import PutAway
from tests.navigator.support_cards.card_factory import make
from tests.people import People, join

HEAD = "code,first_log_in,last_activity\n"
UNKNOWN = "7K3-M9P-QX2C"


def put_in(session: Session, actor: Actor, *lines: str, **how: bool) -> ImportedUse:
    text = HEAD + "\n".join(lines)
    imported = engagement.import_list(session, actor, "north", engagement.read_list(text), **how)
    session.flush()
    return imported


def labels(session: Session, actor: Actor) -> list[str]:
    return [row.card.label for row in never_in.never_got_in(session, actor)]


def test_a_list_tells_who_got_in_and_who_never_did(session: Session, people: People) -> None:
    known, other = make(session, people.priya), make(session, people.priya, label="Friday 9am")
    unknown = put_in(
        session, people.amina, f"{known.code},01/06/2026,2026-06-08", f"{other.code},,", UNKNOWN + ",,"
    )
    assert (unknown.cards, unknown.never_in, unknown.unknown, unknown.errors) == (2, 1, 1, [])
    assert (known.first_log_in_on, known.last_active_on) == (date(2026, 6, 1), date(2026, 6, 8))
    assert (other.first_log_in_on, other.engagement_told_at) == (None, clock.now())
    assert labels(session, people.amina) == labels(session, people.priya) == ["Friday 9am"]
    assert cards_today(session, people.priya).never_in == cards_today(session, people.amina).never_in == 1
    assert cards_today(session, people.sam).never_in == 0


def test_a_dry_run_keeps_nothing(session: Session, people: People) -> None:
    card = make(session, people.priya)
    assert put_in(session, people.amina, f"{card.code},,", is_dry_run=True).never_in == 1
    assert card.engagement_told_at is None
    assert labels(session, people.amina) == []


def test_errors_are_told_by_line_and_then_nothing_is_kept(session: Session, people: People) -> None:
    card = make(session, people.priya)
    tomorrow = clock.today() + timedelta(days=1)
    imported = put_in(
        session,
        people.amina,
        f"{card.code},,",
        f"{card.code},,",
        "Pat Smith,,",
        f"{UNKNOWN},soon,",
        f"7K3M9PQX2C,{tomorrow},",
        "8Q2-0A1-BCDX,2026-06-02,2026-06-01",
    )
    wrong = [(error.line, error.column) for error in imported.errors]
    assert wrong == [
        (3, "code"), (4, "code"), (5, "first_log_in"), (6, "first_log_in"), (7, "code"), (7, "last_activity"),
    ]  # fmt: skip
    assert "Pat Smith" not in repr(imported)
    assert card.engagement_told_at is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("code,first_log_in,name\n", id="a column of names"),
        pytest.param("code\n", id="a column missing"),
        pytest.param(HEAD + '"' + UNKNOWN, id="an open quotation mark"),
        pytest.param(HEAD + "x,,\n" * (MOST_LINES + 1), id="too many lines"),
        pytest.param(HEAD + "x" * 100_000, id="too long"),
    ],
)
def test_what_is_no_list_is_refused_whole(text: str) -> None:
    with pytest.raises(Invalid):
        engagement.read_list(text)


def test_no_word_of_a_list_is_kept_but_days(session: Session, people: People) -> None:
    make(session, people.priya)
    put_in(session, people.amina, f"{UNKNOWN},2026-06-01,")
    told = session.exec(select(AuditEntry.title).where(AuditEntry.subject == "card")).all()
    assert told == ["The supplier’s list of who got in was put in: 0 of 1 codes known"]


def test_another_service_learns_and_changes_nothing(session: Session, people: People) -> None:
    card = make(session, people.priya)
    line = f"{card.code},,"
    for actor in (people.sam, people.priya, people.mo):
        with pytest.raises(Forbidden):
            put_in(session, actor, line)
    south = engagement.import_list(session, people.sam, "south", engagement.read_list(HEAD + line))
    assert (south.cards, south.unknown) == (0, 1)
    assert card.engagement_told_at is None
    assert labels(session, people.sam) == []


def test_an_older_list_takes_nothing_back(session: Session, people: People) -> None:
    card = make(session, people.priya)
    put_in(session, people.amina, f"{card.code},,")
    put_in(session, people.amina, f"{card.code},2026-06-04,2026-06-08")
    assert labels(session, people.amina) == []  # it ends when they got in
    put_in(session, people.amina, f"{card.code},,2026-06-05")
    assert (card.first_log_in_on, card.last_active_on) == (date(2026, 6, 4), date(2026, 6, 8))


def test_the_soonest_session_comes_first_and_an_unknown_one_last(session: Session, people: People) -> None:
    days = {"late": "2026-06-30", "never": None, "weekly": "2026-06-10", "soon": "2026-06-09"}
    made = [
        make(session, people.priya, label=label, next_session=on, session_is_weekly=label == "weekly")
        for label, on in days.items()
    ]
    put_in(session, people.amina, *(f"{card.code},," for card in made))
    assert labels(session, people.amina) == ["soon", "weekly", "late", "never"]
    clock.set_to(clock.now() + timedelta(days=2))
    assert labels(session, people.amina) == ["weekly", "late", "never", "soon"]


def test_a_practitioner_has_their_own_alone(session: Session, people: People) -> None:
    paul = join(session, "Paul", "paul@north.example", people.north, Role.PWP)
    mine, theirs = make(session, people.priya), make(session, paul, label="of Paul")
    put_in(session, people.amina, f"{mine.code},,", f"{theirs.code},,")
    assert labels(session, paul) == ["of Paul"]
    assert labels(session, people.mo) == ["Tuesday 3pm", "of Paul"]
    with pytest.raises(NotFound):
        never_in.put_away(session, paul, mine.id, PutAway.LATER)


def test_who_is_put_away_stays_so_until_brought_back(session: Session, people: People) -> None:
    card = make(session, people.priya)
    put_in(session, people.amina, f"{card.code},,")
    never_in.put_away(session, people.priya, card.id, PutAway.OTHER_WAY)
    put_in(session, people.amina, f"{card.code},,")
    assert labels(session, people.amina) == []
    never_in.bring_back(session, people.amina, card.id)
    assert labels(session, people.amina) == ["Tuesday 3pm"]


def test_it_ends_with_the_card(session: Session, people: People) -> None:
    card = make(session, people.priya)
    put_in(session, people.amina, f"{card.code},,")
    used_at = card.used_at
    clock.set_to(used_at + cards.UNUSED_LASTS)
    put_in(session, people.amina, f"{card.code},,")
    assert card.used_at == used_at  # a supplier’s list keeps no card alive
    retention.delete_old_rows(session, clock.now())
    assert session.exec(select(SupportCard).where(col(SupportCard.id) == card.id)).first() is None


def test_a_line_that_ends_early_is_one_without_a_code(session: Session, people: People) -> None:
    read = engagement.read_list("first_log_in,code\n2026-06-01\n")
    assert [(error.line, error.column) for error in read.errors] == [(2, "code")]
