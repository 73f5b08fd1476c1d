"""Whether a help page helped: counted once a device, which may change its mind."""

from datetime import datetime, timedelta

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, col, delete, select, update

from navigator import clock, database
from navigator.catalogue.articles import Article, change_mind, count_article_use
from navigator.clock import now
from navigator.database import Table
from navigator.errors import TooMany
from navigator.people.rate_limit import Limit, hit
from navigator.people.tokens import hashed

ANSWERS_PER_ADDRESS = Limit(30, timedelta(hours=1))
ANSWERS_KEPT = timedelta(days=30)
"""Longer than a browser keeps the token by which it counts once."""
_TOO_MANY = "There were too many answers from your connection. Try again in an hour."


class ArticleAnswer(Table, table=True):
    """What one device said of a help page: it holds nothing of a person, and is forgotten after a month."""

    __table_args__ = (UniqueConstraint("article_code", "token_hash"),)

    id: int = Field(default=None, primary_key=True)
    article_code: str
    token_hash: str
    has_helped: bool
    created_at: datetime = Field(default_factory=now, index=True)


def count_answer(session: Session, address: str, article: Article, token: str, has_helped: bool) -> None:
    """Count whether an article helped; of a device that was counted, no more than that it says otherwise."""
    said = (
        col(ArticleAnswer.article_code) == article.code,
        col(ArticleAnswer.token_hash) == hashed(token),
    )
    before = session.exec(select(ArticleAnswer.has_helped).where(*said)).one_or_none()
    if before is None:
        _count_first_answer(session, address, article, token, has_helped)
    elif before is not has_helped:
        contrary = update(ArticleAnswer).where(*said, col(ArticleAnswer.has_helped) == before)
        if session.scalar(contrary.values(has_helped=has_helped).returning(col(ArticleAnswer.id))):
            change_mind(session, article.code, has_helped)


def _count_first_answer(
    session: Session, address: str, article: Article, token: str, has_helped: bool
) -> None:
    if not hit(session, "article answer", address, ANSWERS_PER_ADDRESS):
        raise TooMany(_TOO_MANY)
    row = database.insert(session, ArticleAnswer).values(
        article_code=article.code, token_hash=hashed(token), has_helped=has_helped, created_at=clock.now()
    )
    row = row.on_conflict_do_nothing(index_elements=["article_code", "token_hash"])
    if session.scalar(row.returning(ArticleAnswer.id)):
        count_article_use(session, [article.code], [article.code] if has_helped else ())


def forget_answers(session: Session, now: datetime) -> None:
    """Delete the answers of devices that have forgotten them too; the counts stay."""
    session.exec(delete(ArticleAnswer).where(col(ArticleAnswer.created_at) <= now - ANSWERS_KEPT))
