"""What to try first: written in the settings, read before sending, and counted."""

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.articles import VERIFIED_FOR, Article
from navigator.people.audit_log import AuditEntry
from navigator.tickets.report_draft import Deflection
from tests.page_visitor import Visitor
from tests.web.conftest import Enter
from tests.web.report_journey import report, tell, tickets
from web.kit.markdown import markdown

LEAF = "access.forgotten_password"
BODY = "1. Press **Forgot password**.\n2. Look in your [post](https://post.example).\n"


@pytest.fixture
def article(session: Session) -> Article:
    """An article that lies there, tried today."""
    article = Article(
        code="new-password", title="Make a new password", category=LEAF, body=BODY, owner="Amina",
        verified_on=clock.today(),
    )  # fmt: skip
    session.add(article)
    session.flush()
    return article


def counts(session: Session, article: Article) -> tuple[int, int]:
    session.expire_all()
    return article.times_shown, article.times_solved


def test_an_article_is_written_looked_at_and_taken_back(ada_of_all: Visitor, session: Session):
    ada_of_all.get("/settings/article/new")
    ada_of_all.press(
        "Look at the change", title="Make a new password", category=LEAF, body=BODY, owner="Amina"
    )
    assert ada_of_all.one(".nhsuk-inset-text ol strong").text() == "Forgot password"
    assert session.exec(select(Article)).all() == []
    ada_of_all.press("Save this change")
    assert ada_of_all.path == "/settings/articles"
    assert "Never, Amina Now Try it again" in ada_of_all.text
    ada_of_all.get(f"/settings/changes/{session.exec(select(AuditEntry)).one().id}")
    ada_of_all.press("Take this change back")
    assert session.exec(select(Article)).all() == []


def test_an_article_that_was_not_tried_for_half_a_year_is_marked(
    enter: Enter, session: Session, article: Article
):
    ada = enter("ada")
    ada.get("/settings/articles")
    assert "Try it again" not in ada.text
    article.verified_on = clock.today() - VERIFIED_FOR - VERIFIED_FOR / VERIFIED_FOR.days
    session.flush()
    ada.get("/settings/articles")
    assert "Try it again" in ada.text


def test_an_article_for_a_programme_that_nobody_knows_is_refused(ada_of_all: Visitor, session: Session):
    typed = {"title": "New", "category": LEAF, "body": "Do it", "owner": "Ada", "is_offered": "yes"}
    ada_of_all.post("/settings/article/new", data=typed | {"programme": "nothing"})
    assert ada_of_all.problems == ["Choose a programme from the list"]
    assert session.exec(select(Article)).all() == []


def test_a_change_of_its_words_keeps_what_was_counted(
    ada_of_all: Visitor, session: Session, article: Article
):
    article.times_shown, article.times_solved = 7, 3
    session.flush()
    ada_of_all.get("/settings/article/new-password")
    ada_of_all.press("Look at the change", title="Choose a new password")
    ada_of_all.press("Save this change")
    assert "3 of 7" in ada_of_all.text
    assert counts(session, article) == (7, 3)


def test_what_helped_is_counted_and_needs_no_ticket(visitor: Visitor, session: Session, article: Article):
    tell(visitor, "try")
    assert visitor.one("main form ol strong").text() == "Forgot password"
    assert len(visitor.page.css("main form ol")) == 1, "the steps of the catalogue stand there too"
    assert counts(session, article) == (0, 0)
    visitor.press("Yes, it works now")
    assert visitor.path == "/report/solved"
    assert counts(session, article) == (1, 1)
    assert session.exec(select(Deflection)).one().category == LEAF
    assert tickets(session) == 0


@pytest.mark.parametrize("fixed", ["no", "later", "yes", "yes:nothing"])
def test_what_did_not_help_is_counted_as_seen(
    visitor: Visitor, session: Session, article: Article, fixed: str
):
    tell(visitor, "try")
    visitor.post("/report/try", data={"fixed": fixed})
    assert counts(session, article) == (1, 0)


def test_going_back_counts_once_and_it_may_help_then(visitor: Visitor, session: Session, article: Article):
    tell(visitor, "session")
    visitor.get("/report/try")
    visitor.press("Yes, it works now")
    assert counts(session, article) == (1, 1)


def test_an_article_makes_a_step_of_its_own(visitor: Visitor, session: Session, article: Article):
    """The catalogue says nothing of this category, so nobody would be asked."""
    article.category = "use.how_to"
    session.flush()
    tell(visitor, "try", words={"text": "", "common": "use.how_to"})
    offered = [one.attributes["value"] for one in visitor.page.css("button[name=fixed]")]
    assert offered == ["no", "later", "yes:new-password"]
    article.is_offered = False
    session.flush()
    visitor.get("/report/words")
    visitor.press("Continue")
    assert visitor.path == "/report/session"


def test_without_articles_and_where_they_are_hidden_all_is_as_it_was(
    visitor: Visitor, session: Session, article: Article
):
    article.is_offered = False
    session.flush()
    tell(visitor, "try")
    assert "Make a new password" not in visitor.text
    offered = [one.attributes["value"] for one in visitor.page.css("button[name=fixed]")]
    assert offered == ["no", "later", "yes"]
    report(visitor)
    assert counts(session, article) == (0, 0)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"),
        ("# Big\n", "<h3>Big</h3>\n"),
        ("[a](javascript:alert)", "<p>[a](javascript:alert)</p>\n"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>\n"),
        ("[a](https://a.example)", '<p><a href="https://a.example">a</a></p>\n'),
        ("![a](https://a.example/a.png)", '<p>!<a href="https://a.example/a.png">a</a></p>\n'),
        ('[a](https://a.example/"onclick=x)', '<p><a href="https://a.example/%22onclick=x">a</a></p>\n'),
    ],
)
def test_markdown_does_no_harm(text: str, html: str):
    """T15 of the peers."""
    assert markdown(text) == html
