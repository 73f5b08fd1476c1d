"""Knowledge base articles: help pages, and what to try first, ranked by how often they solved the problem."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import bindparam, or_
from sqlmodel import Field, Session, col, select, update

from navigator import clock
from navigator.database import Table
from navigator.errors import NotFound
from navigator.rows_to_read import rows_to_read

MAX_ARTICLES = 3
VERIFIED_FOR = timedelta(days=183)
"""How long what was tried counts as verified where no review date is set: a programme changes."""
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
    review_on: date | None = None
    is_offered: bool = True
    times_shown: int = Field(default=0, sa_column_kwargs={"name": "shown"})
    times_solved: int = Field(default=0, sa_column_kwargs={"name": "solved"})


# Built once: that takes longer than to ask it.
_OFFERED = (
    select(Article)
    .where(
        Article.category == bindparam("category"),
        or_(col(Article.programme) == "", col(Article.programme) == bindparam("programme")),
        col(Article.is_offered),
    )
    .order_by(col(Article.title), col(Article.id))
)


def articles_for(session: Session, category: str, programme: str | None) -> list[Article]:
    """The few articles for a category, in a programme or in any; those that solved most often first."""
    articles = rows_to_read(session, _OFFERED, category=category, programme=programme or "")
    ranked = sorted(articles, key=lambda article: (-success_rate(article), not article.programme))
    return ranked[:MAX_ARTICLES]


def offered_articles(session: Session, programme: str = "") -> list[Article]:
    """All help pages by title: those for a programme and for any, or of every programme."""
    query = select(Article).where(col(Article.is_offered)).order_by(col(Article.title), col(Article.id))
    if programme:
        query = query.where(or_(col(Article.programme) == "", col(Article.programme) == programme))
    return list(session.exec(query).all())


def offered_article(session: Session, code: str) -> Article:
    """The help page of a code."""
    article = session.exec(select(Article).where(Article.code == code, col(Article.is_offered))).one_or_none()
    if article is None:
        raise NotFound("We cannot find that help page.")
    return article


def review_due_on(article: Article) -> date | None:
    """The day by which an article is to be looked at again; None if nobody ever tried it."""
    return article.review_on or (article.verified_on and article.verified_on + VERIFIED_FOR)


def is_overdue(article: Article) -> bool:
    """Whether the day has passed by which an article was to be looked at again."""
    return (review_due_on(article) or date.min) < clock.today()


def overdue_articles(session: Session) -> list[Article]:
    """The help pages whose owners have not looked at them in time."""
    return [article for article in offered_articles(session) if is_overdue(article)]


def success_rate(article: Article) -> float:
    """How often an article solved the problem of whoever saw it, as far as that is known."""
    return (article.times_solved + 1) / (article.times_shown + _PRIOR_VIEWS)


def count_article_use(session: Session, shown_codes: Collection[str], solved_codes: Collection[str]) -> None:
    """Count the articles that somebody saw, by their codes, and those that solved the problem."""
    for column, codes in ((col(Article.times_shown), shown_codes), (col(Article.times_solved), solved_codes)):
        if codes:
            session.exec(update(Article).where(col(Article.code).in_(codes)).values({column: column + 1}))


def change_mind(session: Session, code: str, has_helped: bool) -> None:
    """Count an article that somebody saw before as having helped after all, or as not."""
    solved = col(Article.times_solved)
    counts = update(Article).where(col(Article.code) == code)
    session.exec(counts.values({solved: solved + 1 if has_helped else solved - 1}))
