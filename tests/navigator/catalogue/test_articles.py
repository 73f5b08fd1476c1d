"""Articles on what to try first: for whom they are, which come first, and what they are seen to do."""

import pytest
from sqlmodel import Session, col, select

from navigator.catalogue.articles import MAX_ARTICLES, Article, articles_for, count_article_use

LEAF = "access.forgotten_password"


@pytest.fixture
def shelf(session: Session) -> Session:
    """Articles for one category, one of them not shown, and one for another category."""
    session.add_all(
        Article(code=code, title=code, category=LEAF, programme=programme, is_offered=code != "old")
        for code, programme in (("any", ""), ("fern", "fern"), ("meadow", "meadow"), ("old", ""))
    )
    session.add(Article(code="other", title="other", category="access.account_locked"))
    session.flush()
    return session


def codes(session: Session, category: str = LEAF, programme: str | None = "fern") -> list[str]:
    return [one.code for one in articles_for(session, category, programme)]


def test_those_of_the_category_in_the_programme_or_in_any(shelf: Session):
    assert codes(shelf) == ["fern", "any"]
    assert codes(shelf, programme=None) == ["any"]
    assert codes(shelf, category="notify.too_many") == []


def test_what_helped_most_often_comes_first_and_one_lucky_reader_proves_little(shelf: Session):
    for _ in range(20):
        count_article_use(shelf, ["fern"], ["fern"])
    count_article_use(shelf, ["any"], ["any"])
    assert codes(shelf) == ["fern", "any"]
    for _ in range(40):
        count_article_use(shelf, ["fern"], [])
    assert codes(shelf) == ["any", "fern"]


def test_what_was_seen_and_what_helped_is_counted_alone(shelf: Session):
    count_article_use(shelf, ["any", "fern"], ["any"])
    count_article_use(shelf, ["any"], [])
    count_article_use(shelf, [], [])
    shelf.expire_all()
    found = shelf.exec(select(Article).order_by(col(Article.code)))
    assert [(one.code, one.times_shown, one.times_solved) for one in found] == [
        ("any", 2, 1), ("fern", 1, 0), ("meadow", 0, 0), ("old", 0, 0), ("other", 0, 0)
    ]  # fmt: skip


def test_nobody_is_given_more_than_a_few(shelf: Session):
    shelf.add_all(Article(code=f"n{n}", title=f"n{n}", category=LEAF) for n in range(9))
    assert len(codes(shelf)) == MAX_ARTICLES
