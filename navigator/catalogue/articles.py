"""Knowledge base articles on what to try first, ranked by how often they solved the problem."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import bindparam
from sqlmodel import Field, Session, col, select, update

from navigator.database import Table

MAX_ARTICLES = 3
_PRIOR_VIEWS = 4
"""A new article counts as shown so often, and as having solved one problem: one reader proves little."""


class Article(Table, table=True):
    """A knowledge base article for one category, in one programme or in any; its body is Markdown."""

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


# Built once: that takes longer than to ask it.
_OFFERED = (
    select(Article)
    .where(
        Article.category == bindparam("category"),
        col(Article.programme).in_(bindparam("programmes", expanding=True)),
        col(Article.is_offered),
    )
    .order_by(col(Article.title))
)


def articles_for(session: Session, category: str, programme: str | None) -> list[Article]:
    """The few articles for a category, in a programme or in any; those that solved most often first."""
    programmes = {"", programme or ""}
    articles = session.exec(_OFFERED, params={"category": category, "programmes": programmes})
    ranked = sorted(articles, key=lambda article: (-success_rate(article), not article.programme))
    return ranked[:MAX_ARTICLES]


def success_rate(article: Article) -> float:
    """How often an article solved the problem of whoever saw it, as far as that is known."""
    return (article.times_solved + 1) / (article.times_shown + _PRIOR_VIEWS)


def count_article_use(session: Session, shown_codes: Collection[str], solved_codes: Collection[str]) -> None:
    """Count the articles that somebody saw, by their codes, and those that solved the problem."""
    for column, codes in ((col(Article.times_shown), shown_codes), (col(Article.times_solved), solved_codes)):
        if codes:
            session.exec(update(Article).where(col(Article.code).in_(codes)).values({column: column + 1}))
