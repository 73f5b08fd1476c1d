"""Articles on what to try first: those that helped most often come first, and what they do is counted."""

from collections.abc import Collection
from datetime import date

from sqlmodel import Field, Session, col, select, update

from navigator.database import Table

MOST = 3
_DOUBT = 4
"""A new article counts as tried so often, and as having helped once: one lucky reader proves little."""


class Article(Table, table=True):
    """What to try first, for one category, in one programme or in any; `solved` of `shown` it helped."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    title: str
    programme: str = ""
    category: str = Field(index=True)
    body: str = ""
    owner: str = ""
    verified_on: date | None = None
    is_offered: bool = True
    times_shown: int = Field(default=0, sa_column_kwargs={"name": "shown"})
    times_solved: int = Field(default=0, sa_column_kwargs={"name": "solved"})


def articles_for(session: Session, category: str, programme: str | None) -> list[Article]:
    """The few offered for a category, in a programme or in any; those that helped most often first."""
    query = select(Article).where(
        Article.category == category,
        col(Article.programme).in_(["", programme or ""]),
        col(Article.is_offered),
    )
    found = session.exec(query.order_by(col(Article.title)))
    return sorted(found, key=lambda one: (-success_rate(one), not one.programme))[:MOST]


def success_rate(article: Article) -> float:
    """How often an article solved the problem of whoever saw it, as far as that is known."""
    return (article.times_solved + 1) / (article.times_shown + _DOUBT)


def count_article_use(session: Session, shown: Collection[str], solved: Collection[str]) -> None:
    """Count the articles that somebody saw, by their codes, and those that solved the problem."""
    for column, codes in ((col(Article.times_shown), shown), (col(Article.times_solved), solved)):
        if codes:
            session.exec(update(Article).where(col(Article.code).in_(codes)).values({column: column + 1}))
